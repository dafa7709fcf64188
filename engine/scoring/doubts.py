"""How well doubt marks find the wrong words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hattama.engine.document.model import Doubt, Word
from hattama.engine.scoring.errors import align
from hattama.engine.scoring.normalise import normalise
from hattama.engine.scoring.speech import Speech
from hattama.engine.scoring.words import Share

ABOUT_THE_WORD = frozenset(
    {Doubt.LOW_CONFIDENCE, Doubt.FOREIGN_SCRIPT, Doubt.DISAGREEMENT, Doubt.CORRECTED}
)
"""Doubts that say that the word itself may be wrong; the others are about who spoke."""


@dataclass(frozen=True, slots=True)
class DoubtScores:
    """Wrong and right words of a record, and how many of each carry a mark."""

    wrong: Share
    """Marked ones among the wrong words; the more the better."""
    right: Share
    """Marked ones among the right words; the fewer the better."""


def wrong_words(words: Sequence[Word], reference: Speech) -> tuple[bool, ...]:
    """Whether each word is wrong: a token of it is not in the alignment with the reference.

    Words that are missing are no word of the record and count for nothing here.
    """
    said = normalise((word.text, word.language) for word in reference.words)
    found = normalise((word.text, word.language) for word in words)
    steps = align([token.text for token in said], [token.text for token in found])
    wrong = {found[s.found].origin for s in steps if s.found is not None and not s.equal}
    return tuple(index in wrong for index in range(len(words)))


def score_doubts(words: Sequence[Word], reference: Speech) -> DoubtScores:
    """Share of the wrong and of the right words that carry a doubt about the word itself."""
    marks = [bool(word.doubts & ABOUT_THE_WORD) for word in words]
    pairs = list(zip(wrong_words(words, reference), marks, strict=True))
    return DoubtScores(
        Share(sum(mark for bad, mark in pairs if bad), sum(bad for bad, _ in pairs)),
        Share(sum(mark for bad, mark in pairs if not bad), sum(not bad for bad, _ in pairs)),
    )
