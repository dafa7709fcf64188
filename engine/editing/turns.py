"""Operations on turns: split, merge, give to a speaker, insert, delete."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, replace

from hattama.engine.document.model import Doubt, Segment, Transcript, Word
from hattama.engine.editing.errors import EditError
from hattama.engine.editing.retiming import replaced, split_words
from hattama.engine.editing.selection import (
    index_of,
    new_id,
    segment_of,
    span_of,
    speaker_of,
    with_segments,
)


@dataclass(frozen=True, slots=True)
class SplitTurn:
    """One turn becomes two; the second begins with a word."""

    segment: str
    """`Segment.id`."""
    word: int
    """Index of the first word of the second turn; neither turn may be empty."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with two turns of the same speaker."""
        at = index_of(transcript, self.segment)
        segment = transcript.segments[at]
        before = span_of(segment, 0, self.word)
        after = span_of(segment, self.word, len(segment.words))
        if not before or not after:
            raise EditError("Turn {id} cannot be split at its edge.", id=segment.id)
        cut = min(max(after[0].start, segment.start), segment.end)
        taken = {other.id for other in transcript.segments}
        first = replace(segment, words=before, end=cut)
        second = replace(
            segment, id=new_id(segment.id, taken), words=after, start=cut,
            doubts=segment.doubts - {Doubt.SPEECH_WITHOUT_WORDS},
        )  # fmt: skip
        return with_segments(transcript, at, 1, (first, second))


@dataclass(frozen=True, slots=True)
class MergeTurns:
    """A turn and the one after it become one, of the first one's speaker."""

    segment: str
    """`Segment.id` of the first."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with one turn instead of two."""
        at = index_of(transcript, self.segment)
        if at + 1 == len(transcript.segments):
            raise EditError("Turn {id} is the last one; there is none to join.", id=self.segment)
        first, second = transcript.segments[at : at + 2]
        words = first.words + _said_by(second.words, first.speaker)
        joined = replace(
            first,
            end=max(first.end, second.end),
            words=words,
            doubts=(first.doubts | second.doubts)
            - ({Doubt.SPEECH_WITHOUT_WORDS} if words else set()),
        )
        return with_segments(transcript, at, 2, (joined,))


@dataclass(frozen=True, slots=True)
class SetSpeaker:
    """Turns are given to a speaker."""

    segments: tuple[str, ...]
    """`Segment.id` of each."""
    speaker: str | None
    """`Speaker.id`; None: nobody can be told."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the turns and their words given to the speaker."""
        if self.speaker is not None:
            speaker_of(transcript, self.speaker)
        wanted = {index_of(transcript, identity) for identity in self.segments}
        segments = tuple(
            spoken_by(segment, self.speaker) if index in wanted else segment
            for index, segment in enumerate(transcript.segments)
        )
        return replace(transcript, segments=segments)


@dataclass(frozen=True, slots=True)
class InsertTurn:
    """Speech that the machine did not find."""

    start: float
    """Media time, seconds."""
    end: float
    """Media time, seconds; after `start`."""
    speaker: str | None
    """`Speaker.id`; None: nobody can be told."""
    text: str
    """What was said."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the turn in its place by time."""
        duration = transcript.media.duration
        if not (math.isfinite(self.start) and 0 <= self.start < self.end <= duration):
            raise EditError(
                "A turn from {start} s to {end} s does not lie in the recording of {duration} s.",
                start=round(self.start, 3), end=round(self.end, 3), duration=round(duration, 3),
            )  # fmt: skip
        if self.speaker is not None:
            speaker_of(transcript, self.speaker)
        identity = new_id("new", {segment.id for segment in transcript.segments})
        start, end = round(self.start, 3), round(self.end, 3)
        empty = Segment(identity, start, end, self.speaker, ())
        turn = replace(empty, words=replaced(empty, 0, 0, split_words(self.text)))
        at = bisect_right([segment.start for segment in transcript.segments], start)
        return with_segments(transcript, at, 0, (turn,))


@dataclass(frozen=True, slots=True)
class DeleteTurn:
    """A turn in which nobody spoke."""

    segment: str
    """`Segment.id`."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record without it; the draft and the journal keep it."""
        return with_segments(transcript, index_of(transcript, self.segment), 1, ())


@dataclass(frozen=True, slots=True)
class SetTurnTimes:
    """A turn begins or ends at another time; words outside are moved to its edges."""

    segment: str
    """`Segment.id`."""
    start: float
    """Media time, seconds."""
    end: float
    """Media time, seconds."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the turn moved to its place by time."""
        segment = segment_of(transcript, self.segment)
        if (
            not (math.isfinite(self.start) and 0 <= self.start < self.end)
            or self.end > transcript.media.duration
        ):
            raise EditError(
                "A turn from {start} s to {end} s does not lie in the recording of {duration} s.",
                start=round(self.start, 3), end=round(self.end, 3),
                duration=round(transcript.media.duration, 3),
            )  # fmt: skip
        start, end = round(self.start, 3), round(self.end, 3)
        words = tuple(_inside(word, start, end) for word in segment.words)
        moved = replace(segment, start=start, end=end, words=words)
        without = DeleteTurn(segment.id).apply(transcript)
        at = bisect_right([other.start for other in without.segments], start)
        return with_segments(without, at, 0, (moved,))


def spoken_by(segment: Segment, speaker: str | None) -> Segment:
    """The turn given to a speaker; who it was is no doubt any more."""
    return replace(
        segment,
        speaker=speaker,
        words=_said_by(segment.words, speaker),
        doubts=segment.doubts - {Doubt.SPEAKER_TIE},
    )


def _said_by(words: tuple[Word, ...], speaker: str | None) -> tuple[Word, ...]:
    return tuple(
        replace(word, speaker=speaker, doubts=word.doubts - {Doubt.SPEAKER_TIE}) for word in words
    )


def _inside(word: Word, start: float, end: float) -> Word:
    if start <= word.start and word.end <= end:
        return word
    begin = min(max(word.start, start), end)
    return replace(word, start=begin, end=min(max(word.end, begin), end))
