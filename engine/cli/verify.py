"""`hattama verify`: whether a record, its journal and its signed file belong together."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from hattama.engine.cli.language import translate
from hattama.engine.document.model import State
from hattama.engine.editing.errors import JournalError
from hattama.engine.editing.record import EditedRecord


def verify(record: Path, /, *, digest: str | None = None) -> None:
    """Check a record: the draft's bytes, every entry of the journal, and the signed file.

    Exits 1 where something was changed or damaged. What it cannot tell: a journal that somebody
    has written anew from its first entry, with all its hashes. Against that, keep the digest of
    the signed record elsewhere and give it here.

    Parameters
    ----------
    record
        The JSON that transcribe wrote.
    digest
        SHA-256 of the signed record, as it was noted when it was signed.
    """
    edited = EditedRecord(record, "", write=False)
    edited.check_signed_file()
    if digest is not None and digest.strip().lower() != edited.digest:
        raise JournalError(
            "{source} is not what was signed: its digest is {found}, not {given}.",
            source=record.name, found=edited.digest or "-", given=digest,
        )  # fmt: skip
    _tell(edited)


def _tell(edited: EditedRecord) -> None:
    console = Console(highlight=False, soft_wrap=True)
    entries = edited.journal.entries
    if not entries:
        text = translate(
            "{source} is a draft that nobody has edited; nothing names its digest yet."
        )
        console.print(text.format(source=edited.path.name), markup=False)
    else:
        text = translate("The journal is whole: {count} acts by {authors}, the last at {time}.")
        names = ", ".join(dict.fromkeys(entry.author for entry in entries))
        line = text.format(count=len(entries) - 1, authors=names, time=entries[-1].time)
        console.print(line, markup=False)
    console.print(f"{translate('Draft')}: SHA-256 {edited.draft_sha256}", markup=False)
    if edited.transcript.state is State.SIGNED:
        console.print(f"{translate('Signed')}: SHA-256 {edited.digest}", markup=False)
    elif entries:
        console.print(translate("It is not signed."), markup=False)
