"""The values of a record: words, segments, speakers, transcript. All frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Language = Literal["kk", "ru"]
"""ISO 639-1 code of a language that hearings are held in."""

LANGUAGES: tuple[Language, ...] = ("kk", "ru")

Timing = Literal["", "ctc", "attention", "shared"]
"""How the times of a word were found: by a CTC model's posteriors, to its frame (`ctc`); by the
attention of the recogniser that heard it (`attention`); shared out by length between times that
are known (`shared`). Empty where nobody noted it. docs/recognisers.md says how exact each is."""


class Doubt(StrEnum):
    """Why a word or a segment wants a second look."""

    LOW_CONFIDENCE = "low-confidence"
    """The recogniser itself was unsure."""
    SPEECH_WITHOUT_WORDS = "speech-without-words"
    """Somebody speaks here and no word was recognised."""
    SPEAKER_TIE = "speaker-tie"
    """Two speakers are equally likely."""
    OVERLAP = "overlap"
    """More than one person speaks."""
    FOREIGN_SCRIPT = "foreign-script"
    """Letters of a script that neither language is written in."""
    REPETITION = "repetition"
    """A repetition loop was collapsed here."""
    LANGUAGE = "language"
    """Both languages are nearly equally likely."""
    CORRECTED = "corrected"
    """A glossary term took the place of what was heard."""
    DISAGREEMENT = "disagreement"
    """Two recognisers heard different words; `Word.alternatives` keeps the other readings."""


class State(StrEnum):
    """How far the record has come."""

    DRAFT = "draft"
    EDITED = "edited"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was said."""

    text: str
    """The word with its punctuation, without spaces at either end."""
    start: float
    """Media time, seconds."""
    end: float
    """Media time, seconds; not before `start`."""
    confidence: float
    """0 to 1, the recogniser's own."""
    language: Language | None = None
    """Language of the word; None where it is unknown."""
    speaker: str | None = None
    """`Speaker.id`; None where nobody could be told."""
    source: str = ""
    """Catalogue name of the model that heard it, or `editor`."""
    doubts: frozenset[Doubt] = frozenset()
    """Why it wants a second look; empty when it does not."""
    alternatives: tuple[str, ...] = ()
    """Other readings, likeliest first."""
    timing: Timing = ""
    """How its times were found."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One turn: a stretch of speech of one speaker."""

    id: str
    """Unique within the record."""
    start: float
    """Media time, seconds."""
    end: float
    """Media time, seconds."""
    speaker: str | None
    """`Speaker.id`; None where nobody could be told."""
    words: tuple[Word, ...]
    """By start; empty for speech in which no word was recognised."""
    doubts: frozenset[Doubt] = frozenset()
    """Doubts about the segment as a whole."""

    @property
    def text(self) -> str:
        """Words joined by single spaces."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole in the recording: media time that holds no sound."""

    start: float
    """Media time, seconds."""
    end: float
    """Media time, seconds."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who speaks in the hearing."""

    id: str
    """Unique within the record, stable across edits."""
    name: str = ""
    """As it shall be printed; empty until somebody gives it."""
    role: str = ""
    """Key of a role (`judge`, `claimant`, …; see `hattama.engine.roles`); empty if unknown."""
    channel: int | None = None
    """Microphone, counted from 0; None where there is no map."""
    protected: bool = False
    """A protected witness: only the pseudonym may leave the court."""
    pseudonym: str = ""
    """Printed in place of the name of a protected witness; empty: made of role and number."""


@dataclass(frozen=True, slots=True)
class ClockInfo:
    """How media time maps to the timecode and to the day; see `hattama.engine.clock.Clock`."""

    rate: str = "25"
    """Frame rate of the timecode: `23.976`, `24`, `25`, `29.97`, `29.97df`, `30`, …"""
    start_timecode: str = "00:00:00:00"
    """Timecode at media time 0, `HH:MM:SS:FF` (`;` before the frames when drop-frame)."""
    timecode_source: str = "zero"
    """Where it was found: `option`, `tmcd`, `mxf`, `tag`, `bwf`, `zero`."""
    wall_start: str | None = None
    """ISO 8601 time of day at media time 0; None where unknown."""
    wall_source: str | None = None
    """Where that was found: `option`, `metadata`, `bwf`, `file-name`."""


@dataclass(frozen=True, slots=True)
class Media:
    """The recording that the record was made from."""

    name: str
    """File name without folders."""
    sha256: str
    """Digest of the file, lower-case hexadecimal."""
    duration: float
    """Media time of its end, seconds."""
    channels: int
    """Audio channels over all streams."""
    clock: ClockInfo = ClockInfo()
    gaps: tuple[Gap, ...] = ()
    """Holes in the sound, by start."""


@dataclass(frozen=True, slots=True)
class ModelUse:
    """One model that took part."""

    name: str
    """Catalogue name."""
    task: str
    """`recognition`, `alignment`, `segmentation`, `embedding`, `vad`."""
    sha256: str
    """Digest of its main file."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the draft came to be: enough to make it again."""

    program: str
    """Name and version of the program."""
    created: str
    """ISO 8601, UTC."""
    models: tuple[ModelUse, ...] = ()
    settings: dict[str, object] = field(default_factory=dict)
    """Every option that shaped the result; JSON values."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """The record of one hearing."""

    media: Media
    speakers: tuple[Speaker, ...]
    """In the order of first appearance."""
    segments: tuple[Segment, ...]
    """By start."""
    provenance: Provenance
    state: State = State.DRAFT

    @property
    def words(self) -> tuple[Word, ...]:
        """Every word, segment by segment."""
        return tuple(word for segment in self.segments for word in segment.words)
