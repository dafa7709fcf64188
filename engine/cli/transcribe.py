"""`hattama transcribe`: a recording in, a draft record out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from hattama.engine.cli.language import translate
from hattama.engine.cli.progress import progress_bar
from hattama.engine.commas import comma_separated
from hattama.engine.document import json
from hattama.engine.document.atomic import write_bytes
from hattama.engine.document.model import State
from hattama.engine.editing.record import journal_path, signed_path
from hattama.engine.errors import BadInputError
from hattama.engine.exports.options import ExportOptions
from hattama.engine.exports.registry import SUFFIXES, Format, export
from hattama.engine.exports.texts import ExportLanguage
from hattama.engine.hearing import Hearing
from hattama.engine.hearing import load as load_hearing
from hattama.engine.options import TranscribeOptions
from hattama.engine.transcribe import Draft
from hattama.engine.transcribe import transcribe as make_draft
from hattama.models.notice import Notice

DEFAULT_FORMATS: tuple[Format, ...] = ("docx", "txt", "vtt", "rttm")
RECORD_SUFFIX = ".record.json"


class RecordInTheWayError(BadInputError):
    """Somebody has worked on the record that would be replaced."""


def transcribe(
    media: Path,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = Path(),
    options: Annotated[TranscribeOptions | None, Parameter(name="*")] = None,
    formats: Annotated[
        tuple[Format, ...], Parameter(name=["--format", "-f"], converter=comma_separated)
    ] = DEFAULT_FORMATS,
    record_languages: Annotated[
        tuple[ExportLanguage, ...], Parameter(name="--record-language", converter=comma_separated)
    ] = ("ru", "kk"),
    written: Annotated[bool, Parameter(negative=())] = False,
    work: Path | None = None,
    keep_work: Annotated[bool, Parameter(negative=())] = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
) -> int:
    """Make a draft record from a recording.

    A run that was interrupted goes on where it was when the same command is given again.

    Parameters
    ----------
    media
        The recording: video or sound, any format.
    output
        Folder for the record.
    formats
        Forms besides the record itself (JSON), separated by commas.
    record_languages
        Languages of the headings and roles in DOCX and TXT, separated by commas; one file each.
    written
        Write numbers, dates, money, articles of law and case numbers in digits in DOCX, TXT, SRT
        and VTT; the record keeps what was said.
    work
        Folder for the decoded sound and for what is finished; by default one beside the record.
    keep_work
        Keep that folder when the record is written.
    quiet
        Show no progress.
    """
    chosen = options or TranscribeOptions()
    target = output / f"{media.stem}{RECORD_SUFFIX}"
    _refuse_to_replace(target)
    folder = work or output / f".{media.stem}.work"
    with progress_bar(quiet=quiet) as report:
        told: list[Notice] = []

        def tell(notice: Notice) -> None:
            _say([notice])
            told.append(notice)

        draft = make_draft(media, folder, chosen, report=report, tell=tell)
    hearing = load_hearing(chosen.hearing) if chosen.hearing else None
    json.write(target, draft.transcript)
    look = [ExportOptions(language=x, written=written) for x in record_languages]
    exports = _write_exports(draft, output / media.stem, formats, look, hearing)
    if not keep_work:
        shutil.rmtree(folder, ignore_errors=True)
    _say([notice for notice in draft.notices if notice not in told])
    _tell(draft, [target, *exports])
    return 0


def _refuse_to_replace(target: Path) -> None:
    """Replace a draft, but nothing that a person has worked on."""
    edited = journal_path(target).exists() or signed_path(target).exists()
    if edited or (target.exists() and json.read(target).state is not State.DRAFT):
        raise RecordInTheWayError(
            "{path} has been edited or signed and is not replaced; choose another folder with -o.",
            path=target,
        )


def _write_exports(
    draft: Draft,
    stem: Path,
    formats: Sequence[Format],
    looks: Sequence[ExportOptions],
    hearing: Hearing | None,
) -> list[Path]:
    """Write each form; those with headings once for each language."""
    written: list[Path] = []
    for form in dict.fromkeys(formats):
        worded = form in {"docx", "txt"} and len(looks) > 1
        for look in looks if worded else looks[:1]:
            suffix = f".{look.language}{SUFFIXES[form]}" if worded else SUFFIXES[form]
            path = stem.with_name(stem.name + suffix)
            content = export(draft.transcript, form, look, hearing)
            write_bytes(path, content)
            written.append(path)
    return written


def _say(notices: Sequence[Notice]) -> None:
    # A console of its own each time: while the bar runs, rich puts what is printed above it.
    console = Console(highlight=False, soft_wrap=True)
    for notice in notices:
        console.print(translate(notice.template).format(**notice.fields), markup=False)


def _tell(draft: Draft, written: Sequence[Path]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    words = draft.transcript.words
    doubtful = sum(1 for word in words if word.doubts)
    console.print(
        translate("{speakers} speakers, {words} words, {doubtful} of them doubtful.").format(
            speakers=len(draft.transcript.speakers), words=len(words), doubtful=doubtful
        ),
        markup=False,
    )
    for path in written:
        console.print(f"  {path}", markup=False)
