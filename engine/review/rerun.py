"""A passage heard again, by another recogniser or in another language."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from hattama.diarization.protocols import SAMPLE_RATE_HZ
from hattama.engine.document.model import Language, Word
from hattama.engine.errors import BadInputError
from hattama.engine.recognisers.protocol import Recogniser, Window
from hattama.models.errors import HattamaError

if TYPE_CHECKING:
    from hattama.engine.media.recording import Recording

_LOG = logging.getLogger(__name__)

MARGIN_S = 0.2
"""Sound around the passage that is heard too: a turn may begin a little late."""
LONGEST_S = 27.0
"""Longest window of a recogniser."""

Load = Callable[[str], Recogniser]
"""Loads a recogniser by its catalogue name."""


class NoPassageError(BadInputError):
    """A passage that cannot be heard again."""


def load_from_store(name: str) -> Recogniser:
    """Load a recogniser of the store."""
    from hattama.engine.recognisers.whisper import WhisperRecogniser  # noqa: PLC0415  heavy
    from hattama.models.store import ModelStore  # noqa: PLC0415  likewise

    return WhisperRecogniser.load(name, ModelStore.default().require(name))


def recognisers_in_store() -> tuple[str, ...]:
    """Catalogue names of the recognisers that can run now."""
    from hattama.models.store import ModelStore  # noqa: PLC0415  reads the catalogue

    store = ModelStore.default()
    entries = (entry for entry in store.entries() if entry.architecture == "whisper-ct2")
    return tuple(entry.name for entry in entries if store.has(entry.name))


@dataclass(slots=True)
class Reruns:
    """One passage after the other, in a thread of its own; the last model stays loaded."""

    load: Load = load_from_store
    names: Callable[[], tuple[str, ...]] = recognisers_in_store
    _jobs: dict[int, Future[tuple[Word, ...]]] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _pool: ThreadPoolExecutor | None = None
    _loaded: tuple[str, Recogniser] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(
        self, recording: Recording, span: tuple[float, float], name: str, language: Language | None
    ) -> int:
        """Begin to hear a passage; the number to ask for it."""
        if name not in self.names():
            raise NoPassageError(
                "There is no recogniser {name} in the store; there is: {allowed}.",
                name=name, allowed=", ".join(self.names()) or "-",
            )  # fmt: skip
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, "rerun")
            number = next(self._numbers)
            self._jobs[number] = self._pool.submit(self._hear, recording, span, name, language)
        return number

    def result(self, number: int) -> tuple[Word, ...] | None:
        """What was heard; None while it is heard.

        Raises
        ------
        NoPassageError
            No passage has this number, or it could not be heard.
        """
        job = self._jobs.get(number)
        if job is None:
            raise NoPassageError("There is no passage {number}.", number=number)
        if not job.done():
            return None
        try:
            return job.result()
        except HattamaError:
            raise
        except Exception as error:
            _LOG.exception("passage %d", number)
            raise NoPassageError(
                "The passage could not be heard again ({reason}).", reason=type(error).__name__
            ) from error

    def close(self) -> None:
        """Hear nothing more."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _hear(
        self, recording: Recording, span: tuple[float, float], name: str, language: Language | None
    ) -> tuple[Word, ...]:
        if self._loaded is None or self._loaded[0] != name:
            self._loaded = (name, self.load(name))
        windows = [_window(recording, piece, language) for piece in _pieces(span)]
        heard = self._loaded[1].recognise(windows)
        return tuple(word for recognition in heard for word in recognition.words)


def _pieces(span: tuple[float, float]) -> list[tuple[float, float]]:
    start, end = span
    number = max(1, -int(-(end - start) // LONGEST_S))
    step = (end - start) / number
    return [(start + i * step, start + (i + 1) * step) for i in range(number)]


def _window(recording: Recording, span: tuple[float, float], language: Language | None) -> Window:
    first = max(0, round((span[0] - MARGIN_S) * SAMPLE_RATE_HZ))
    samples = recording.mix.read(first, round((span[1] + MARGIN_S) * SAMPLE_RATE_HZ))
    alternative: Language | None = "kk" if language is None else None
    return Window(first / SAMPLE_RATE_HZ, samples, (span,), language or "ru", alternative)
