"""The journal of a record: append only, flushed to the disk at each entry, chained by hash.

A machine that loses power can leave half of the last line behind. That entry was never answered
as done, so it is set aside when the journal is opened. A fault anywhere else is somebody's change.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from hattama.engine.editing.entries import FORMAT, Act, Entry, from_line, sealed, to_line
from hattama.engine.editing.errors import JournalError


def utc_now() -> str:
    """Time of an entry."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Journal:
    """Entries of one record.

    Parameters
    ----------
    path
        The file, one JSON object a line.
    draft_sha256
        Digest of the machine draft's bytes.
    clock
        Gives the time of an entry.

    Raises
    ------
    JournalError
        The journal belongs to another draft, or was changed.
    """

    def __init__(self, path: Path, draft_sha256: str, clock: Callable[[], str] = utc_now) -> None:
        self.path = path
        self._draft = draft_sha256
        self._clock = clock
        self._entries = list(read_entries(path)) if path.exists() else []
        if self._entries:
            check_draft(self._entries[0], draft_sha256, path.name)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry; the first one is `open`."""
        return tuple(self._entries)

    @property
    def head(self) -> str:
        """Hash of the last entry; empty before the first."""
        return self._entries[-1].hash if self._entries else ""

    def append(self, author: str, act: Act, content: dict[str, object], group: str = "") -> Entry:
        """Write an entry; when this returns it is on the disk.

        Raises
        ------
        JournalError
            The disk refuses it; the journal is as it was.
        """
        if not self._entries and act != "open":
            self.append(author, "open", {"format": FORMAT, "draft": self._draft})
        entry = sealed(
            Entry(len(self._entries), self._clock(), author, act, content, group, self.head)
        )
        self._write(to_line(entry))
        self._entries.append(entry)
        return entry

    def _write(self, line: bytes) -> None:
        try:
            with self.path.open("ab") as file:
                size = file.tell()
                try:
                    file.write(line)
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    file.truncate(size)
                    raise
        except OSError as error:
            raise JournalError(
                "{source} cannot be written ({reason}); the edit was not done. Free space or ask"
                " for the right to write there.",
                source=self.path.name, reason=error.strerror or type(error).__name__,
            ) from error  # fmt: skip

    def repair(self) -> bool:
        """Set a torn last line aside; whether there was one."""
        return bool(self.path.exists()) and _set_aside_torn(self.path)


def read_entries(path: Path) -> Iterator[Entry]:
    """Entries of a journal, each checked; a torn last line is left out.

    Raises
    ------
    JournalError
        The chain is broken.
    """
    previous = ""
    whole, _torn = _parts(path)
    for number, line in enumerate(whole.splitlines(keepends=True)):
        entry = from_line(line, number, previous, path.name)
        if (entry.act == "open") != (number == 0):
            raise JournalError(
                "{source} was changed or damaged at entry {number}; take the file from a copy.",
                source=path.name, number=number,
            )  # fmt: skip
        previous = entry.hash
        yield entry


def check_draft(first: Entry, draft_sha256: str, source: str) -> None:
    """Refuse a journal that was kept for another draft."""
    if first.content != {"format": FORMAT, "draft": draft_sha256}:
        raise JournalError(
            "{source} was kept for another draft: the record's file was changed after the first"
            " edit. Put the original back.",
            source=source,
        )


def _parts(path: Path) -> tuple[bytes, bytes]:
    """Whole lines, and what follows the last line feed."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise JournalError(
            "{source} cannot be read ({reason}).",
            source=path.name, reason=error.strerror or type(error).__name__,
        ) from error  # fmt: skip
    end = content.rfind(b"\n") + 1
    return content[:end], content[end:]


def _set_aside_torn(path: Path) -> bool:
    whole, torn = _parts(path)
    if not torn:
        return False
    with path.with_name(f"{path.name}.torn").open("ab") as aside:
        aside.write(torn + b"\n")
        aside.flush()
        os.fsync(aside.fileno())
    with path.open("r+b") as file:
        file.truncate(len(whole))
        os.fsync(file.fileno())
    return True
