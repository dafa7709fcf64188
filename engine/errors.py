"""Errors of the engine folder."""

from __future__ import annotations

from typing import ClassVar

from hattama.models.errors import HattamaError


class EngineError(HattamaError):
    """Root of the errors of `hattama.engine`."""


class BadInputError(EngineError, ValueError):
    """What was given cannot be used; the message says what can."""

    exit_code: ClassVar[int] = 2


class CancelledError(EngineError):
    """The caller asked to stop; everything done so far is in the ledger."""

    exit_code: ClassVar[int] = 130
