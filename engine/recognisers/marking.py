"""Words as the record keeps them: what was heard, with the doubts that every recogniser shares."""

from __future__ import annotations

from hattama.engine.document.model import Doubt, Language, Timing, Word
from hattama.engine.recognisers import faults
from hattama.engine.recognisers.word_times import TimedWord


def marked_word(
    timed: TimedWord, language: Language, source: str, timing: Timing, *, unsure: bool
) -> Word:
    """The word of a record.

    Parameters
    ----------
    timed
        In media time.
    language
        Of the word.
    source
        Catalogue name of the model that heard it.
    timing
        How its times were found.
    unsure
        Whether the recogniser's own evidence speaks against it.
    """
    doubts: set[Doubt] = set()
    if unsure:
        doubts.add(Doubt.LOW_CONFIDENCE)
    if faults.foreign_script(timed.text):
        doubts.add(Doubt.FOREIGN_SCRIPT)
    return Word(
        text=timed.text,
        start=timed.start,
        end=timed.end,
        confidence=timed.probability,
        language=language,
        source=source,
        doubts=frozenset(doubts),
        timing=timing,
    )
