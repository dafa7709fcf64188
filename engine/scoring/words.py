"""Word error rates: verbatim, normalised, by language; languages and times of words."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from hattama.engine.document.model import LANGUAGES, Language
from hattama.engine.scoring.errors import ErrorCounts, Step, align, character_errors, count
from hattama.engine.scoring.normalise import Token, normalise
from hattama.engine.scoring.speech import Phrase, Speech, SpokenWord

NEAR_S = 0.5
"""A word this far from every phrase of the reference belongs to none."""


@dataclass(frozen=True, slots=True)
class WordScores:
    """Errors in the words, whoever said them."""

    verbatim: ErrorCounts
    """Words as written, with case and punctuation."""
    normalised: ErrorCounts
    """Words as `hattama.engine.scoring.normalise` compares them."""
    characters: ErrorCounts
    """Characters of the normalised words, spaces between them included."""
    by_language: dict[Language, ErrorCounts]
    """Normalised words of each language of the reference. An insertion counts for the language of
    the word before it, at the beginning of the word after it."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    right: int
    """Those that are right."""
    total: int
    """All that were judged."""

    @property
    def rate(self) -> float:
        """0 to 1; NaN without any."""
        return self.right / self.total if self.total else float("nan")


@dataclass(frozen=True, slots=True)
class TimeError:
    """How far the first words of phrases are from the phrases' starts."""

    median_s: float
    """Median of the absolute differences, seconds."""
    percentile_95_s: float
    """95th percentile of the absolute differences (nearest rank), seconds."""
    bias_s: float
    """Median of the differences; above 0 the record is late. Seconds."""
    measured: int
    """Phrases whose first word was recognised."""
    phrases: int
    """Phrases of the reference."""


def score_words(reference: Speech, record: Speech) -> tuple[WordScores, tuple[Step, ...]]:
    """Errors, and the alignment of the normalised words."""
    said, written = reference.words, record.words
    expected, found = _tokens(said), _tokens(written)
    steps = align([token.text for token in expected], [token.text for token in found])
    verbatim = align([word.text for word in said], [word.text for word in written])
    characters = character_errors(_text(expected), _text(found))
    languages = [said[token.origin].language for token in expected]
    by_language = {
        language: count(_of_language(steps, languages, language))
        for language in LANGUAGES
        if language in languages
    }
    return WordScores(count(verbatim), count(steps), characters, by_language), steps


def score_languages(reference: Speech, record: Speech) -> Share | None:
    """Share of the record's words whose language is that of the phrase spoken at their middle.

    A word outside every phrase is judged by the nearest one within `NEAR_S`, and not at all beyond.
    A reference without times that is all in one language judges every word. None where the
    reference does not tell languages or the record does not tell times.
    """
    only = _only_language(reference.phrases)
    if only and record.words:
        right = sum(word.language == only for word in record.words)
        return Share(right, len(record.words))
    languages = _Languages(reference.phrases)
    judged = [
        word.language in spoken
        for word in record.words
        if word.start is not None and (spoken := languages.at(_middle(word)))
    ]
    return Share(sum(judged), len(judged)) if judged else None


def score_first_words(reference: Speech, record: Speech, steps: Sequence[Step]) -> TimeError | None:
    """Times of the first words of phrases, where the alignment has recognised them.

    None where the reference has no times, or no first word was recognised.
    """
    written = record.words
    expected, found = _tokens(reference.words), _tokens(written)
    pairs = {step.reference: step.found for step in steps if step.equal}
    starts = _first_tokens(reference.phrases, expected)
    differences = [
        start - begun
        for index, begun in starts.items()
        if (match := pairs.get(index)) is not None
        and (start := written[found[match].origin].start) is not None
    ]
    if not differences:
        return None
    distances = sorted(map(abs, differences))
    rank = -(-95 * len(distances) // 100) - 1
    return TimeError(
        statistics.median(distances),
        distances[rank],
        statistics.median(differences),
        len(differences),
        sum(bool(phrase.words) for phrase in reference.phrases),
    )


def _tokens(words: Sequence[SpokenWord]) -> tuple[Token, ...]:
    return normalise((word.text, word.language) for word in words)


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)


def _of_language(
    steps: Sequence[Step], languages: Sequence[Language | None], language: Language
) -> list[Step]:
    """Steps that count for one language."""
    current = languages[0] if languages else None
    chosen = []
    for step in steps:
        if step.reference is not None:
            current = languages[step.reference]
        if current == language:
            chosen.append(step)
    return chosen


class _Languages:
    """Languages of phrases by time; only the few that can be near are looked at."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        timed = [
            (p.start, p.end, p.language)
            for p in phrases
            if p.start is not None and p.end is not None and p.language
        ]
        self._spans = sorted(timed)
        self._starts = [start for start, _, _ in self._spans]
        self._longest = max((end - start for start, end, _ in self._spans), default=0.0)

    def at(self, time: float) -> set[Language]:
        """Languages of the phrases that are nearest; empty where none is within `NEAR_S`."""
        first = bisect_left(self._starts, time - self._longest - NEAR_S)
        last = bisect_right(self._starts, time + NEAR_S)
        distances = [
            (max(start - time, time - end, 0.0), language)
            for start, end, language in self._spans[first:last]
        ]
        nearest = min((distance for distance, _ in distances), default=NEAR_S + 1)
        return {
            language
            for distance, language in distances
            if distance == nearest and nearest <= NEAR_S
        }


def _only_language(phrases: Sequence[Phrase]) -> Language | None:
    """The language of a reference without times; None where it has several, or times."""
    languages = {phrase.language for phrase in phrases}
    timed = any(phrase.start is not None for phrase in phrases)
    return languages.pop() if len(languages) == 1 and not timed else None


def _middle(word: SpokenWord) -> float:
    start = word.start or 0.0
    return (start + (word.end if word.end is not None else start)) / 2


def _first_tokens(phrases: Sequence[Phrase], tokens: Sequence[Token]) -> dict[int, float]:
    """Start of the phrase by the index of its first token."""
    first_of_word: dict[int, int] = {}
    for index, token in enumerate(tokens):
        first_of_word.setdefault(token.origin, index)
    starts, position = {}, 0
    for phrase in phrases:
        if phrase.words and phrase.start is not None and position in first_of_word:
            starts[first_of_word[position]] = phrase.start
        position += len(phrase.words)
    return starts
