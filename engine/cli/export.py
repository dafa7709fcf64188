"""`hattama export`: a record in other forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console

from hattama.engine.cli.language import translate
from hattama.engine.clock import Clock
from hattama.engine.commas import comma_separated
from hattama.engine.document.atomic import write_bytes
from hattama.engine.document.model import Transcript
from hattama.engine.editing.record import read_current
from hattama.engine.errors import BadInputError
from hattama.engine.exports.options import ExportOptions
from hattama.engine.exports.registry import FORMATS, SUFFIXES, Format
from hattama.engine.exports.registry import export as export_form
from hattama.engine.exports.spoken import spoken_names
from hattama.engine.hearing import Hearing
from hattama.engine.hearing import load as load_hearing

_DEFAULTS = ExportOptions()
_SHOWN = 5


class OutputError(BadInputError):
    """The place given for the output does not do."""


def export(
    record: Path,
    *,
    formats: Annotated[
        tuple[Literal[Format, "all"], ...],
        Parameter(name=["--format", "-f"], converter=comma_separated, negative=()),
    ],
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    hearing: Path | None = None,
    overwrite: Annotated[bool, Parameter(negative=())] = False,
    options: Annotated[ExportOptions, Parameter(name="*")] = _DEFAULTS,
) -> None:
    """Write a record in other forms.

    Parameters
    ----------
    record
        The record: the .json that `hattama transcribe` wrote.
    formats
        txt, srt, vtt, rttm, ctm, stm, textgrid, docx, separated by commas, or all.
    output
        File for one form, folder for several; by default beside the record.
    hearing
        TOML file with court, case, date and participants.
    overwrite
        Replace files that are there, and whatever was changed in them by hand.
    """
    transcript = read_current(record)
    details = load_hearing(hearing) if hearing else None
    chosen = FORMATS if "all" in formats else tuple(form for form in FORMATS if form in formats)
    targets = _targets(record, chosen, output)
    if not overwrite:
        _refuse_to_replace(list(targets.values()))
    contents = {form: export_form(transcript, form, options, details) for form in targets}
    console = Console(highlight=False, soft_wrap=True)
    for form, target in targets.items():
        _write(target, contents[form])
        console.print(str(target), markup=False)
    _warn(transcript, details)


def _targets(record: Path, formats: tuple[Format, ...], output: Path | None) -> dict[Format, Path]:
    """Where each form goes."""
    stem = record.name.removesuffix(".json").removesuffix(".record")
    folder = record.parent if output is None else output
    if output is not None and not output.is_dir():
        if len(formats) == 1:
            return {formats[0]: output}
        raise OutputError(
            "{output} is not a folder; give a folder for several forms.", output=str(output)
        )
    return {form: folder / f"{stem}{SUFFIXES[form]}" for form in formats}


def _refuse_to_replace(targets: list[Path]) -> None:
    there = [target for target in targets if target.exists()]
    if there:
        raise OutputError(
            "{output} is there already; give another place by -o, or --overwrite to lose it.",
            output=", ".join(map(str, there)),
        )


def _write(target: Path, content: bytes) -> None:
    try:
        write_bytes(target, content)
    except OSError as error:
        raise OutputError(
            "{output} cannot be written ({reason}); give another place by -o.",
            output=str(target), reason=error.strerror or type(error).__name__,
        ) from error  # fmt: skip


def _warn(transcript: Transcript, hearing: Hearing | None) -> None:
    """Say where others may have said the name of somebody who is protected."""
    words = spoken_names(transcript, hearing)
    if not words:
        return
    clock = Clock(transcript.media.clock)
    places = ", ".join(clock.timecode(word.start) for word in words[:_SHOWN])
    message = translate(
        "Words that may be a protected person's name are printed as they were said: {count}"
        " ({places}). Check them before the files leave the court."
    )
    more = ", …" if len(words) > _SHOWN else ""
    Console(stderr=True, highlight=False, soft_wrap=True).print(
        message.format(count=len(words), places=places + more), markup=False
    )
