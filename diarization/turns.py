"""Turns: who speaks from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hattama.models.notice import Notice


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """One stretch of speech of one speaker."""

    start: float
    """Media time of the first sample, seconds."""
    end: float
    """Media time after the last sample, seconds; greater than `start`."""
    speaker: str
    """Label of the speaker, unique within the recording."""

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Diarization:
    """Who speaks when in one recording."""

    turns: tuple[Turn, ...]
    """Every turn, by start; turns of different speakers may overlap."""
    exclusive: tuple[Turn, ...]
    """The same speech with one speaker at a time: the view that words are given to."""
    notices: tuple[Notice, ...] = ()
    """What a person should know about how the turns were found."""

    @property
    def speakers(self) -> tuple[str, ...]:
        """Labels in the order of first appearance."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns))


def named_by_appearance(diarization: Diarization, prefix: str = "SPEAKER_") -> Diarization:
    """The same turns, labelled `SPEAKER_00`, `SPEAKER_01`, … by first appearance."""
    names = {old: f"{prefix}{number:02d}" for number, old in enumerate(diarization.speakers)}
    return relabelled(diarization, names)


def relabelled(diarization: Diarization, names: Mapping[str, str]) -> Diarization:
    """The same turns with other labels; a label without a new one is kept."""

    def rename(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
        return tuple(replace(turn, speaker=names.get(turn.speaker, turn.speaker)) for turn in turns)

    return replace(
        diarization, turns=rename(diarization.turns), exclusive=rename(diarization.exclusive)
    )
