"""Errors of alignment."""

from __future__ import annotations

from hattama.engine.errors import BadInputError


class TextTooLongError(BadInputError):
    """The sound is too short to hold the text."""
