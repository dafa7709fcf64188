"""`hattama compare`: what a clerk changed in the machine's draft."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console

from hattama.engine.cli.export import OutputError
from hattama.engine.commas import comma_separated
from hattama.engine.document.atomic import write_bytes
from hattama.engine.document.json import read
from hattama.engine.editing.record import read_current
from hattama.engine.exports.texts import ExportLanguage
from hattama.engine.hearing import load as load_hearing
from hattama.engine.review.comparison_export import (
    COMPARISON_FORMS,
    ComparisonForm,
    export_comparison,
)


def compare(
    record: Path,
    *,
    formats: Annotated[
        tuple[Literal[ComparisonForm, "all"], ...],
        Parameter(name=["--format", "-f"], converter=comma_separated, negative=()),
    ] = ("docx",),
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    language: ExportLanguage = "ru",
    hearing: Path | None = None,
    overwrite: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Write what was changed, word by word: the machine's draft against the edited record.

    The files show what was struck out and are not for the public.

    Parameters
    ----------
    record
        The record: the .json that `hattama transcribe` wrote.
    formats
        docx, html, txt, separated by commas, or all.
    output
        File for one form, folder for several; by default beside the record.
    language
        Of headings and roles.
    hearing
        TOML file of the hearing; its kind names the roles.
    overwrite
        Replace files that are there.
    """
    draft, edited = read(record), read_current(record)
    details = load_hearing(hearing) if hearing else None
    chosen = tuple(form for form in COMPARISON_FORMS if "all" in formats or form in formats)
    targets = {form: _target(record, form, output, one=len(chosen) == 1) for form in chosen}
    there = [str(target) for target in targets.values() if target.exists()]
    if there and not overwrite:
        raise OutputError(
            "{output} is there already; give another place by -o, or --overwrite to lose it.",
            output=", ".join(there),
        )
    console = Console(highlight=False, soft_wrap=True)
    for form, target in targets.items():
        content = export_comparison(draft, edited, form, language, details)
        write_bytes(target, content)
        console.print(str(target), markup=False)


def _target(record: Path, form: ComparisonForm, output: Path | None, *, one: bool) -> Path:
    if output is not None and not output.is_dir():
        if one:
            return output
        raise OutputError(
            "{output} is not a folder; give a folder for several forms.", output=str(output)
        )
    stem = record.name.removesuffix(".json").removesuffix(".record")
    return (record.parent if output is None else output) / f"{stem}-changes.{form}"
