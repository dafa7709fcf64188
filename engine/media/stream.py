"""One audio stream on its way from frames to tracks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hattama.engine.media.frames import samples
from hattama.engine.media.levels import SAMPLE_RATE_HZ
from hattama.engine.media.timeline import SHORTEST_GAP_S, Faults, Placed, Timeline
from hattama.engine.media.writer import StreamWriter, TrackFile

if TYPE_CHECKING:
    from fractions import Fraction

    import av

OpenTrack = Callable[[int, int, str], TrackFile]
"""Opens the file of one channel: stream number, channel number, channel name."""

COUNTED_STAMPS = frozenset({"aac", "ac3", "dts", "eac3", "mp3"})
"""Raw formats without stamps: FFmpeg counts their frames, all by the length of the first."""
SHORTEST_END_S = 1.0
"""Sound that ends this much before the picture ends in a gap."""


@dataclass(slots=True)
class StreamDecoder:
    """Places and writes the frames of one stream."""

    index: int
    """Number of the stream in the container."""
    origin: Fraction
    """Media time 0 on the container's clock, seconds."""
    limit_s: float
    """Media time after which no sound can be."""
    open_track: OpenTrack
    """Called for each channel that appears."""
    counted: bool = False
    """Whether stamps are counted frames; then they are wrong once the sample rate changes."""
    writer: StreamWriter = field(default_factory=lambda: StreamWriter([]))
    """Where the sound goes."""
    faults: Faults = field(default_factory=Faults)
    """What had to be put right."""
    first_s: float | None = None
    """Media time of the first sample written."""
    _timeline: Timeline | None = None
    _unstamped: bool = False

    @property
    def end_s(self) -> float:
        """Media time after the last sample written, seconds."""
        return self.writer.length / SAMPLE_RATE_HZ

    def gaps(self, end_s: float) -> list[tuple[float, float]]:
        """Stretches before `end_s` that hold no sound: of 0.1 s or more, at the end of 1 s."""
        holes = list(self._timeline.gaps) if self._timeline is not None else []
        first = end_s if self.first_s is None else self.first_s
        found = [(0.0, first), *holes]
        # Sound hardly ever ends with the very frame that the picture ends with.
        if end_s - max(self.end_s, first) >= SHORTEST_END_S:
            found.append((max(self.end_s, first), end_s))
        return [(start, stop) for start, stop in found if stop - start >= SHORTEST_GAP_S]

    def take(self, frame: av.AudioFrame) -> None:
        """Write one decoded frame."""
        block = samples(frame)
        if not len(block) or not frame.sample_rate:
            return
        self._open_tracks(frame)
        timeline = self._timeline_at(frame.sample_rate)
        self._write(timeline.feed(self._position(frame), block), timeline.rate_hz)

    def finish(self) -> None:
        """Write what is still held back."""
        if self._timeline is not None:
            self._write(self._timeline.flush(), self._timeline.rate_hz)
        self.writer.flush()

    def _open_tracks(self, frame: av.AudioFrame) -> None:
        for channel in range(len(self.writer.tracks), frame.layout.nb_channels):
            name = frame.layout.channels[channel].name
            # A layout that the file does not name has channels called NONE.
            name = str(channel + 1) if name == "NONE" else name
            self.writer.tracks.append(self.open_track(self.index, channel, name))

    def _timeline_at(self, rate_hz: int) -> Timeline:
        if self._timeline is None:
            self._timeline = Timeline(rate_hz, int(self.limit_s * rate_hz), self.faults)
        elif self._timeline.rate_hz != rate_hz:
            self._write(self._timeline.flush(), self._timeline.rate_hz)
            self._timeline = self._timeline.at_rate(rate_hz)
            self._unstamped = self.counted
        return self._timeline

    def _position(self, frame: av.AudioFrame) -> int | None:
        if self._unstamped or frame.pts is None or frame.time_base is None:
            return None
        return nearest_sample(frame.pts, frame.time_base, self.origin, frame.sample_rate)

    def _write(self, placed: list[Placed], rate_hz: int) -> None:
        for position, block in placed:
            if self.first_s is None:
                self.first_s = position / rate_hz
            self.writer.write(position, rate_hz, block)


def nearest_sample(stamp: int, base: Fraction, origin: Fraction, rate_hz: int) -> int:
    """Sample nearest to the time `stamp` x `base` - `origin`, exact in integers, halves upwards."""
    parts = base.denominator * origin.denominator
    time = stamp * base.numerator * origin.denominator - origin.numerator * base.denominator
    return (2 * time * rate_hz + parts) // (2 * parts)
