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
    done: float
    """Share of the stage, 0 to 1."""
    audio_s: float
    """Length of the recording, seconds; 0 until it is known."""

    @property
    def overall(self) -> float:
        """Share of the whole run, 0 to 1."""
        stages = list(Stage)
        before = sum(STAGE_WEIGHTS[stage] for stage in stages[: stages.index(self.stage)])
        return before + self.done * STAGE_WEIGHTS[self.stage]


Report = Callable[[Progress], None]
"""Called as work goes on. An exception that it raises cancels the run; what is done is kept."""


def silent(_progress: Progress) -> None:
    """Report nothing."""
