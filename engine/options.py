"""What a run can be told. Defaults live here and nowhere else; the command line reads them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from hattama.diarization.errors import BadOptionError as BadSpeakersError
from hattama.diarization.options import DiarizationOptions
from hattama.engine.commas import comma_separated
from hattama.engine.document.model import LANGUAGES, Language
from hattama.engine.errors import BadInputError
from hattama.engine.recognisers.protocol import Device

_MOST_WORKERS = 4


class BadOptionError(BadInputError):
    """An option outside its range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscribeOptions:
    """How a draft record is made."""

    languages: Annotated[tuple[Language, ...], Parameter(converter=comma_separated)] = LANGUAGES
    """Languages of the hearing: kk, ru, or both."""
    recogniser: str = "auto"
    """Catalogue name of the recogniser; `auto` takes the best one in the store."""
    aligner: str = "auto"
    """Catalogue name of the CTC model that finds when Whisper's words were said; `auto` takes the
    best one in the store, `none` leaves the times as Whisper gives them."""
    speakers: int | None = None
    """Number of speakers, where it is known."""
    min_speakers: int | None = None
    """Fewest speakers there can be."""
    max_speakers: int | None = None
    """Most speakers there can be."""
    microphones: Annotated[tuple[str, ...], Parameter(converter=comma_separated)] = ()
    """Role at each channel, first channel first, for recordings with one channel a microphone:
    judge,secretary,claimant."""
    room: Path | None = None
    """Room file (TOML) that names the microphones, instead of `microphones`."""
    glossary: Path | None = None
    """Names and terms of the case: a text file with one a line, or TOML. The names of the hearing
    file's participants are added, but for those who are protected."""
    hearing: Path | None = None
    """Hearing file (TOML): court, case, date, participants and their roles."""
    start_timecode: str | None = None
    """Timecode of the first frame, HH:MM:SS:FF, where the recording does not keep it."""
    device: Device = "auto"
    """Where the networks run: auto, cpu or cuda."""
    threads: int = 0
    """Processor threads; 0 takes all."""

    def __post_init__(self) -> None:
        if not self.languages or not set(self.languages) <= set(LANGUAGES):
            raise BadOptionError(
                "Languages {given}: allowed are {allowed}; give one or both.",
                given=",".join(self.languages) or "(none)",
                allowed=", ".join(LANGUAGES),
            )
        if self.microphones and self.room:
            raise BadOptionError("Give either --microphones or --room, not both.")
        if self.threads < 0:
            raise BadOptionError("Threads {given}: allowed is 0 (all) or more.", given=self.threads)
        try:
            self.diarization()
        except BadSpeakersError as error:
            raise BadOptionError(error.template, **error.fields) from error

    def diarization(self) -> DiarizationOptions:
        """Settings of the diarizer."""
        return DiarizationOptions(
            speakers=self.speakers,
            min_speakers=self.min_speakers,
            max_speakers=self.max_speakers,
            threads=self.threads_each,
        )

    @property
    def cores(self) -> int:
        """Processor cores to use, at least 1."""
        return self.threads or _cores()

    @property
    def workers(self) -> int:
        """Pieces of work side by side, 1 to 4: more cost memory and gain little."""
        return min(_MOST_WORKERS, self.cores)

    @property
    def threads_each(self) -> int:
        """Processor threads of each piece of work."""
        return max(1, self.cores // self.workers)


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
