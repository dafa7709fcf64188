"""Probe: what a recording holds, from its container and its first frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from hattama.engine.media.errors import NoAudioError, NotMediaError
from hattama.engine.media.info import AudioStream, MediaInfo, TimecodeSource, VideoStream, shown
from hattama.engine.media.opening import open_media
from hattama.engine.media.origin import context_of, moving_pictures, origin
from hattama.models.notice import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import av
    from av.container import InputContainer

TELEPHONE_RATE_HZ = 8000
_PARTS = 3
"""Year, month, day; hours, minutes, seconds."""
CREATION_TAGS = ("creation_time", "com.apple.quicktime.creationdate", "date", "WM/EncodingTime")


def probe(path: str | Path) -> MediaInfo:
    """Read what a recording says of itself; only its first frames are decoded.

    Parameters
    ----------
    path
        A file in any container that FFmpeg reads; its name does not matter.

    Raises
    ------
    MediaNotFoundError, UnreadableMediaError, NotMediaError
        It cannot be opened; see `hattama.engine.media.opening.open_media`.
    NoAudioError
        It holds no sound.
    """
    path = Path(path)
    with open_media(path) as container:
        pictures = moving_pictures(container)
        if not container.streams.audio:
            raise _no_sound(path, pictures)
        return _describe(path, container, pictures, origin(container))


def _no_sound(path: Path, pictures: Sequence[object]) -> NoAudioError | NotMediaError:
    if pictures:
        return NoAudioError(
            "{name} holds a picture and no sound; give the recording that has the microphones.",
            name=shown(path),
        )
    return NotMediaError(
        "{name} holds no sound and no moving picture; give a video or sound file.",
        name=shown(path),
    )


def _describe(
    path: Path, container: InputContainer, pictures: list[av.VideoStream], start: Fraction
) -> MediaInfo:
    audio = tuple(_audio(stream, start) for stream in container.streams.audio)
    tags = dict(container.metadata)
    timecode, source = _timecode(container)
    return MediaInfo(
        path=path,
        container=container.format.name,
        size_bytes=path.stat().st_size,
        duration=_duration(container, audio, start),
        origin=start,
        video=tuple(_video(stream) for stream in pictures),
        audio=audio,
        timecode=timecode,
        timecode_source=source,
        created=_first_tag(tags, CREATION_TAGS),
        time_reference_s=_time_reference(tags, audio),
        originated=_originated(tags),
        tags=tags,
        warnings=tuple(_low_rate(stream) for stream in audio if _is_low(stream)),
    )


def _video(stream: av.VideoStream) -> VideoStream:
    return VideoStream(
        index=stream.index,
        codec=_video_codec(stream),
        width=stream.width,
        height=stream.height,
        rate=stream.average_rate or stream.guessed_rate or None,
    )


def _video_codec(stream: av.VideoStream) -> str:
    context = context_of(stream)
    return "unknown" if context is None else str(context.name)


def _audio(stream: av.AudioStream, start: Fraction) -> AudioStream:
    base = stream.time_base or Fraction(0)
    context = context_of(stream)
    return AudioStream(
        index=stream.index,
        codec="unknown" if context is None else context.name,
        rate_hz=0 if context is None else context.sample_rate,
        channels=0 if context is None else context.channels,
        layout="" if context is None else context.layout.name,
        start=float((stream.start_time or 0) * base - start),
        duration=float(stream.duration * base) if stream.duration else None,
        language=_known(stream.metadata.get("language")),
        title=stream.metadata.get("title") or None,
    )


def _known(language: str | None) -> str | None:
    return None if language in {"", "und"} else language


def _duration(container: InputContainer, audio: tuple[AudioStream, ...], zero: Fraction) -> float:
    import av  # noqa: PLC0415  importing must not load FFmpeg

    ends = [stream.start + stream.duration for stream in audio if stream.duration is not None]
    if container.duration is not None and container.duration > 0:
        start = container.start_time or 0
        ends.append(float(Fraction(start + container.duration, av.time_base) - zero))
    return max(ends, default=0.0)


def _timecode(container: InputContainer) -> tuple[str | None, TimecodeSource | None]:
    tagged = [container.metadata, *(stream.metadata for stream in container.streams)]
    for tags in tagged:
        text = _first_tag(tags, ("timecode", "TIMECODE"))
        if text is not None:
            return text, _timecode_source(container.format.name)
    return None, None


def _timecode_source(container: str) -> TimecodeSource:
    if "mov" in container.split(","):
        return "tmcd"
    return "mxf" if container.startswith("mxf") else "tag"


def _time_reference(tags: Mapping[str, str], audio: tuple[AudioStream, ...]) -> Fraction | None:
    text = tags.get("time_reference", "")
    if not text.isdigit() or not audio[0].rate_hz:
        return None
    return Fraction(int(text), audio[0].rate_hz)


def _originated(tags: Mapping[str, str]) -> str | None:
    """BWF origination: FFmpeg calls its date `date` and its time `creation_time`."""
    date, time = _numbers(tags.get("date", "")), _numbers(tags.get("creation_time", ""))
    # EBU Tech 3285 allows -, _, :, space and . between the numbers.
    if len(date) != _PARTS or len(time) != _PARTS:
        return None
    return f"{'-'.join(date)}T{':'.join(time)}"


def _numbers(text: str) -> list[str]:
    return "".join(c if c.isdigit() else " " for c in text).split()


def _first_tag(tags: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((tags[name] for name in names if tags.get(name)), None)


def _is_low(stream: AudioStream) -> bool:
    return 0 < stream.rate_hz <= TELEPHONE_RATE_HZ


def _low_rate(stream: AudioStream) -> Notice:
    return Notice(
        "Sound stream {stream} has {rate} samples a second, as a telephone: recognition will be"
        " poor; use a recording of 16000 or more if there is one.",
        {"stream": stream.index, "rate": stream.rate_hz},
    )
