"""The record as it is written: numbers, dates, money, articles and case numbers in digits.

Forms for reading may show it; the record itself, and the forms of scoring tools, keep what was
said.
"""

from __future__ import annotations

from dataclasses import replace

from hattama.engine.document.model import Segment, Transcript, Word
from hattama.engine.written_form.writing import Written, written


def as_written(transcript: Transcript) -> Transcript:
    """The record with the written form of each turn.

    Words that are written together are one word, from the start of the first to the end of the
    last, with the doubts of all of them; `alternatives` begins with what was said.
    """
    return replace(transcript, segments=tuple(map(_segment, transcript.segments)))


def is_written(transcript: Transcript) -> bool:
    """Whether the written form of the record differs from what was said."""
    return any(piece.changed for s in transcript.segments for piece in written(s.words))


def _segment(segment: Segment) -> Segment:
    return replace(segment, words=tuple(map(_word, written(segment.words))))


def _word(piece: Written) -> Word:
    first, last = piece.words[0], piece.words[-1]
    if not piece.changed:
        return first
    timings = {word.timing for word in piece.words}
    return replace(
        first,
        text=piece.text,
        end=max(first.start, last.end),
        confidence=min(word.confidence for word in piece.words),
        doubts=frozenset().union(*(word.doubts for word in piece.words)),
        alternatives=(" ".join(word.text for word in piece.words),),
        timing=first.timing if len(timings) == 1 else "",
    )
