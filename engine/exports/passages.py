"""The record as a reader goes through it: passages of one speaker, and holes in the recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hattama.engine.document.model import Doubt, Gap, Segment, Transcript, Word
from hattama.engine.exports.plain import plain

PARAGRAPH_S = 20.0
"""After this a turn gets a new paragraph and timecode at the next end of a sentence."""
LONGEST_S = 60.0
"""After this at the next word, where no sentence ends: speech without punctuation."""
CALM_WORDS = 5
"""So many words in a row without overlap, and the next overlap is said anew."""
SENTENCE_END = (".", "!", "?", "…")


@dataclass(frozen=True, slots=True)
class Part:
    """Words in a row."""

    words: tuple[Word, ...]
    """With clean text."""
    overlap: bool
    """Others speak from here on; to be said before the words."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph: a segment, or a stretch of a long one."""

    speaker: str | None
    """`Speaker.id`."""
    start: float
    """Media time, seconds."""
    new_speaker: bool
    """Somebody else spoke before, or the recording was interrupted."""
    parts: tuple[Part, ...]
    """The words; a part without any is speech in which no word was recognised."""


def passages(transcript: Transcript) -> Iterator[Passage | Gap]:
    """Paragraphs and gaps by start."""
    items: list[Gap | Segment] = [*transcript.media.gaps, *transcript.segments]
    speaker: object = _NOBODY
    for item in sorted(items, key=lambda item: item.start):
        if isinstance(item, Gap):
            speaker = _NOBODY
            yield item
            continue
        for index, words in enumerate(_paragraphs(printable(item))):
            start = words[0].start if index else item.start
            whole = not index and Doubt.OVERLAP in item.doubts
            parts = _parts(words, overlap=whole)
            yield Passage(item.speaker, start, item.speaker != speaker, parts)
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


def _paragraphs(words: tuple[Word, ...]) -> list[tuple[Word, ...]]:
    """Cut a long turn where a reader would; a turn without words is one paragraph."""
    cut: list[tuple[Word, ...]] = []
    first = 0
    for index in range(1, len(words)):
        elapsed = words[index].start - words[first].start
        ended = words[index - 1].text.endswith(SENTENCE_END)
        if elapsed >= (PARAGRAPH_S if ended else LONGEST_S):
            cut.append(words[first:index])
            first = index
    return [*cut, words[first:]]


def _parts(words: Sequence[Word], *, overlap: bool) -> tuple[Part, ...]:
    """Cut where others begin to speak; `overlap` says that they do from the first word."""
    starts, calm = {0: overlap}, 0 if overlap else CALM_WORDS
    for index, word in enumerate(words):
        if Doubt.OVERLAP not in word.doubts:
            calm += 1
            continue
        if calm >= CALM_WORDS:
            starts[index] = True
        calm = 0
    stops = [*list(starts)[1:], len(words)]
    return tuple(
        Part(tuple(words[start:stop]), marked)
        for (start, marked), stop in zip(starts.items(), stops, strict=True)
    )


_NOBODY = object()
