"""Errors of the disguise folder."""

from __future__ import annotations

from hattama.models.errors import HattamaError


class DisguiseError(HattamaError):
    """Root of the errors of `hattama.disguise`."""
