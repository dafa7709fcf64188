"""Errors of the diarization folder."""

from __future__ import annotations

from hattama.models.errors import HattamaError


class DiarizationError(HattamaError):
    """Root of the errors of `hattama.diarization`."""
