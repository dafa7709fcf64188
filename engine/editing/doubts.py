"""Operations on doubts: confirm, take a reading; and what is left to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hattama.engine.document.model import Segment, Transcript, Word
from hattama.engine.editing.errors import EditError
from hattama.engine.editing.retiming import EDITOR, FACTS, replaced, split_words
from hattama.engine.editing.selection import segment_of, span_of, with_segment


@dataclass(frozen=True, slots=True)
class DoubtPlace:
    """A doubt that nobody has settled yet."""

    segment: str
    """`Segment.id`."""
    word: int | None
    """Index of the word; None: the turn as a whole."""


@dataclass(frozen=True, slots=True)
class ConfirmWords:
    """Words are right as they stand."""

    segment: str
    """`Segment.id`."""
    first: int
    """Index of the first word."""
    last: int
    """Index after the last word."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record without the doubts about these words."""
        segment = segment_of(transcript, self.segment)
        span = span_of(segment, self.first, self.last)
        sure = tuple(replace(w, doubts=w.doubts & FACTS) if w.doubts - FACTS else w for w in span)
        words = segment.words[: self.first] + sure + segment.words[self.last :]
        return with_segment(transcript, replace(segment, words=words))


@dataclass(frozen=True, slots=True)
class ConfirmTurn:
    """The turn as a whole is right: its speaker, its language, or that it has no words."""

    segment: str
    """`Segment.id`."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record without the doubts about the turn; those of its words stay."""
        segment = segment_of(transcript, self.segment)
        return with_segment(transcript, replace(segment, doubts=segment.doubts & FACTS))


@dataclass(frozen=True, slots=True)
class TakeReading:
    """One of the other readings of a word takes its place; what stood there becomes a reading."""

    segment: str
    """`Segment.id`."""
    word: int
    """Index of the word."""
    reading: int
    """Index into `Word.alternatives`."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the reading taken and the doubt settled."""
        segment = segment_of(transcript, self.segment)
        (word,) = span_of(segment, self.word, self.word + 1)
        if not 0 <= self.reading < len(word.alternatives):
            raise EditError(
                "The word has no reading {number}; it has {count}.",
                number=self.reading, count=len(word.alternatives),
            )  # fmt: skip
        taken = word.alternatives[self.reading]
        others = (word.text, *(t for i, t in enumerate(word.alternatives) if i != self.reading))
        words = replaced(segment, self.word, self.word + 1, split_words(taken))
        count = len(words) - len(segment.words) + 1
        settled = tuple(
            _settled(word, others) for word in words[self.word : self.word + count]
        )  # fmt: skip
        words = words[: self.word] + settled + words[self.word + count :]
        return with_segment(transcript, replace(segment, words=words))


def _settled(word: Word, others: tuple[str, ...]) -> Word:
    return replace(
        word, source=EDITOR, confidence=1.0, doubts=word.doubts & FACTS, alternatives=others
    )


def open_doubts(transcript: Transcript) -> Iterator[DoubtPlace]:
    """Doubts that are left, in the order of the record."""
    for segment in transcript.segments:
        yield from _doubts_of(segment)


def _doubts_of(segment: Segment) -> Iterator[DoubtPlace]:
    if segment.doubts - FACTS:
        yield DoubtPlace(segment.id, None)
    for index, word in enumerate(segment.words):
        if word.doubts - FACTS:
            yield DoubtPlace(segment.id, index)
