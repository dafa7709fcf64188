"""What a container says of itself, before anything but its first frames is decoded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction
    from pathlib import Path

    from hattama.models.notice import Notice

TimecodeSource = Literal["tmcd", "mxf", "tag", "bwf"]
"""Where a file keeps its timecode."""


@dataclass(frozen=True, slots=True)
class VideoStream:
    """One moving picture; cover art is none."""

    index: int
    """Number of the stream in the container."""
    codec: str
    """FFmpeg's name of the codec."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    rate: Fraction | None
    """Mean frames a second; None where the file does not say."""


@dataclass(frozen=True, slots=True)
class AudioStream:
    """One stream of sound, of one or more channels."""

    index: int
    """Number of the stream in the container."""
    codec: str
    """FFmpeg's name of the codec; `unknown` where no decoder is there."""
    rate_hz: int
    """Samples a second."""
    channels: int
    """Channels of the stream."""
    layout: str
    """FFmpeg's name of the channel layout: `mono`, `stereo`, `5.1`, …"""
    start: float
    """Media time of the first sample as the container says it, seconds; may be negative."""
    duration: float | None
    """Seconds; None where the container does not say."""
    language: str | None = None
    """ISO 639-2 code as tagged; None where there is none."""
    title: str | None = None
    """Title as tagged; None where there is none."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a container says of itself."""

    path: Path
    """The file."""
    container: str
    """FFmpeg's name of the format."""
    size_bytes: int
    """Length of the file."""
    duration: float
    """Media time of the end as the container says it, seconds; 0 where it does not."""
    origin: Fraction
    """Media time 0 on the container's own clock, seconds: the first presented video frame, or the
    first audio sample where there is no video."""
    video: tuple[VideoStream, ...]
    """Moving pictures."""
    audio: tuple[AudioStream, ...]
    """Streams of sound; never empty."""
    timecode: str | None = None
    """Label of the first frame as the file keeps it, drop-frame by its `;`."""
    timecode_source: TimecodeSource | None = None
    """Where it was found."""
    created: str | None = None
    """ISO 8601 time at which the recording began, as the container's metadata say."""
    time_reference_s: Fraction | None = None
    """BWF TimeReference: seconds from midnight to the first sample."""
    originated: str | None = None
    """BWF origination date and time, ISO 8601."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """All other metadata of the container."""
    warnings: tuple[Notice, ...] = ()
    """What a person should know."""

    @property
    def channels(self) -> int:
        """Audio channels over all streams."""
        return sum(stream.channels for stream in self.audio)


def shown(path: Path) -> str:
    r"""File name as text that can always be printed: bytes that are not UTF-8 become `\xNN`."""
    return path.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
