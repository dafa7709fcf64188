"""Praat's TextGrid, long form: a tier of turns and a tier of words for every speaker."""

from __future__ import annotations

from collections.abc import Iterable

from hattama.engine.document.model import Transcript
from hattama.engine.exports.labels import speaker_labels
from hattama.engine.exports.options import ExportOptions
from hattama.engine.exports.passages import printable
from hattama.engine.exports.plain import plain
from hattama.engine.exports.texts import TEXTS
from hattama.engine.hearing import Hearing

Interval = tuple[float, float, str]
"""Start, end, text."""


def to_textgrid(transcript: Transcript, options: ExportOptions, hearing: Hearing | None) -> bytes:
    """TextGrid in UTF-8; where one speaker's intervals overlap, the later one is cut."""
    unintelligible = f"({TEXTS[options.language].unintelligible})"
    labels = speaker_labels(transcript, options.language, hearing.kind if hearing else None)
    ends = (segment.end for segment in transcript.segments)
    end = max(transcript.media.duration, *ends, *(word.end for word in transcript.words), 0.001)
    tiers: list[tuple[str, list[Interval]]] = []
    for speaker, label in labels.items():
        mine = [segment for segment in transcript.segments if segment.speaker == speaker]
        if not mine and speaker is None and tiers:
            continue  # readers want one tier at least
        turns = ((s.start, s.end, plain(s.text) or unintelligible) for s in mine)
        words = ((w.start, w.end, w.text) for segment in mine for w in printable(segment))
        tiers.append((label.short, _contiguous(turns, end)))
        tiers.append((f"{label.short} – w", _contiguous(words, end)))
    return _grid(tiers, end).encode()


def _contiguous(intervals: Iterable[Interval], end: float) -> list[Interval]:
    """Intervals that cover 0 to `end` without overlap, silence between them as empty text."""
    covered: list[Interval] = []
    position = 0.0
    for start, stop, text in sorted((round(a, 3), round(b, 3), text) for a, b, text in intervals):
        if start > position:
            covered.append((position, start, ""))
        first = max(start, position)
        if stop > first:
            covered.append((first, stop, text))
            position = stop
    if position < end:
        covered.append((position, end, ""))
    return covered


def _grid(tiers: list[tuple[str, list[Interval]]], end: float) -> str:
    lines = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {end:.3f}",
        "tiers? <exists>",
        f"size = {len(tiers)}",
        "item []:",
    ]
    for number, (name, intervals) in enumerate(tiers, 1):
        lines += _tier(number, name, intervals, end)
    return "\n".join(lines) + "\n"


def _tier(number: int, name: str, intervals: list[Interval], end: float) -> list[str]:
    lines = [
        f"    item [{number}]:",
        '        class = "IntervalTier"',
        f"        name = {_quoted(name)}",
        "        xmin = 0",
        f"        xmax = {end:.3f}",
        f"        intervals: size = {len(intervals)}",
    ]
    for index, (start, stop, text) in enumerate(intervals, 1):
        lines += [
            f"        intervals [{index}]:",
            f"            xmin = {start:.3f}",
            f"            xmax = {stop:.3f}",
            f"            text = {_quoted(text)}",
        ]
    return lines


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
