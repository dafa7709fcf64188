"""Written pieces and the words that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hattama.engine.document.model import Language

Words = Sequence[tuple[str, Language | None]]
"""Texts with their languages, in order."""

GROUPED_FROM = 10_000
"""Digits are grouped by threes from here on: 9500, 10 000."""
GROUP_SPACE = "\u00a0"


@dataclass(frozen=True, slots=True)
class Piece:
    """A written piece that stands for some of the words."""

    text: str
    """As it is written, with the punctuation after its last word."""
    first: int
    """Index of its first word."""
    last: int
    """Index after its last word."""


def mark(text: str) -> str:
    """Punctuation after a word."""
    return text[len(text.rstrip(".,;:!?…»)\"'")) :]


def grouped(value: int) -> str:
    """Digits, from `GROUPED_FROM` on in groups of three."""
    return f"{value:,}".replace(",", GROUP_SPACE) if value >= GROUPED_FROM else str(value)
