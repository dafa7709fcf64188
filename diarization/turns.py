"""Turns: who speaks from when to when."""

from __future__ import annotations

from dataclasses import dataclass


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

    @property
    def speakers(self) -> tuple[str, ...]:
        """Labels in the order of first appearance."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns))
