"""Operations on words: replace, find and replace, unintelligible, notes, another hearing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from hattama.engine.document.model import Doubt, Language, Segment, Timing, Transcript, Word
from hattama.engine.editing.errors import EditError
from hattama.engine.editing.retiming import EDITOR, FACTS, bound, replaced, split_words
from hattama.engine.editing.selection import (
    index_of,
    segment_of,
    span_of,
    with_segment,
    with_segments,
)
from hattama.engine.exports.plain import plain
from hattama.engine.exports.texts import TEXTS

NOTE = "note"
"""`Word.source` of a remark that nobody said: `(плачет)`."""
UNINTELLIGIBLE = "unintelligible"
"""`Word.source` of a mark that stands for words nobody can make out."""
LONGEST_TEXT = 50_000
"""Characters of one operation's text."""


@dataclass(frozen=True, slots=True)
class ReplaceWords:
    """Words become other words; none for many deletes, many for none inserts."""

    segment: str
    """`Segment.id`."""
    first: int
    """Index of the first word."""
    last: int
    """Index after the last word."""
    text: str
    """What stands there now; white space parts words."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the words replaced and their times aligned."""
        segment = segment_of(transcript, self.segment)
        return with_segment(transcript, self.change(segment))

    def change(self, segment: Segment) -> Segment:
        """The segment after the operation."""
        span_of(segment, self.first, self.last)
        if len(self.text) > LONGEST_TEXT:
            raise EditError(
                "A text may have {allowed} characters; this one has {count}.",
                allowed=LONGEST_TEXT, count=len(self.text),
            )  # fmt: skip
        words = replaced(segment, self.first, self.last, split_words(self.text))
        return _with_words(segment, words)


@dataclass(frozen=True, slots=True)
class ReplaceMany:
    """Many replacements in one step, as find and replace makes them."""

    items: tuple[ReplaceWords, ...]
    """Each with indices as they are before the step; none overlaps another."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with every item done, in one pass."""
        by_segment: dict[str, list[ReplaceWords]] = {}
        for item in self.items:
            by_segment.setdefault(item.segment, []).append(item)
        places = {segment.id: i for i, segment in enumerate(transcript.segments)}
        segments = list(transcript.segments)
        for identity, items in by_segment.items():
            place = places.get(identity)
            if place is None:
                place = index_of(transcript, identity)  # raises, with the message
            segments[place] = self._change(segments[place], items)
        return replace(transcript, segments=tuple(segments))

    @staticmethod
    def _change(segment: Segment, items: list[ReplaceWords]) -> Segment:
        # From the end to the start, so that indices before stay true.
        ordered = sorted(items, key=lambda item: item.first, reverse=True)
        for later, earlier in pairwise(ordered):
            if earlier.last > later.first:
                raise EditError("Two replacements overlap in turn {id}.", id=segment.id)
        for item in ordered:
            segment = item.change(segment)
        return segment


@dataclass(frozen=True, slots=True)
class MarkUnintelligible:
    """Words that nobody can make out become a mark; a whole turn keeps no words."""

    segment: str
    """`Segment.id`."""
    first: int
    """Index of the first word."""
    last: int
    """Index after the last word."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the mark in place of the words."""
        segment = segment_of(transcript, self.segment)
        span = span_of(segment, self.first, self.last)
        if len(span) == len(segment.words):
            return with_segment(
                transcript, replace(segment, words=(), doubts=segment.doubts & FACTS)
            )
        if not span:
            raise EditError("No word is chosen in turn {id}.", id=segment.id)
        language = span[0].language or "ru"
        mark = Word(
            bound(f"({TEXTS[language].unintelligible})"),
            span[0].start,
            max(word.end for word in span),
            1.0,
            span[0].language,
            segment.speaker,
            UNINTELLIGIBLE,
        )
        words = (*segment.words[: self.first], mark, *segment.words[self.last :])
        return with_segment(transcript, replace(segment, words=words))


@dataclass(frozen=True, slots=True)
class InsertNote:
    """A remark that nobody said, in brackets before a word."""

    segment: str
    """`Segment.id`."""
    at: int
    """Index of the word that it stands before; the number of words puts it at the end."""
    text: str
    """The remark, without brackets."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the remark."""
        segment = segment_of(transcript, self.segment)
        span_of(segment, self.at, self.at)
        text = plain(self.text).strip("()[] ")
        if not text or len(text) > LONGEST_TEXT:
            raise EditError("A note needs a text of at most {allowed} characters.",
                            allowed=LONGEST_TEXT)  # fmt: skip
        words = segment.words
        if self.at < len(words):
            moment = words[self.at].start
        else:
            moment = words[-1].end if words else segment.start
        note = Word(bound(f"({text})"), moment, moment, 1.0, None, segment.speaker, NOTE)
        changed = (*words[: self.at], note, *words[self.at :])
        return with_segment(transcript, replace(segment, words=changed))


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word as another recogniser heard it."""

    text: str
    """The word with its punctuation."""
    start: float
    """Media time, seconds."""
    end: float
    """Media time, seconds."""
    confidence: float
    """0 to 1."""
    language: Language | None = None
    """Language of the word."""
    timing: Timing = ""
    """How its times were found."""


@dataclass(frozen=True, slots=True)
class TakeHearing:
    """The words of a turn become those that another recogniser heard."""

    segment: str
    """`Segment.id`."""
    source: str
    """Catalogue name of the recogniser."""
    words: tuple[HeardWord, ...]
    """With their own times; those outside the turn are moved to its edge."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the words taken."""
        at = index_of(transcript, self.segment)
        segment = transcript.segments[at]
        words = tuple(
            self._word(segment, heard, text) for heard in self.words
            for text in split_words(heard.text)
        )  # fmt: skip
        return with_segments(transcript, at, 1, (_with_words(segment, words),))

    def _word(self, segment: Segment, heard: HeardWord, text: str) -> Word:
        start = min(max(heard.start, segment.start), segment.end)
        end = min(max(heard.end, start), max(segment.end, start))
        confidence = min(max(heard.confidence, 0.0), 1.0)
        return Word(text, round(start, 3), round(end, 3), confidence, heard.language,
                    segment.speaker, plain(self.source) or EDITOR, timing=heard.timing)  # fmt: skip


def _with_words(segment: Segment, words: tuple[Word, ...]) -> Segment:
    """The segment with other words; it is no speech without words any more once it has some."""
    doubts = segment.doubts - {Doubt.SPEECH_WITHOUT_WORDS} if words else segment.doubts
    return replace(segment, words=words, doubts=doubts)
