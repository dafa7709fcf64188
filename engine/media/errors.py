"""What can be wrong with a recording, each in one line."""

from __future__ import annotations

from hattama.engine.errors import BadInputError


class MediaNotFoundError(BadInputError, FileNotFoundError):
    """There is no such file, or it is a folder."""


class UnreadableMediaError(BadInputError, PermissionError):
    """The file is there and may not be read."""


class NotMediaError(BadInputError):
    """The file holds nothing that can be played, or is damaged beyond opening."""


class NoAudioError(BadInputError):
    """The file can be played and holds no sound."""


class WorkFolderError(BadInputError, OSError):
    """Decoded sound cannot be written: the folder is read-only or the disk is full."""
