"""Progress of a run: which stage, how far, at what speed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Steps of a run, in order."""

    SOUND = "sound"
    """The recording is decoded."""
    SPEAKERS = "speakers"
    """Who speaks when."""
    SPEECH = "speech"
    """Where somebody speaks."""
    LANGUAGES = "languages"
    """Kazakh or Russian."""
    WORDS = "words"
    """What is said."""


STAGE_WEIGHTS: dict[Stage, float] = {
    Stage.SOUND: 0.03,
    Stage.SPEAKERS: 0.3,
    Stage.SPEECH: 0.02,
    Stage.LANGUAGES: 0.1,
    Stage.WORDS: 0.55,
}
"""Share of the time that each stage takes on a processor with whisper-base; they add up to 1."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands."""

    stage: Stage
    """What is being done; speakers are told apart beside the other stages."""
    done: float
    """Share of the stage, 0 to 1."""
    overall: float
    """Share of the whole run, 0 to 1."""
    audio_s: float
    """Length of the recording, seconds; 0 until it is known."""


Report = Callable[[Progress], None]
"""Called in the caller's thread as work goes on. An exception that it raises cancels the run; what
is done is kept."""


def silent(_progress: Progress) -> None:
    """Report nothing."""


class Board:
    """Shares of all stages, noted by any thread and reported by the caller's."""

    def __init__(self, report: Report) -> None:
        self.audio_s = 0.0
        self._report = report
        self._shares = dict.fromkeys(Stage, 0.0)
        self._stage = Stage.SOUND

    def note(self, stage: Stage, share: float) -> None:
        """Keep how far a stage is, from any thread."""
        self._shares[stage] = max(self._shares[stage], share)

    def tell(self, stage: Stage, share: float) -> None:
        """Keep it and report it."""
        self.note(stage, share)
        self._stage = stage
        self.tick()

    def tick(self) -> None:
        """Report where the run stands."""
        overall = sum(STAGE_WEIGHTS[stage] * share for stage, share in self._shares.items())
        done = self._shares[self._stage]
        self._report(Progress(self._stage, done, min(1.0, overall), self.audio_s))
