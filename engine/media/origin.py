"""Media time 0: the first presented video frame, or the first audio sample without a picture."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import av
    from av.container import InputContainer

FIRST_FRAMES_PACKETS = 1000
"""Packets that are read at most in search of the first frames."""


def moving_pictures(container: InputContainer) -> list[av.VideoStream]:
    """Video streams of a container without cover art and thumbnails."""
    from av.stream import Disposition  # noqa: PLC0415  importing must not load FFmpeg

    still = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
    return [stream for stream in container.streams.video if not stream.disposition & still]


def decodable(container: InputContainer) -> list[av.AudioStream]:
    """Audio streams of a container for which there is a decoder."""
    return [stream for stream in container.streams.audio if context_of(stream) is not None]


def context_of(stream: av.VideoStream | av.AudioStream) -> Any | None:
    """Decoder of a stream; None where FFmpeg has none, though PyAV types it as always there."""
    return stream.codec_context


def origin(container: InputContainer) -> Fraction:
    """First presented frame on the container's own clock, seconds.

    The frame is decoded, because a container's stated start may count what a decoder does not
    present: priming samples, frames before an edit list.
    """
    streams: Sequence[av.VideoStream] | Sequence[av.AudioStream] = moving_pictures(container)[
        :1
    ] or decodable(container)
    found = _first_frames(container, streams)
    stated = (_stated_start(stream) for stream in streams if stream.index not in found)
    times = [*found.values(), *(time for time in stated if time is not None)]
    return min(times, default=Fraction(0))


def _first_frames(
    container: InputContainer, streams: Sequence[av.VideoStream] | Sequence[av.AudioStream]
) -> dict[int, Fraction]:
    import av  # noqa: PLC0415  importing must not load FFmpeg

    found: dict[int, Fraction] = {}
    try:
        for count, packet in enumerate(container.demux(list(streams))):
            if count > FIRST_FRAMES_PACKETS or len(found) == len(streams):
                break
            time = None if packet.stream_index in found else _first_time(packet)
            if time is not None:
                found[packet.stream_index] = time
    except av.FFmpegError:
        return found
    return found


def _first_time(packet: av.Packet[Any]) -> Fraction | None:
    import av  # noqa: PLC0415  importing must not load FFmpeg

    try:
        frames: list[Any] = list(packet.decode())
    except av.FFmpegError:
        return None
    times = [frame.pts * frame.time_base for frame in frames if frame.pts is not None]
    return min(times, default=None)


def _stated_start(stream: av.VideoStream | av.AudioStream) -> Fraction | None:
    if stream.start_time is None or stream.time_base is None:
        return None
    return stream.start_time * stream.time_base
