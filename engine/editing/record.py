"""A record under edit: the immutable draft, its journal, and the document as it stands."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from hattama.engine.document.atomic import write_bytes
from hattama.engine.document.json import from_json, read, to_json
from hattama.engine.document.model import State, Transcript
from hattama.engine.editing.entries import Entry
from hattama.engine.editing.errors import JournalError, LookingOnlyError, StaleEditError
from hattama.engine.editing.history import Change, History
from hattama.engine.editing.journal import Journal, check_draft, read_entries, utc_now
from hattama.engine.editing.lock import RecordLock
from hattama.engine.editing.operations import Operation, apply, from_plain, to_plain
from hattama.engine.editing.signing import Sign, signed_digest

SIGNED_SUFFIX = ".signed.json"


def journal_path(record: Path) -> Path:
    """Where the edits of a record are kept."""
    return record.with_name(f"{record.stem}.journal.jsonl")


def signed_path(record: Path) -> Path:
    """Where the signed record goes."""
    return record.with_name(record.stem + SIGNED_SUFFIX)


def read_current(path: str | os.PathLike[str]) -> Transcript:
    """Read a record as it stands: the draft with every edit of its journal.

    This is what exports read. A record without a journal is read as it is.

    Raises
    ------
    hattama.engine.document.json.RecordError
        The record cannot be read.
    JournalError
        The journal was changed, or belongs to another draft; the draft is not given in its place.
    """
    place = Path(path)
    journal = journal_path(place)
    draft = read(place)
    if not journal.exists():
        _check_signed_copy(place)
        return draft
    entries = list(read_entries(journal))
    if entries:
        check_draft(entries[0], _sha256(place.read_bytes()), journal.name)
    return replayed(draft, entries, journal.name).transcript


def _check_signed_copy(place: Path) -> None:
    """Refuse a signed record's file that is not what its journal, beside it, says was signed."""
    record = place.with_name(place.name.removesuffix(SIGNED_SUFFIX) + ".json")
    if place.name.endswith(SIGNED_SUFFIX) and journal_path(record).exists():
        EditedRecord(record, "", write=False).check_signed_file()


def replayed(draft: Transcript, entries: list[Entry], source: str) -> History:
    """The history that the entries of a journal tell.

    Raises
    ------
    JournalError
        An entry does not fit the record.
    """
    history = History(draft)
    for entry in entries[1:]:
        try:
            _replay(history, entry)
        except ValueError as error:
            raise JournalError(
                "{source}: entry {number} does not fit the record: {fault}",
                source=source, number=entry.number, fault=str(error),
            ) from error  # fmt: skip
    return history


def _replay(history: History, entry: Entry) -> None:
    if entry.act == "undo":
        history.undo()
    elif entry.act == "redo":
        history.redo()
    elif entry.act == "roll-back":
        history.roll_back(_version(entry))
    else:
        operation = from_plain(entry.content)
        if isinstance(operation, Sign) and operation.digest != signed_digest(history.transcript):
            raise ValueError("the signed digest is another one")
        history.do(operation, entry.group)


def _version(entry: Entry) -> int:
    version = entry.content.get("version")
    if not isinstance(version, int):
        raise ValueError("the version is no number")  # noqa: TRY004  a fault of the file
    return version


class EditedRecord:
    """A record that one person edits.

    Every act is in the journal, on the disk, before it is in the document. The draft's file is
    only ever read.

    Parameters
    ----------
    path
        The record that `transcribe` wrote.
    author
        Who edits.
    write
        Whether to edit; False opens it to look only.
    clock
        Gives the times of entries.

    Raises
    ------
    hattama.engine.document.json.RecordError
        The record cannot be read.
    JournalError
        The journal was changed or belongs to another draft.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        author: str,
        *,
        write: bool = True,
        clock: Callable[[], str] = utc_now,
    ) -> None:
        self.path = Path(path)
        self.author = author
        content = self._draft_bytes()
        self.draft_sha256 = _sha256(content)
        self.draft = from_json(content.decode("utf-8-sig"), self.path.name)
        self._clock = clock
        self._lock = RecordLock(self.path.with_name(f".{self.path.stem}.lock"))
        if write:
            self._lock.take(author)
        self._load()

    def _draft_bytes(self) -> bytes:
        try:
            content = self.path.read_bytes()
            content.decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            read(self.path)  # raises, with the message
            raise
        return content

    def _load(self) -> None:
        journal = journal_path(self.path)
        self.journal = Journal(journal, self.draft_sha256, self._clock)
        if self._lock.held:
            self.journal.repair()
        self.history = replayed(self.draft, list(self.journal.entries), journal.name)

    @property
    def transcript(self) -> Transcript:
        """The record as it stands."""
        return self.history.transcript

    @property
    def version(self) -> int:
        """Number of acts so far."""
        return self.history.version

    @property
    def writable(self) -> bool:
        """Whether this process may edit."""
        return self._lock.held

    @property
    def digest(self) -> str:
        """Digest that the signature names; empty where nobody has signed."""
        last = self.journal.entries[-1:]
        signed = self.transcript.state is State.SIGNED and last
        return str(last[0].content.get("digest", "")) if signed else ""

    @property
    def holder(self) -> str:
        """Who edits."""
        return self.author if self.writable else self._lock.holder()

    def refresh(self) -> bool:
        """Read what another desk has written since; whether there was anything."""
        if self.writable:
            return False
        before = self.version
        self._load()
        return self.version != before

    def do(self, operation: Operation, *, group: str = "", base: int | None = None) -> Change:
        """Do an operation and journal it.

        Parameters
        ----------
        operation
            What to do.
        group
            Steps in a row with the same group are undone together.
        base
            Version that the author saw; None: whatever stands.

        Raises
        ------
        LookingOnlyError, StaleEditError, SignedError, EditError
            It cannot be done; nothing has changed.
        JournalError
            It cannot be written down, so it was not done.
        """
        self._check(base)
        apply(self.transcript, operation)  # raises before anything is written
        self.journal.append(self.author, "do", to_plain(operation), group)
        return self.history.do(operation, group)

    def undo(self, base: int | None = None) -> Change:
        """Take the last step back."""
        return self._act("undo", base)

    def redo(self, base: int | None = None) -> Change:
        """Do again what was taken back last."""
        return self._act("redo", base)

    def _act(self, act: str, base: int | None) -> Change:
        self._check(base)
        if act == "undo":
            self.history.check_undo()
            self.journal.append(self.author, "undo", {})
            return self.history.undo()
        self.history.check_redo()
        self.journal.append(self.author, "redo", {})
        return self.history.redo()

    def roll_back(self, version: int, base: int | None = None) -> Change:
        """Make the record as it was at a version; undo takes that back too."""
        self._check(base)
        self.history.check_roll_back(version)
        self.journal.append(self.author, "roll-back", {"version": version})
        return self.history.roll_back(version)

    def sign(self, name: str, base: int | None = None) -> tuple[str, Change]:
        """Freeze the record; its JSON goes beside it under `signed_path`.

        Returns
        -------
        tuple
            SHA-256 of that file, and the change.
        """
        self._check(base)
        digest = signed_digest(self.transcript)
        change = self.do(Sign(name, digest))
        self.write_signed()
        return digest, change

    def write_signed(self) -> None:
        """Write the signed record's file where it is missing: a crash may have come between.

        Raises
        ------
        JournalError
            It is there and is not what was signed. It is left as it is: it is somebody's trace.
        """
        self.check_signed_file()
        place = signed_path(self.path)
        if self.transcript.state is State.SIGNED and self.writable and not place.exists():
            write_bytes(place, to_json(self.transcript).encode())

    def check_signed_file(self) -> None:
        """Compare the signed record's file, where there is one, with what was signed.

        Raises
        ------
        JournalError
            It is another: it was changed, or the journal was.
        """
        place = signed_path(self.path)
        if place.exists() and _sha256(place.read_bytes()) != self.digest:
            raise JournalError(
                "{source} is not what was signed: its digest is {found}, not {given}.",
                source=place.name, found=_sha256(place.read_bytes()), given=self.digest or "-",
            )  # fmt: skip

    def close(self) -> None:
        """Let another desk edit."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _check(self, base: int | None) -> None:
        if not self.writable:
            raise LookingOnlyError(
                "{holder} edits this record; this desk may look only.", holder=self.holder or "?"
            )
        if base is not None and base != self.version:
            raise StaleEditError(
                "The record is at version {now}, the edit was made on {given}; load it again.",
                now=self.version, given=base,
            )  # fmt: skip


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
