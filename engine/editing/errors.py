"""What can be wrong with an edit and with the journal of a record."""

from __future__ import annotations

from hattama.engine.errors import BadInputError, EngineError


class EditError(BadInputError):
    """An operation that does not fit the record."""


class SignedError(EditError):
    """The record is signed; nothing changes it any more."""


class NothingToUndoError(EditError):
    """There is no step back, or none forward."""


class StaleEditError(EditError):
    """The edit was made on an earlier version of the record."""


class JournalError(EngineError):
    """The journal and the record do not belong together, or the journal was changed."""


class LookingOnlyError(EditError):
    """Another desk edits this record; this one may look only."""
