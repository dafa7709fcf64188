"""Every operation by name; how one is applied, written down and read again."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, Protocol, cast

from hattama.engine.document.model import State, Transcript
from hattama.engine.document.strict import decode
from hattama.engine.editing.doubts import ConfirmTurn, ConfirmWords, TakeReading
from hattama.engine.editing.errors import EditError, SignedError
from hattama.engine.editing.placing import PlaceWords
from hattama.engine.editing.signing import Sign
from hattama.engine.editing.speakers import (
    AddSpeaker,
    MergeSpeakers,
    Protect,
    RenameSpeaker,
    SetRole,
)
from hattama.engine.editing.turns import (
    DeleteTurn,
    InsertTurn,
    MergeTurns,
    SetSpeaker,
    SetTurnTimes,
    SplitTurn,
)
from hattama.engine.editing.words import (
    InsertNote,
    MarkUnintelligible,
    ReplaceMany,
    ReplaceWords,
    TakeHearing,
)


class Operation(Protocol):
    """An edit: a frozen value that turns one record into another."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the changed record; what is not touched is the same object.

        Raises
        ------
        EditError
            The operation does not fit the record.
        """
        ...


OPERATIONS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        ReplaceWords, ReplaceMany, MarkUnintelligible, InsertNote, TakeHearing, PlaceWords,
        ConfirmWords, ConfirmTurn, TakeReading,
        SplitTurn, MergeTurns, SetSpeaker, InsertTurn, DeleteTurn, SetTurnTimes,
        AddSpeaker, RenameSpeaker, SetRole, MergeSpeakers, Protect, Sign,
    )
}  # fmt: skip
"""Every operation by its name."""


def apply(transcript: Transcript, operation: Operation) -> Transcript:
    """Do one operation: pure, and cheap at any length of the record.

    The record's state becomes `edited`, or `signed` by `Sign`.

    Raises
    ------
    SignedError
        The record is signed.
    EditError
        The operation does not fit the record.
    """
    if transcript.state is State.SIGNED:
        raise SignedError("The record is signed; nothing in it can be changed.")
    changed = operation.apply(transcript)
    if changed.state is State.DRAFT:
        return replace(changed, state=State.EDITED)
    return changed


def to_plain(operation: Operation) -> dict[str, Any]:
    """The operation as JSON values; `kind` is its name."""
    return {"kind": type(operation).__name__, **_plain(operation)}


def from_plain(value: object, source: str = "operation") -> Operation:
    """Read what `to_plain` wrote.

    Raises
    ------
    EditError
        Unknown kind.
    hattama.engine.document.strict.ShapeError
        Unknown or missing field, wrong value.
    """
    if not isinstance(value, dict):
        raise EditError("An edit is a JSON object with the key kind.")
    given = dict(value)
    name = given.pop("kind", None)
    kind = OPERATIONS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise EditError(
            "There is no edit {given}; allowed: {allowed}.",
            given=str(name)[:40].encode(errors="replace").decode(), allowed=", ".join(OPERATIONS),
        )  # fmt: skip
    return cast(Operation, decode(kind, given, source))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
