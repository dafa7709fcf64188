"""What the desk can be told. Defaults live here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hattama.engine.errors import BadInputError

DEFAULT_PORT = 47120
"""The same every day, so that the browser finds what it kept for the page."""


class BadReviewOptionError(BadInputError):
    """An option of the desk outside its range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOptions:
    """How the desk is opened."""

    media: Path | None = None
    """The recording; without it, the file of the record's name beside the record."""
    author: str | None = None
    """Who edits, as the journal names them; without it, the name of the account."""
    hearing: Path | None = None
    """Hearing file (TOML) for the title block of exports."""
    work: Path | None = None
    """Folder for the decoded sound, 115 MB for each hour and channel; without it, the cache."""
    port: int = DEFAULT_PORT
    """Port on this machine; the next free one is taken where it is in use. 0: any."""
    look: bool = False
    """Look only, edit nothing."""
    browser: bool = True
    """Open the page in the browser."""

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:  # noqa: PLR2004  ports are 16 bits
            raise BadReviewOptionError(
                "Port {given}: allowed is 0 to 65535.", given=self.port
            )  # fmt: skip
