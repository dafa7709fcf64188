"""Speech as scoring sees it: phrases with words, and turns; of a record or of a reference."""

from __future__ import annotations

from dataclasses import dataclass

from hattama.diarization.turns import Turn
from hattama.engine.document.model import Language, Transcript

UNKNOWN = "unknown"
"""Label of the speaker whom nobody could tell."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word."""

    text: str
    """As it is written."""
    language: Language | None = None
    """None where unknown."""
    start: float | None = None
    """Media time, seconds; None where only the phrase has a time."""
    end: float | None = None
    """Media time, seconds."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that one speaker says in one go."""

    words: tuple[SpokenWord, ...]
    """In order."""
    speaker: str | None = None
    """None where the source does not tell speakers."""
    start: float | None = None
    """Media time, seconds; None where the source has no times."""
    end: float | None = None
    """Media time, seconds."""
    language: Language | None = None
    """Language of the phrase; None where unknown."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What is said, and who speaks when."""

    phrases: tuple[Phrase, ...]
    """By start; empty where the source is turns only."""
    turns: tuple[Turn, ...]
    """By start; empty where the source is words only."""

    @property
    def words(self) -> tuple[SpokenWord, ...]:
        """Every word, phrase by phrase."""
        return tuple(word for phrase in self.phrases for word in phrase.words)


def of_record(record: Transcript) -> Speech:
    """A record's segments as phrases and as turns."""
    ordered = sorted(record.segments, key=lambda segment: (segment.start, segment.end))
    phrases = tuple(
        Phrase(
            tuple(SpokenWord(w.text, w.language, w.start, w.end) for w in segment.words),
            segment.speaker or UNKNOWN,
            segment.start,
            segment.end,
        )
        for segment in ordered
    )
    return Speech(phrases, turns_of(phrases))


def turns_of(phrases: tuple[Phrase, ...]) -> tuple[Turn, ...]:
    """One turn for each phrase that has a speaker and a length."""
    return tuple(
        Turn(phrase.start, phrase.end, phrase.speaker)
        for phrase in phrases
        if phrase.speaker is not None
        and phrase.start is not None
        and phrase.end is not None
        and phrase.end > phrase.start
    )
