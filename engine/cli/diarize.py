"""`hattama diarize`: who speaks when, as RTTM."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from hattama.diarization.loading import Pipeline, load_diarizer, load_microphone_diarizer
from hattama.diarization.options import DiarizationOptions
from hattama.diarization.room import Room, read_room, room_of_roles
from hattama.diarization.rttm import format_rttm, write_rttm
from hattama.diarization.turns import Diarization
from hattama.engine.cli.language import translate
from hattama.engine.commas import comma_separated
from hattama.engine.errors import BadInputError
from hattama.engine.media.decode import decode
from hattama.models.store import ModelStore

DECODING_SHARE = 0.1
"""Part of the bar that decoding takes."""
Report = Callable[[float], None]


class TwoRoomsError(BadInputError):
    """The room is described twice."""


class OutputError(BadInputError):
    """The RTTM cannot be written where it was asked for."""


def diarize(
    media: Path,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    microphones: Annotated[tuple[str, ...], Parameter(converter=comma_separated)] = (),
    room: Path | None = None,
    pipeline: Pipeline = "hattama",
    options: Annotated[DiarizationOptions | None, Parameter(name="*")] = None,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
) -> None:
    """Find who speaks when.

    Parameters
    ----------
    media
        The recording: video or sound, any format.
    output
        RTTM file; printed where it is not given.
    microphones
        Role at each channel, first channel first, for recordings with one channel a microphone:
        judge,secretary,claimant. A dash skips a channel (--microphones=-,judge where it is first).
    room
        Room file (TOML) that names the microphones, instead of `--microphones`.
    pipeline
        hattama, or community-1 where its weights are in the store.
    quiet
        Show no progress and no table.
    """
    chosen = options or DiarizationOptions()
    places = _room(microphones, room)
    _check_folder(output)
    with _bar(quiet=quiet) as report:
        found = diarize_file(media, chosen, places, pipeline, report)
    if output is None:
        print(format_rttm(found.turns, media.stem), end="")  # noqa: T201  the command's result
    else:
        write_rttm(output, found.turns, media.stem)
    if not quiet:
        _tell(found)


def diarize_file(
    media: Path,
    options: DiarizationOptions,
    room: Room | None = None,
    pipeline: Pipeline = "hattama",
    progress: Report | None = None,
) -> Diarization:
    """Decode a recording into a temporary folder and find who speaks when.

    Parameters
    ----------
    media
        The recording.
    options
        Settings of the diarizer of mixes.
    room
        Microphones of the channels; the channels are mixed where it is None.
    pipeline
        Which diarizer tells voices apart.
    progress
        Called with the share that is done, 0 to 1; an exception that it raises cancels.
    """
    report = progress or _ignore
    store = ModelStore.default()
    with tempfile.TemporaryDirectory(prefix="hattama-") as folder:
        recording = decode(media, folder, lambda share: report(share * DECODING_SHARE))

        def rest(share: float) -> None:
            report(DECODING_SHARE + share * (1 - DECODING_SHARE))

        if room is None:
            return load_diarizer(store, options, pipeline).diarize(recording.mix, rest)
        diarizer = load_microphone_diarizer(store, room, options, pipeline)
        return diarizer.diarize(recording.tracks, rest)


def _room(microphones: tuple[str, ...], room: Path | None) -> Room | None:
    if microphones and room is not None:
        raise TwoRoomsError("Give either --microphones or --room, not both.")
    if room is not None:
        return read_room(room)
    return room_of_roles(microphones) if microphones else None


def _check_folder(output: Path | None) -> None:
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        raise OutputError(
            "{path} cannot be written: it is a folder or its folder is missing; "
            "give a file in a folder that exists.",
            path=output,
        )


def _ignore(_share: float) -> None:
    return None


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Report]:
    """Show a bar on stderr while the block runs."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
    )
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, *times, console=console, disable=quiet, transient=True) as bar:
        task = bar.add_task(translate("Telling speakers apart"), total=1.0)
        yield lambda share: bar.update(task, completed=share)


def _tell(found: Diarization) -> None:
    """Notices and a table of the speakers, on stderr, so that the RTTM can go through a pipe."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for notice in found.notices:
        console.print(translate(notice.template).format(**notice.fields), markup=False)
    table = Table(box=SIMPLE_HEAD)
    for head in ("Speaker", "Turns", "Speech, s", "First heard, s"):
        table.add_column(translate(head), justify="left" if head == "Speaker" else "right")
    for speaker in found.speakers:
        turns = [turn for turn in found.turns if turn.speaker == speaker]
        spoken = sum(turn.duration for turn in turns)
        table.add_row(speaker, str(len(turns)), f"{spoken:.1f}", f"{turns[0].start:.1f}")
    console.print(table)
