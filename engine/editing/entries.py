"""Entries of the journal: one line each, chained by hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from hattama.engine.document.strict import decode
from hattama.engine.editing.errors import JournalError

Act = Literal["open", "do", "undo", "redo", "roll-back"]
"""What an entry does; `open` stands first and once."""

FORMAT = "hattama-journal-1"


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of a person."""

    number: int
    """From 0; also the version of the record after it."""
    time: str
    """ISO 8601, UTC."""
    author: str
    """Who did it."""
    act: Act
    """What was done."""
    content: dict[str, object]
    """`open`: format and digest of the draft; `do`: the operation; `roll-back`: the version."""
    group: str = ""
    """Steps in a row with the same group are undone together."""
    previous: str = ""
    """Hash of the entry before; empty for the first."""
    hash: str = ""
    """SHA-256 over everything above, lower-case hexadecimal."""


def sealed(entry: Entry) -> Entry:
    """The entry with its hash."""
    values = asdict(entry)
    values["hash"] = digest(values)
    return Entry(**values)


def digest(values: dict[str, Any]) -> str:
    """SHA-256 of an entry's canonical JSON without the hash itself."""
    plain = {key: value for key, value in values.items() if key != "hash"}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def to_line(entry: Entry) -> bytes:
    """One line of JSON with its line feed."""
    text = json.dumps(asdict(entry), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"{text}\n".encode()


def from_line(line: bytes, number: int, previous: str, source: str) -> Entry:
    """Read one line and check its place in the chain.

    Raises
    ------
    JournalError
        It is no entry, or not the one that belongs here: somebody changed the journal.
    """
    try:
        entry = decode(Entry, json.loads(line), source)
    except (ValueError, RecursionError) as error:
        raise _broken(source, number) from error
    right = entry.number == number and entry.previous == previous
    if not right or digest(asdict(entry)) != entry.hash:
        raise _broken(source, number)
    return entry


def _broken(source: str, number: int) -> JournalError:
    return JournalError(
        "{source} was changed or damaged at entry {number}; take the file from a copy.",
        source=source, number=number,
    )  # fmt: skip
