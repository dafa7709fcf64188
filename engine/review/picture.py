"""The picture of a recording that browsers cannot show, made while the clerk works.

It is made in pieces: the one that the clerk looks at comes first, what is there after a stop is
kept, and when all are there they become one file. The sound does not wait for it.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hattama.engine.media.errors import WorkFolderError
from hattama.engine.review.alone import StoppedError, alone
from hattama.engine.review.picture_pieces import join, write_piece
from hattama.engine.review.picture_source import PictureSource
from hattama.models.errors import HattamaError

if TYPE_CHECKING:
    import av

    from hattama.engine.media.recording import Recording
    from hattama.engine.review.picture_shape import Shape

_LOG = logging.getLogger(__name__)

State = Literal["none", "making", "ready", "failed"]
"""`none`: it was not begun."""
VERSION = 1
"""Grows whenever the same recording would give another picture."""
NICE = 15
"""The clerk's own work comes first."""


class PictureRoom:
    """Makes the picture of one recording, in a thread of its own.

    Parameters
    ----------
    work
        Folder for it, beside the decoded sound.
    """

    def __init__(self, work: Path) -> None:
        self._work = work
        self._plan: _Plan | None = None
        self._wanted: int | None = None
        self._made = 0
        self._fault: HattamaError | None = None
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> State:
        """How far it is."""
        if self._fault is not None:
            return "failed"
        if self._thread is None:
            return "none"
        return "ready" if self.whole is not None else "making"

    @property
    def share(self) -> float:
        """Part of it that is there, 0 to 1."""
        plan = self._plan
        return min(1.0, self._made / plan.count) if plan else 0.0

    @property
    def piece_s(self) -> float:
        """Seconds of one piece; 0 until that is known."""
        return float(self._plan.shape.piece_s) if self._plan else 0.0

    @property
    def fault(self) -> HattamaError | None:
        """Why it cannot be made."""
        return self._fault

    @property
    def whole(self) -> Path | None:
        """The complete file, once it is there."""
        plan = self._plan
        return plan.whole if plan and plan.complete else None

    def start(self, recording: Recording) -> None:
        """Begin to make it, or go on where an earlier desk stopped."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, args=(recording,), name="picture", daemon=True
                )
                self._thread.start()

    def piece(self, number: int) -> Path | None:
        """A piece; None where it is not there yet: it is made next.

        Raises
        ------
        LookupError
            The picture has no such piece.
        """
        plan = self._plan
        if plan is None:
            return None
        if not 0 <= number < plan.count:
            raise LookupError(number)
        path = plan.piece(number)
        if path.is_file():
            return path
        self._wanted = number
        return None

    def close(self) -> None:
        """Stop; the pieces that are complete stay for the next time."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5.0)

    def _run(self, recording: Recording) -> None:
        _step_back()
        try:
            with _explained(self._work):
                self._make(recording)
        except HattamaError as error:
            self._fault = error
        except StoppedError:
            _LOG.debug("the picture is not complete")

    def _make(self, recording: Recording) -> None:
        source = PictureSource(recording.info)
        try:
            plan = _Plan.of(recording, source.shape, self._work)
            self._plan = plan
            with alone(plan.lock, self._stop):
                if plan.whole.is_file():
                    plan.clear()
                else:
                    # Pages may still play the pieces, so the next desk removes them.
                    self._make_pieces(source, plan)
                    join(plan.whole, [plan.piece(k) for k in range(plan.count)], plan.shape)
                plan.complete = True
        finally:
            source.close()

    def _make_pieces(self, source: PictureSource, plan: _Plan) -> None:
        plan.folder.mkdir(parents=True, exist_ok=True)
        while (number := self._next(plan)) is not None:
            first, count = plan.slots(number)
            frames = self._watched(source.frames(first, count))
            write_piece(plan.piece(number), frames, plan.shape)

    def _next(self, plan: _Plan) -> int | None:
        """The piece that the clerk looks at, else the next one after it, else any."""
        missing = [k for k in range(plan.count) if not plan.piece(k).is_file()]
        self._made = plan.count - len(missing)
        wanted = self._wanted or 0
        later = (k for k in missing if k >= wanted)
        return next(later, missing[0] if missing else None)

    def _watched(self, frames: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        for frame in frames:
            if self._stop.is_set():
                raise StoppedError
            yield frame


@dataclass(slots=True)
class _Plan:
    """Which pieces there are, and where."""

    shape: Shape
    frames: int
    """Frames of the whole picture."""
    folder: Path
    """Of the pieces."""
    whole: Path
    complete: bool

    @classmethod
    def of(cls, recording: Recording, shape: Shape, work: Path) -> _Plan:
        name = f"{recording.sha256[:16]}-picture-{VERSION}"
        whole = work / f"{name}.webm"
        frames = max(1, ceil(recording.duration * shape.rate))
        return cls(shape, frames, work / name, whole, whole.is_file())

    @property
    def lock(self) -> Path:
        return self.folder.with_name(f".{self.folder.name}.lock")

    @property
    def count(self) -> int:
        return -(-self.frames // self.shape.piece_frames)

    def piece(self, number: int) -> Path:
        return self.folder / f"{number:05}.webm"

    def slots(self, number: int) -> tuple[int, int]:
        """First frame of a piece, and how many it has."""
        first = number * self.shape.piece_frames
        return first, min(self.shape.piece_frames, self.frames - first)

    def clear(self) -> None:
        """Remove the pieces, which the whole has replaced."""
        if self.folder.is_dir():
            for piece in self.folder.iterdir():
                piece.unlink(missing_ok=True)
            self.folder.rmdir()


def _step_back() -> None:
    """Let everything else on the machine go first; on Linux a thread has its own priority."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into one line about the folder."""
    try:
        yield
    except OSError as error:
        raise WorkFolderError(
            "The picture cannot be written to {folder} ({reason}); it needs about 135 MB for each"
            " hour: free space there or give another folder.",
            folder=str(folder).encode("utf-8", "backslashreplace").decode(),
            reason=error.strerror or type(error).__name__,
        ) from error
