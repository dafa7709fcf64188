"""Word times: cross-attention gives them roughly, the speech intervals make them right.

Whisper's alignment lets a word begin in the pause before it, or end in the pause after it
(faster-whisper #125). A word cannot be said where nobody speaks, so it is moved out of pauses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from hattama.engine.speech.intervals import Interval, overlap

MIN_WORD_S = 0.04
"""Shortest word after clamping, seconds."""


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word as the alignment places it."""

    text: str
    start: float
    """Seconds, media time."""
    end: float
    """Seconds, media time."""
    probability: float
    """Mean probability of its tokens, 0 to 1."""


def clamp_to_speech(
    words: Sequence[TimedWord], speech: Sequence[Interval], *, max_move_s: float = 1.0
) -> tuple[TimedWord, ...]:
    """Words with times inside the speech intervals, in order, none before the one before it.

    A word that reaches over a pause is given to the interval that holds most of it. A word that
    lies in a pause wholly moves to the nearer interval if that is within `max_move_s`.
    """
    moved = [_into_speech(word, speech, max_move_s) for word in words]
    ordered: list[TimedWord] = []
    for word in moved:
        earliest = ordered[-1].start if ordered else word.start
        start = max(word.start, earliest)
        ordered.append(replace(word, start=start, end=max(word.end, start + MIN_WORD_S)))
    return tuple(_without_overlap(ordered))


def _into_speech(word: TimedWord, speech: Sequence[Interval], max_move_s: float) -> TimedWord:
    if not speech:
        return word
    span = (word.start, word.end)
    best = max(speech, key=lambda interval: overlap(interval, span))
    if overlap(best, span) > 0:
        return replace(word, start=max(word.start, best[0]), end=min(word.end, best[1]))
    nearest = min(speech, key=lambda interval: _distance(interval, word))
    if _distance(nearest, word) > max_move_s:
        return word
    length = min(word.end - word.start, nearest[1] - nearest[0])
    if nearest[0] >= word.end:
        return replace(word, start=nearest[0], end=nearest[0] + length)
    return replace(word, start=nearest[1] - length, end=nearest[1])


def _distance(interval: Interval, word: TimedWord) -> float:
    return max(interval[0] - word.end, word.start - interval[1], 0.0)


def _without_overlap(words: Sequence[TimedWord]) -> list[TimedWord]:
    """Each word ends when the next begins, at the latest."""
    shortened = [
        replace(word, end=max(min(word.end, after.start), word.start))
        for word, after in pairwise(words)
    ]
    return [*shortened, *words[-1:]]
