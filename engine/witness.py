"""A protected witness in the record: where he speaks, and the record without his name."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from hattama.engine.document.model import Media, Segment, Speaker, Transcript, Word
from hattama.engine.errors import BadInputError

Stretch = tuple[float, float]
"""Start and end, media time in seconds."""

PAUSE_S = 1.0
"""Pauses between two turns that are shorter belong to the stretch: a breath is a voice too."""

_LONG_ENOUGH = 4

HIDDEN_WORD = "[…]"
"""What stands in the record for a word under a tone."""

_NO_LETTERS = re.compile(r"[\W_]+")


class UnknownSpeakerError(BadInputError):
    """A name that nobody in the record has."""


class NeverSaidError(BadInputError):
    """A word that shall be covered and was never said."""


def find_speaker(transcript: Transcript, name: str) -> Speaker:
    """Speaker of the record with this name or this id.

    Raises
    ------
    UnknownSpeakerError
        When there is none.
    """
    for speaker in transcript.speakers:
        if name in {speaker.id, speaker.name} or name.casefold() == speaker.name.casefold():
            return speaker
    raise UnknownSpeakerError(
        "nobody in the record is called {name}; it has: {known}.",
        name=name,
        known=", ".join(speaker.name or speaker.id for speaker in transcript.speakers),
    )


def stretches(transcript: Transcript, speaker: Speaker) -> list[Stretch]:
    """When a speaker speaks, by start; turns less than `PAUSE_S` apart are one.

    Words that were given to him inside another's turn count as well.
    """
    own = [(s.start, s.end) for s in transcript.segments if s.speaker == speaker.id]
    inserted = [(w.start, w.end) for w in transcript.words if w.speaker == speaker.id]
    turns = sorted([*own, *inserted])
    result: list[Stretch] = []
    for start, end in turns:
        if result and start - result[-1][1] < PAUSE_S:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        elif end > start:
            result.append((start, end))
    return result


def words_said(transcript: Transcript, word: str) -> list[Word]:
    """Every time a word was said, whoever said it.

    Parameters
    ----------
    word
        Compared without case and punctuation; with a `*` at its end it stands for every word that
        begins so, which catches the cases of a name.

    Raises
    ------
    NeverSaidError
        When it was never said.
    """
    wanted, beginning = _bare(word), word.endswith("*")
    found = [
        said
        for said in transcript.words
        if _bare(said.text) == wanted or (beginning and _bare(said.text).startswith(wanted))
    ]
    if not found or not wanted:
        raise NeverSaidError(
            "the record does not have the word {word}; write it as it was recognised, or give "
            "times instead",
            word=word,
        )
    return found


def without_name(
    transcript: Transcript,
    speaker: Speaker,
    pseudonym: str,
    hidden: Sequence[Stretch],
    media: Media,
) -> Transcript:
    """The record with a pseudonym for the witness and without the words under a tone.

    Parameters
    ----------
    hidden
        Stretches under a tone; a word that touches one is hidden.
    media
        The disguised recording, which the record now belongs to.
    """
    speakers = tuple(
        replace(one, name="", pseudonym=pseudonym, protected=True) if one.id == speaker.id else one
        for one in transcript.speakers
    )
    segments = tuple(_hide(segment, hidden) for segment in transcript.segments)
    provenance = replace(transcript.provenance, settings={})  # a glossary holds names
    return Transcript(media, speakers, segments, provenance, transcript.state)


def spoken_names(transcript: Transcript, name: str) -> list[Word]:
    """Words of the record that look like a part of a name in any case.

    A word does when it begins like the part, its last letter aside; parts of fewer than four
    letters have to be said as they are.
    """
    parts = [_bare(part) for part in name.split()]
    stems = [part[:-1] if len(part) >= _LONG_ENOUGH else part for part in parts if part]
    return [
        word for word in transcript.words if any(_alike(_bare(word.text), stem) for stem in stems)
    ]


def _alike(word: str, stem: str) -> bool:
    return word.startswith(stem) if len(stem) >= _LONG_ENOUGH - 1 else word == stem


def _hide(segment: Segment, hidden: Collection[Stretch]) -> Segment:
    words = tuple(
        replace(word, text=HIDDEN_WORD, alternatives=())
        if any(word.start < end and word.end > start for start, end in hidden)
        else word
        for word in segment.words
    )
    return replace(segment, words=words)


def _bare(text: str) -> str:
    return _NO_LETTERS.sub("", text).casefold()
