"""Protected speakers: when they speak, where their names are said, and what the public may have."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from hattama.engine.clock import Clock
from hattama.engine.document.model import ClockInfo, Speaker, Transcript, Word
from hattama.engine.editing.retiming import fold_letters
from hattama.engine.editing.search import SearchOptions, fold
from hattama.engine.exports.labels import speaker_labels
from hattama.engine.exports.texts import ExportLanguage
from hattama.engine.hearing import Hearing
from hattama.engine.timecode import to_frames, to_label

JOIN_S = 1.0
"""Pauses up to this long inside a witness's speech are masked too."""
SHORTEST_NAME = 3
"""Letters; shorter parts of a name are initials and would be found everywhere."""
STEM_LOSS = 2
"""Last letters that a case ending may change."""
LONG_STEM = 5
"""Letters of a stem from which on one may be misheard."""
ENDING = 4
"""Letters that an ending may have: `-евым`, `-ованың` stays within the stem rule."""


@dataclass(frozen=True, slots=True)
class SpokenName:
    """A word that may be the name of a protected speaker."""

    segment: str
    """`Segment.id`."""
    word: int
    """Index of the word."""
    text: str
    """The word as it stands."""
    speaker: str
    """`Speaker.id` of the protected one."""
    start: float
    """Media time, seconds."""
    end: float
    """Media time, seconds."""


def spans(transcript: Transcript, speaker: str | None = None) -> tuple[tuple[float, float], ...]:
    """Times in which protected speakers (or one of them) speak, joined over short pauses."""
    wanted = {
        s.id for s in transcript.speakers if s.protected and speaker in (None, s.id)
    }  # fmt: skip
    found: list[tuple[float, float]] = []
    for start, end in sorted(_times(transcript, wanted)):
        if found and start - found[-1][1] <= JOIN_S:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _times(transcript: Transcript, speakers: Collection[str]) -> Iterator[tuple[float, float]]:
    for segment in transcript.segments:
        if segment.speaker in speakers:
            ends = (word.end for word in segment.words)
            starts = (word.start for word in segment.words)
            yield min(segment.start, *starts, segment.start), max(segment.end, *ends, segment.end)
        else:
            yield from (
                (word.start, word.end) for word in segment.words if word.speaker in speakers
            )


def timecode_spans(
    clock_info: ClockInfo, times: tuple[tuple[float, float], ...]
) -> tuple[str, ...]:
    """`HH:MM:SS:FF-HH:MM:SS:FF` of each span, never shorter than it: the last frame is whole."""
    clock = Clock(clock_info)
    origin = to_frames(clock_info.start_timecode, clock.rate)
    labels = []
    for start, end in times:
        last = to_label(origin + ceil(Fraction(end) * clock.rate.fps), clock.rate)
        labels.append(f"{clock.timecode(start)}-{last}")
    return tuple(labels)


def disguise_command(transcript: Transcript, media: Path | str) -> str:
    """Shell command that disguises every protected speaker in the recording; empty for none."""
    labels = timecode_spans(transcript.media.clock, spans(transcript))
    if not labels:
        return ""
    place = Path(media)
    out = place.with_name(f"{place.stem}-masked{place.suffix}")
    chosen = [part for label in labels for part in ("--span", label)]
    return shlex.join(["hattama", "disguise", "file", str(media), "-o", str(out), *chosen])


def spoken_names(transcript: Transcript, hearing: Hearing | None = None) -> Iterator[SpokenName]:
    """Words that sound like the name of a protected speaker, in any case ending.

    A word is found where it begins as a part of the name does and differs in its ending alone; in
    a long name one letter may be misheard, and other readings of the word count too.
    That finds some words too many; a person decides on each.
    """
    stems = [
        (speaker.id, stem)
        for speaker in transcript.speakers if speaker.protected
        for stem in _stems(speaker, hearing)
    ]  # fmt: skip
    if not stems:
        return
    for segment in transcript.segments:
        for index, word in enumerate(segment.words):
            speaker = _named(word, stems)
            if speaker is not None:
                yield SpokenName(segment.id, index, word.text, speaker, word.start, word.end)


def _named(word: Word, stems: list[tuple[str, str]]) -> str | None:
    """Whose name the word, or another reading of it, sounds like."""
    for text in (word.text, *word.alternatives):
        said = _folded(text)
        for speaker, stem in stems:
            if len(said) <= len(stem) + STEM_LOSS + ENDING and _begins(said, stem):
                return speaker
    return None


def _begins(said: str, stem: str) -> bool:
    """Whether a word begins with a stem; in a long one a letter may be misheard."""
    misheard = 1 if len(stem) >= LONG_STEM else 0
    return Levenshtein.distance(said[: len(stem)], stem, score_cutoff=misheard) <= misheard


def _stems(speaker: Speaker, hearing: Hearing | None) -> list[str]:
    names = [speaker.name]
    if hearing:
        names += [person.name for person in hearing.people if person.id == speaker.id]
        names += [
            person.name for person in hearing.people
            if person.microphone and speaker.channel == person.microphone - 1
        ]  # fmt: skip
    parts = {_folded(part) for name in names for part in name.replace(".", " ").split()}
    return sorted(
        part[: max(SHORTEST_NAME, len(part) - STEM_LOSS)]
        for part in parts if len(part) >= SHORTEST_NAME
    )  # fmt: skip


def _folded(text: str) -> str:
    return fold(fold_letters(text), SearchOptions())


def public(
    transcript: Transcript,
    language: ExportLanguage,
    masked: Collection[tuple[str, int]] | None = None,
    hearing: Hearing | None = None,
) -> Transcript:
    """The record as the public may have it: flat, with nothing in it that is not printed.

    Protected speakers lose name and microphone, masked words become the pseudonym, other readings,
    doubts, confidences of the machine and its settings (a glossary holds names) go.

    Parameters
    ----------
    transcript
        The edited record.
    language
        Language of pseudonyms made of role and number.
    masked
        Segment id and word index of each spoken name to mask; None: all that `spoken_names` finds.
    hearing
        Names of protected participants are taken from it too.
    """
    found = {(n.segment, n.word): n.speaker for n in spoken_names(transcript, hearing)}
    chosen = set(found if masked is None else masked)
    labels = speaker_labels(transcript, language, hearing.kind if hearing else None)
    ids = {speaker.id: f"s{n}" for n, speaker in enumerate(transcript.speakers, 1)}

    def flat(segment: str, index: int, word: Word) -> Word:
        place = (segment, index)
        named = found.get(place)
        text = word.text
        if place in chosen:
            text = labels[named].short if named else "[…]"
        return Word(text, word.start, word.end, 1.0, word.language, ids.get(word.speaker or ""))

    return replace(
        transcript,
        speakers=tuple(
            _anonymous(s, ids[s.id], labels[s.id].short)
            if s.protected
            else replace(s, id=ids[s.id])
            for s in transcript.speakers
        ),
        segments=tuple(
            replace(
                segment,
                id=str(number),
                speaker=ids.get(segment.speaker or ""),
                doubts=frozenset(),
                words=tuple(flat(segment.id, i, word) for i, word in enumerate(segment.words)),
            )
            for number, segment in enumerate(transcript.segments, 1)
        ),
        provenance=replace(transcript.provenance, settings={}),
    )


def _anonymous(speaker: Speaker, identity: str, pseudonym: str) -> Speaker:
    return Speaker(identity, "", speaker.role, None, protected=True, pseudonym=pseudonym)
