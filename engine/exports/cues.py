"""Subtitles: segments cut into cues that can be read while the words are said."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from hattama.engine.document.model import Segment, Transcript, Word
from hattama.engine.exports.labels import Label
from hattama.engine.exports.passages import printable

LINE_CHARACTERS = 42
"""Longest line; two lines a cue (BBC and Netflix guides for Latin and Cyrillic script)."""
MAXIMUM_S = 7.0
"""Longest time of one cue."""
MINIMUM_S = 1.0
"""Shortest time of one cue, where the next one leaves room."""
BRIEFEST_S = 0.2
"""Time that a cue keeps even where the next one starts at once."""
PAUSE_S = 0.5
"""A silence at which a cue may well end."""
LONG_PAUSE_S = 2.0
"""A silence at which it must."""

_SENTENCE_END = (".", "!", "?", "…", ".»", "?»", "!»")
_CLAUSE_END = (",", ";", ":", "–", "—")


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle."""

    start: float
    """Seconds."""
    end: float
    """Seconds; after `start`, not after the next cue's start."""
    speaker: str | None
    """`Speaker.id`."""
    lines: tuple[str, ...]
    """One or two, at most `LINE_CHARACTERS` each unless a single word is longer."""


def make_cues(
    transcript: Transcript,
    unintelligible: str,
    prefixes: Mapping[str | None, Label] | None = None,
    clock: Callable[[float], float] = float,
) -> tuple[Cue, ...]:
    """Cues of the whole record, by start, none over another.

    Parameters
    ----------
    transcript
        The record.
    unintelligible
        Text of the cue for speech without words.
    prefixes
        Where given, the speaker's label stands before the first words of each turn.
    clock
        From media time to the time printed.
    """
    cues: list[Cue] = []
    speaker: object = object()
    for segment in sorted(transcript.segments, key=lambda segment: segment.start):
        label = prefixes[segment.speaker].short if prefixes and segment.speaker != speaker else ""
        cues += _segment_cues(segment, f"{label}: " if label else "", unintelligible)
        speaker = segment.speaker
    timed = [replace(cue, start=clock(cue.start), end=clock(cue.end)) for cue in cues]
    return _without_overlap(sorted(timed, key=lambda cue: (cue.start, cue.end)))


def wrap(text: str) -> tuple[str, ...] | None:
    """The text in one line or two even ones; None where it does not fit two."""
    if len(text) <= LINE_CHARACTERS:
        return (text,)
    breaks = [index for index, character in enumerate(text) if character == " "]
    fitting = [
        (text[:index], text[index + 1 :])
        for index in breaks
        if max(index, len(text) - index - 1) <= LINE_CHARACTERS
    ]
    return min(fitting, key=_unevenness, default=None)


def _unevenness(lines: tuple[str, str]) -> float:
    """Even lines are best, and a break after punctuation is worth some characters."""
    first, second = lines
    bonus = 10 if first.endswith(_SENTENCE_END) else 6 if first.endswith(_CLAUSE_END) else 0
    return abs(len(first) - len(second)) - bonus


def _segment_cues(segment: Segment, prefix: str, unintelligible: str) -> list[Cue]:
    words = printable(segment)
    if not words:
        lines = wrap(f"{prefix}({unintelligible})") or (f"{prefix}({unintelligible})",)
        return [Cue(segment.start, segment.end, segment.speaker, lines)]
    return [
        Cue(
            group[0].start,
            group[-1].end,
            segment.speaker,
            _lines(group, prefix if not index else ""),
        )
        for index, group in enumerate(_groups(words, prefix))
    ]


def _lines(words: Sequence[Word], prefix: str) -> tuple[str, ...]:
    text = prefix + " ".join(word.text for word in words)
    return wrap(text) or tuple(text.split())


def _groups(words: Sequence[Word], prefix: str) -> list[Sequence[Word]]:
    """Cut words into cues at the least cost (shortest path over the places to cut)."""
    cost = [0.0] + [math.inf] * len(words)
    cut_before = [0] * (len(words) + 1)
    for end in range(1, len(words) + 1):
        for start in range(end - 1, -1, -1):
            group = words[start:end]
            if end - start > 1 and not _fits(group, prefix if start == 0 else ""):
                break
            candidate = cost[start] + _cut_cost(words, end) + _group_cost(group)
            if candidate < cost[end]:
                cost[end], cut_before[end] = candidate, start
    groups: list[Sequence[Word]] = []
    end = len(words)
    while end:
        groups.insert(0, words[cut_before[end] : end])
        end = cut_before[end]
    return groups


def _fits(group: Sequence[Word], prefix: str) -> bool:
    text = prefix + " ".join(word.text for word in group)
    if group[-1].end - group[0].start > MAXIMUM_S or group[1].start - group[0].end > LONG_PAUSE_S:
        return False
    return len(text) <= 2 * LINE_CHARACTERS + 1 and wrap(text) is not None


def _cut_cost(words: Sequence[Word], end: int) -> float:
    """What it costs to end a cue before word `end`: least at a sentence's end or a pause."""
    if end == len(words):
        return 0.0
    if words[end - 1].text.endswith(_SENTENCE_END):
        return 0.2
    if words[end].start - words[end - 1].end >= PAUSE_S:
        return 0.5
    return 1.0 if words[end - 1].text.endswith(_CLAUSE_END) else 2.0


def _group_cost(group: Sequence[Word]) -> float:
    """Every cue costs something, a short one more."""
    duration = group[-1].end - group[0].start
    return 1.0 + max(0.0, 2 * MINIMUM_S - duration)


def _without_overlap(cues: list[Cue]) -> tuple[Cue, ...]:
    """Lengthen brief cues and cut those that reach into the next one."""
    placed: list[Cue] = []
    for index, cue in enumerate(cues):
        start = max(cue.start, placed[-1].end) if placed else cue.start
        wanted = max(cue.end, start + MINIMUM_S)
        following = cues[index + 1].start if index + 1 < len(cues) else math.inf
        end = max(min(wanted, following), start + BRIEFEST_S)
        placed.append(replace(cue, start=start, end=end))
    return tuple(placed)
