"""The record as a reader goes through it: passages of one speaker, and holes in the recording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hattama.engine.document.model import Doubt, Gap, Segment, Transcript, Word
from hattama.engine.exports.plain import plain


@dataclass(frozen=True, slots=True)
class Passage:
    """One segment, and what has to be said of it."""

    segment: Segment
    words: tuple[Word, ...]
    """Words that have text, cleaned of what may not stand in a line."""
    new_speaker: bool
    """Somebody else spoke before, or the recording was interrupted."""
    overlap: bool
    """Others speak at the same time."""


def passages(transcript: Transcript) -> Iterator[Passage | Gap]:
    """Segments and gaps by start."""
    items: list[Gap | Segment] = [*transcript.media.gaps, *transcript.segments]
    speaker: object = _NOBODY
    for item in sorted(items, key=lambda item: item.start):
        if isinstance(item, Gap):
            speaker = _NOBODY
            yield item
        else:
            yield Passage(item, printable(item), item.speaker != speaker, overlapped(item))
            speaker = item.speaker


def printable(segment: Segment) -> tuple[Word, ...]:
    """The segment's words with clean text; those of which nothing is left fall out."""
    cleaned = (replace(word, text=plain(word.text)) for word in segment.words)
    return tuple(word for word in cleaned if word.text)


def overlapped(segment: Segment) -> bool:
    """Whether others speak during the segment."""
    return Doubt.OVERLAP in segment.doubts or any(
        Doubt.OVERLAP in word.doubts for word in segment.words
    )


def doubtful(word: Word) -> bool:
    """Whether the word itself wants a second look; overlap is said of the passage."""
    return bool(word.doubts - {Doubt.OVERLAP})


_NOBODY = object()
