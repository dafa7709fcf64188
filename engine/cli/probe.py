"""`hattama probe`: what a recording holds, as a table or as JSON."""

from __future__ import annotations

import json as json_format
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from hattama.engine.cli.language import translate
from hattama.engine.clock import Clock, clock_info
from hattama.engine.media.decode import decode
from hattama.engine.media.info import MediaInfo, shown
from hattama.engine.media.probe import probe as probe_media

if TYPE_CHECKING:
    from collections.abc import Callable

    from hattama.engine.media.info import AudioStream
    from hattama.engine.media.recording import Recording, Track
    from hattama.models.notice import Notice

_SOURCES = {
    "option": "as given",
    "tmcd": "tmcd track of the file",
    "mxf": "MXF timecode",
    "tag": "timecode tag of the file",
    "bwf": "BWF header",
    "zero": "the file has none",
    "metadata": "creation time in the file",
    "file-name": "file name",
}
"""What a source of the clock is called before people."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class ProbeOptions:
    """How far to look and how to say it."""

    deep: Annotated[bool, Parameter(negative=())] = False
    """Decode all sound; then gaps, levels, clipping and bandwidth are said as well."""
    json: Annotated[bool, Parameter(negative=())] = False
    """Print JSON."""
    work: Path | None = None
    """Folder for the decoded sound of --deep; without it, a temporary one that is removed."""
    start_timecode: str | None = None
    """Timecode of the first frame, HH:MM:SS:FF (; before the frames for drop-frame)."""
    wall_start: str | None = None
    """Time of day at the first frame, ISO 8601."""


def probe(media: Path, /, *, options: ProbeOptions | None = None) -> None:
    """Say what a recording holds: streams, channels, timecode, time of day, gaps.

    Parameters
    ----------
    media
        Video or sound file.
    options
        How far to look and how to say it.
    """
    options = options or ProbeOptions()
    info = probe_media(media)
    clock = Clock(clock_info(info, options.start_timecode, options.wall_start))
    recording = _decoded(media, options.work) if options.deep else None
    if options.json:
        content = json_format.dumps(as_json(info, clock, recording), ensure_ascii=False, indent=2)
        Console().print(content, markup=False, highlight=False, soft_wrap=True)
        return
    console = Console(highlight=False)
    console.print(_container(info, clock, recording))
    console.print(_streams(info))
    if recording is not None:
        console.print(_channels(recording.tracks))
    for notice in _notices(info, recording):
        console.print(f"! {_said(notice)}", markup=False, soft_wrap=True)


def as_json(info: MediaInfo, clock: Clock, recording: Recording | None) -> dict[str, Any]:
    """Everything that is known of a recording, as JSON values."""
    content: dict[str, Any] = {
        "name": shown(info.path),
        "container": info.container,
        "size_bytes": info.size_bytes,
        "duration": info.duration if recording is None else recording.duration,
        "clock": asdict(clock.info),
        "video": [
            asdict(film) | {"rate": None if film.rate is None else str(film.rate)}
            for film in info.video
        ],
        "audio": [asdict(stream) for stream in info.audio],
        "tags": dict(info.tags),
        "warnings": [str(notice) for notice in _notices(info, recording)],
    }
    if recording is not None:
        content |= {
            "sha256": recording.sha256,
            "gaps": [
                asdict(gap) | {"timecode": clock.timecode(gap.start)} for gap in recording.gaps
            ],
            "channels": [_channel_json(track) for track in recording.tracks],
        }
    return content


def _channel_json(track: Track) -> dict[str, Any]:
    levels = track.levels
    return {
        "stream": track.stream,
        "channel": track.channel,
        "name": track.name,
        **asdict(levels),
        "telephone": levels.is_telephone,
        "gaps": [asdict(gap) for gap in track.gaps],
    }


def _decoded(media: Path, work: Path | None) -> Recording:
    with _bar() as progress:
        if work is not None:
            return decode(media, work, progress)
        with tempfile.TemporaryDirectory(prefix="hattama-") as folder:
            return decode(media, folder, progress)


@contextmanager
def _bar() -> Iterator[Callable[[float], None]]:
    """Show a bar on stderr while a person waits; it goes when the work is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(translate("Decoding"), total=1.0)
        yield lambda share: progress.update(task, completed=share)


def _container(info: MediaInfo, clock: Clock, recording: Recording | None) -> Table:
    table = Table(
        box=SIMPLE_HEAD, show_header=False, title=Text(shown(info.path)), title_justify="left"
    )
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for head, value in _facts(info, clock, recording):
        table.add_row(translate(head), Text(value))
    return table


def _facts(info: MediaInfo, clock: Clock, recording: Recording | None) -> Iterator[tuple[str, str]]:
    yield "Container", f"{info.container}, {decimal(info.size_bytes)}"
    yield "Duration", _length(info.duration if recording is None else recording.duration)
    start = f"{clock.info.start_timecode} ({clock.info.rate} fps, "
    yield "Timecode", start + translate(_SOURCES[clock.info.timecode_source]) + ")"
    wall = clock.wall(0)
    if wall is None or clock.info.wall_source is None:
        yield "Time of day", translate("unknown")
    else:
        source = translate(_SOURCES[clock.info.wall_source])
        yield "Time of day", f"{wall.isoformat(' ')} ({source})"
    if info.tags:
        yield "Tags", "; ".join(f"{name}: {value}" for name, value in info.tags.items())
    if recording is None:
        yield "Gaps", translate("unknown without --deep")
        return
    yield "SHA-256", recording.sha256
    for gap in recording.gaps:
        span = f"{clock.timecode(gap.start)} - {clock.timecode(gap.end)}"
        yield "Gap", f"{span} ({gap.end - gap.start:.2f} s)"
    if not recording.gaps:
        yield "Gaps", translate("none")


def _length(seconds: float) -> str:
    whole, part = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{part:03}"


def _streams(info: MediaInfo) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for head in ("Stream", "Kind", "Codec", "Form", "Channels", "Start", "Language"):
        table.add_column(translate(head))
    for film in info.video:
        rate = "" if film.rate is None else f", {float(film.rate):.5g} fps"
        form = f"{film.width}x{film.height}{rate}"
        table.add_row(str(film.index), translate("video"), film.codec, form, "", "", "")
    for stream in info.audio:
        table.add_row(*map(Text, _stream_row(stream)))
    return table


def _stream_row(stream: AudioStream) -> tuple[str, ...]:
    return (
        str(stream.index),
        translate("audio"),
        stream.codec,
        f"{stream.rate_hz} Hz, {stream.layout}",
        str(stream.channels),
        f"{stream.start:+.3f} s",
        " ".join(text for text in (stream.language, stream.title) if text),
    )


def _channels(tracks: tuple[Track, ...]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column(translate("Channel"))
    for head in ("Level", "Peak", "Silence", "Clipped", "Bandwidth"):
        table.add_column(translate(head), justify="right")
    for number, track in enumerate(tracks, 1):
        levels = track.levels
        band = levels.bandwidth_hz
        table.add_row(
            f"{number} ({track.stream}:{track.name})",
            f"{levels.rms_db:.1f} dBFS",
            f"{levels.peak_db:.1f} dBFS",
            f"{levels.silent:.1%}",
            f"{levels.clipped:.3%}",
            "" if band is None else f"{band / 1000:.1f} kHz",
        )
    return table


def _notices(info: MediaInfo, recording: Recording | None) -> tuple[Notice, ...]:
    return info.warnings if recording is None else recording.warnings


def _said(notice: Notice) -> str:
    return translate(notice.template).format(**notice.fields)
