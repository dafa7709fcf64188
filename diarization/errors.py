"""Errors of the diarization folder."""

from __future__ import annotations

from typing import ClassVar

from hattama.models.errors import HattamaError


class DiarizationError(HattamaError):
    """Root of the errors of `hattama.diarization`."""


class BadOptionError(DiarizationError, ValueError):
    """A setting is outside its range."""

    exit_code: ClassVar[int] = 2
