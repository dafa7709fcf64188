"""A decoded recording: one track for each channel, on disk, read piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hattama.engine.document.model import ClockInfo, Gap, Media
from hattama.engine.media.info import MediaInfo, shown
from hattama.engine.media.levels import SAMPLE_RATE_HZ, Levels

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from hattama.models.notice import Notice

SAMPLE_BYTES = 2
FULL_SCALE = 32_768


@dataclass(frozen=True, slots=True)
class Track:
    """One channel of one audio stream at 16 kHz; index 0 is media time 0. A `Samples`."""

    path: Path
    """Raw 16-bit samples, little-endian."""
    length: int
    """Samples; the same for all tracks of a recording."""
    stream: int
    """Number of the stream in the container."""
    channel: int
    """Channel within the stream, from 0."""
    name: str
    """FFmpeg's name of the channel: `FL`, `FC`, …"""
    levels: Levels
    """What was measured while decoding."""
    gaps: tuple[Gap, ...] = ()
    """Stretches in which this stream holds no sound; read as zeros."""

    def __len__(self) -> int:
        return self.length

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Samples `start` to `stop` (clipped to the track), shape (n,), -1 to 1."""
        start = min(max(start, 0), self.length)
        stop = min(max(stop, start), self.length)
        # Not memory-mapped: the pages of a long hearing would count as this program's memory.
        raw = np.fromfile(self.path, "<i2", stop - start, offset=start * SAMPLE_BYTES)
        return raw.astype(np.float32) / np.float32(FULL_SCALE)


@dataclass(frozen=True, slots=True)
class Mix:
    """The mean of tracks, computed where it is read. A `Samples`."""

    tracks: tuple[Track, ...]
    """What is mixed; never empty."""

    def __len__(self) -> int:
        return len(self.tracks[0])

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Samples `start` to `stop` (clipped to the recording), shape (n,), -1 to 1."""
        mixed = self.tracks[0].read(start, stop)
        for track in self.tracks[1:]:
            mixed += track.read(start, stop)
        return mixed / np.float32(len(self.tracks))


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that was decoded completely."""

    info: MediaInfo
    """What its container says."""
    sha256: str
    """Digest of the media file, lower-case hexadecimal."""
    tracks: tuple[Track, ...]
    """Every channel of every audio stream, in the container's order."""
    gaps: tuple[Gap, ...]
    """Stretches of at least 0.1 s in which no stream holds sound."""
    warnings: tuple[Notice, ...]
    """What a person should know: of the container and of the sound."""

    @property
    def mix(self) -> Mix:
        """Mean of all tracks."""
        return Mix(self.tracks)

    @property
    def duration(self) -> float:
        """Media time of the end of the sound, seconds."""
        return len(self.tracks[0]) / SAMPLE_RATE_HZ

    def media(self, clock: ClockInfo) -> Media:
        """Description of this recording for its record."""
        return Media(
            name=shown(self.info.path),
            sha256=self.sha256,
            duration=self.duration,
            channels=len(self.tracks),
            clock=clock,
            gaps=self.gaps,
        )
