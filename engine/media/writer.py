"""Tracks on their way to disk: placed blocks are resampled to 16 kHz and written where they lie."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from hattama.engine.media.errors import WorkFolderError
from hattama.engine.media.levels import SAMPLE_RATE_HZ, Meter
from hattama.engine.media.recording import FULL_SCALE, SAMPLE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from hattama.engine.media.timeline import Block

BATCH_S = 1
"""Sound that is worked on in one go."""
PART = ".part"
"""Suffix of a file that is not complete."""


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into one line about the folder."""
    try:
        yield
    except WorkFolderError:
        raise
    except OSError as error:
        raise WorkFolderError(
            "Decoded sound cannot be written to {folder} ({reason}); it needs about 115 MB for each"
            " hour and channel: free space there or give another folder.",
            folder=str(folder).encode("utf-8", "backslashreplace").decode(),
            reason=error.strerror or type(error).__name__,
        ) from error


@dataclass(slots=True)
class TrackFile:
    """One channel being written; holes stay holes of the file where the file system can."""

    stream: int
    """Number of the stream in the container."""
    channel: int
    """Channel within the stream."""
    name: str
    """FFmpeg's name of the channel."""
    path: Path
    """Where the complete file shall lie."""
    file: BinaryIO
    """The file with `.part` behind its name."""
    meter: Meter = field(default_factory=Meter)
    """Measures what is written."""

    def write(self, index: int, samples: NDArray[np.float32]) -> None:
        """Write 16 kHz samples, shape (n,), at sample `index`."""
        self.meter.resampled(samples)
        scaled = np.clip(np.rint(samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
        with explained(self.path.parent):
            self.file.seek(index * SAMPLE_BYTES)
            self.file.write(scaled.astype("<i2").tobytes())

    def complete(self, length: int) -> None:
        """Bring the file to `length` samples and give it its own name."""
        with explained(self.path.parent):
            self.file.truncate(length * SAMPLE_BYTES)
            self.file.close()
            part_of(self.path).replace(self.path)

    def discard(self) -> None:
        """Leave nothing of an incomplete file."""
        # Closing flushes, which fails once more on a full disk.
        with explained_away():
            self.file.close()
        part_of(self.path).unlink(missing_ok=True)


@contextmanager
def explained_away() -> Iterator[None]:
    """Pass over a failure whose cause was already raised."""
    try:
        yield
    except OSError:
        return


def part_of(path: Path) -> Path:
    """Name under which a file is written until it is complete."""
    return path.with_name(path.name + PART)


@dataclass(slots=True)
class StreamWriter:
    """Writes the placed blocks of one stream into one file for each channel.

    Blocks that follow each other go through one resampler. After a jump a new one begins at the
    sample of the output that lies nearest to the block's time, so that no error adds up.
    """

    tracks: list[TrackFile]
    """One for each channel."""
    length: int = 0
    """Samples at 16 kHz after the last one written."""
    _resampler: Any = None
    _next: tuple[int, int, int] | None = None
    _index: int = 0
    _waiting: list[Block] = field(default_factory=list)
    _waiting_samples: int = 0

    def write(self, position: int, rate_hz: int, block: Block) -> None:
        """Write a block.

        Parameters
        ----------
        position
            Of its first sample, in samples of `rate_hz` from media time 0; not negative.
        rate_hz
            Samples a second of the block.
        block
            Shape (n, channels), channels not more than there are tracks.
        """
        channels = block.shape[1]
        if self._next != (position, rate_hz, channels):
            self.flush()
            self._begin(position, rate_hz, channels)
        self._waiting.append(block)
        self._waiting_samples += len(block)
        self._next = (position + len(block), rate_hz, channels)
        if self._waiting_samples >= BATCH_S * rate_hz:
            self._work()

    def flush(self) -> None:
        """Write what waits and what the resampler still holds."""
        self._work()
        if self._next is not None and self._resampler is not None:
            self._put(self._resample(np.zeros((0, self._next[2]), np.float32), last=True))
        self._next = None
        self._resampler = None

    def _work(self) -> None:
        """Measure, resample and write what waits; in one go, for packets are very short."""
        if not self._waiting:
            return
        block = np.concatenate(self._waiting)
        self._waiting, self._waiting_samples = [], 0
        for track, channel in zip(self.tracks, block.T, strict=False):
            track.meter.source(channel)
        self._put(self._resample(block, last=False))

    def _begin(self, position: int, rate_hz: int, channels: int) -> None:
        import soxr  # noqa: PLC0415  importing the engine must not load it

        # Rounded half up in integers, so that the place is exact at any length.
        self._index = (2 * position * SAMPLE_RATE_HZ + rate_hz) // (2 * rate_hz)
        if rate_hz != SAMPLE_RATE_HZ:
            self._resampler = soxr.ResampleStream(
                rate_hz, SAMPLE_RATE_HZ, channels, dtype="float32", quality="HQ"
            )

    def _resample(self, block: Block, *, last: bool) -> Block:
        if self._resampler is None:
            return block
        resampled: Block = self._resampler.resample_chunk(np.ascontiguousarray(block), last=last)
        return resampled.reshape(-1, block.shape[1])

    def _put(self, block: Block) -> None:
        if not len(block):
            return
        for channel, track in enumerate(self.tracks[: block.shape[1]]):
            track.write(self._index, block[:, channel])
        self._index += len(block)
        self.length = max(self.length, self._index)
