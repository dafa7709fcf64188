"""Find and replace parts of a record; whatever is not touched is shared, never copied."""

from __future__ import annotations

from dataclasses import replace

from hattama.engine.document.model import Segment, Speaker, Transcript, Word
from hattama.engine.editing.errors import EditError
from hattama.engine.exports.plain import plain

LONGEST_NAME = 200
"""Characters of a name or pseudonym."""


def index_of(transcript: Transcript, identity: str) -> int:
    """Position of a segment.

    Raises
    ------
    EditError
        There is none of this id.
    """
    for index, segment in enumerate(transcript.segments):
        if segment.id == identity:
            return index
    raise EditError("The record has no turn {id}; load the page again.", id=plain(identity))


def segment_of(transcript: Transcript, identity: str) -> Segment:
    """The segment of this id; errors as `index_of`."""
    return transcript.segments[index_of(transcript, identity)]


def speaker_of(transcript: Transcript, identity: str) -> Speaker:
    """The speaker of this id.

    Raises
    ------
    EditError
        There is none.
    """
    for speaker in transcript.speakers:
        if speaker.id == identity:
            return speaker
    raise EditError("The record has no speaker {id}; load the page again.", id=plain(identity))


def span_of(segment: Segment, first: int, last: int) -> tuple[Word, ...]:
    """Words `first` to before `last`.

    Raises
    ------
    EditError
        The segment does not have them.
    """
    if not 0 <= first <= last <= len(segment.words):
        raise EditError(
            "Turn {id} has no words {first} to {last}; it has {count}.",
            id=segment.id, first=first, last=last, count=len(segment.words),
        )  # fmt: skip
    return segment.words[first:last]


def with_segments(
    transcript: Transcript, at: int, removed: int, inserted: tuple[Segment, ...]
) -> Transcript:
    """The record with `removed` segments at `at` replaced."""
    segments = transcript.segments
    return replace(transcript, segments=segments[:at] + inserted + segments[at + removed :])


def with_segment(transcript: Transcript, segment: Segment) -> Transcript:
    """The record with the segment of the same id replaced."""
    return with_segments(transcript, index_of(transcript, segment.id), 1, (segment,))


def with_speaker(transcript: Transcript, speaker: Speaker) -> Transcript:
    """The record with the speaker of the same id replaced."""
    speakers = tuple(speaker if s.id == speaker.id else s for s in transcript.speakers)
    return replace(transcript, speakers=speakers)


def new_id(wanted: str, taken: set[str]) -> str:
    """`wanted.2`, `wanted.3`, …: the first that nobody has; the same edits give the same ids."""
    number = 2
    while f"{wanted}.{number}" in taken:
        number += 1
    return f"{wanted}.{number}"


def clean_name(text: str) -> str:
    """A name in one line without control characters.

    Raises
    ------
    EditError
        It is too long.
    """
    name = plain(text)
    if len(name) > LONGEST_NAME:
        raise EditError(
            "A name may have {allowed} characters; this one has {count}.",
            allowed=LONGEST_NAME, count=len(name),
        )  # fmt: skip
    return name
