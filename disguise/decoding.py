"""Sound out of containers: frames as plain arrays with their place, windows of it at 16 kHz."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from hattama.disguise.errors import MediaError
from hattama.disguise.spans import Span
from hattama.disguise.splice import Native, to_float

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from hattama.disguise.protocols import Floats

COMPARED_HZ = 16_000
"""Rate of the windows."""

WINDOW_S = 2.0
"""Length of a window, seconds."""

_GAP_S = 0.05
"""Jumps of the time stamps shorter than this are jitter (Matroska counts milliseconds)."""


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A container for reading.

    Raises
    ------
    MediaError
        When it cannot be read or holds no sound that can be decoded.
    """
    import av  # noqa: PLC0415  importing must not load FFmpeg

    try:
        container = av.open(str(path), metadata_errors="replace")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise MediaError(
            "{name} cannot be read as a recording ({reason}); give a sound or video file",
            name=path.name,
            reason=getattr(error, "strerror", None) or error,
        ) from error
    with container:
        if not container.streams.audio:
            raise MediaError("{name} holds no sound; there is nothing to disguise", name=path.name)
        for stream in container.streams.audio:
            if stream.codec_context is None:
                raise MediaError(
                    "stream {index} of {name} cannot be decoded, so the voice in it could not be "
                    "hidden; leave that stream out or convert it first",
                    index=stream.index,
                    name=path.name,
                )
        yield container


def samples_of(frame: Any) -> Native:
    """Samples of a decoded frame in the codec's own type, shape (n, channels)."""
    array: Native = frame.to_ndarray()
    if frame.format.is_planar:
        return np.ascontiguousarray(array.T)
    return array.reshape(-1, frame.layout.nb_channels)


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples of a stream and their place on its clock."""

    position: int
    """First sample, counted at the stream's rate from the container's time 0."""
    samples: Native
    """Shape (n, channels)."""


class Placer:
    """Gives each frame its place; holes become silence and what overlaps is left out.

    Parameters
    ----------
    rate
        Samples a second.
    channels
        Channels of the stream; neither may change midway.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._channels = channels
        self.next: int | None = None
        """Place of the sample after the last one; None before the first."""
        self.filled = 0
        """Samples of silence that were put into holes."""

    def place(self, frame: Any) -> Iterator[Piece]:
        """The samples of a frame, with silence before them where there was a hole."""
        samples = samples_of(frame)
        if frame.sample_rate != self._rate or samples.shape[1] != self._channels:
            raise MediaError(
                "the sound changes to {rate} Hz and {channels} channels midway; convert the "
                "recording to one format first",
                rate=frame.sample_rate,
                channels=samples.shape[1],
            )
        at = self.next or 0
        if frame.pts is not None:
            stated = round(Fraction(frame.pts) * frame.time_base * self._rate)
            if self.next is None or abs(stated - self.next) > _GAP_S * self._rate:
                at = stated
        if self.next is not None and at > self.next:
            self.filled += at - self.next
            for start in range(self.next, at, self._rate):
                n = min(self._rate, at - start)
                yield Piece(start, _silence(n, samples))
        elif self.next is not None and at < self.next:
            samples = samples[self.next - at :]
            at = self.next
        self.next = at + len(samples)
        if len(samples):
            yield Piece(at, samples)


def _silence(n: int, like: Native) -> Native:
    quiet = np.zeros((n, like.shape[1]), like.dtype)
    if like.dtype == np.uint8:
        quiet += 128
    return quiet


def decoded(packet: Any) -> list[Any]:
    """Frames of a packet; a damaged packet has none, and the hole is filled later."""
    import av  # noqa: PLC0415  importing must not load FFmpeg

    try:
        return list(packet.decode())
    except av.InvalidDataError:
        return []


def pieces(container: Any, index: int) -> Iterator[Piece]:
    """All the sound of one stream of a container, in order, without holes."""
    stream = container.streams[index]
    placer = Placer(stream.rate, stream.layout.nb_channels)
    for packet in container.demux(stream):
        for frame in decoded(packet):
            yield from placer.place(frame)


def sound_extent(path: Path) -> Span:
    """From the first to the last sound of a recording, on the container's clock.

    Raises
    ------
    MediaError
        When there is none.
    """
    first, last = float("inf"), float("-inf")
    with opened(path) as container:
        for packet in container.demux(container.streams.audio):
            if packet.pts is None or not packet.size:
                continue
            start = float(packet.pts * packet.time_base)
            length = float((packet.duration or 0) * packet.time_base)
            first, last = min(first, start), max(last, start + max(length, _GAP_S))
    if first > last:
        raise MediaError("{name} holds no sound; there is nothing to disguise", name=path.name)
    return Span(first, last)


def windows(
    path: Path, index: int, spans: Sequence[Span], window_s: float = WINDOW_S
) -> Generator[Floats]:
    """Sound of one stream within spans, in windows of about `window_s` at 16 kHz.

    Every stream and every file gives the same number of windows for the same spans; where it has
    no sound, they are silent.

    Yields
    ------
    Floats
        Shape (n, channels); all windows of a span are of one length.
    """
    import soxr  # noqa: PLC0415  only the checks need it

    with opened(path) as container:
        stream = container.streams[index]
        rate, channels = stream.rate, stream.layout.nb_channels
        source = pieces(container, index)
        held: list[tuple[int, Floats]] = []
        for start, end in window_edges(spans, window_s):
            first, last = round(start * rate), round(end * rate)
            window = np.zeros((last - first, channels), np.float32)
            held = [piece for piece in held if piece[0] + len(piece[1]) > first]
            while not held or held[-1][0] + len(held[-1][1]) < last:
                piece = next(source, None)
                if piece is None:
                    break
                if piece.position + len(piece.samples) > first:
                    held.append((piece.position, to_float(piece.samples)))
            for at, samples in held:
                low, high = max(at, first), min(at + len(samples), last)
                if low < high:
                    window[low - first : high - first] = samples[low - at : high - at]
            yield soxr.resample(window, rate, COMPARED_HZ)


def window_edges(spans: Sequence[Span], window_s: float = WINDOW_S) -> list[tuple[float, float]]:
    """Start and end of every window, seconds; each about `window_s` long."""
    edges = []
    for span in spans:
        count = max(1, round((span.end - span.start) / window_s))
        length = (span.end - span.start) / count
        edges += [(span.start + i * length, span.start + (i + 1) * length) for i in range(count)]
    return edges
