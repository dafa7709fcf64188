"""The plan of recognition: which stretches of which channel are heard together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hattama.diarization.protocols import Samples
from hattama.diarization.turns import Diarization, Turn
from hattama.engine.recognisers.protocol import Window
from hattama.engine.speech.intervals import Interval, merge, overlap
from hattama.engine.speech.windows import Stretch, WindowOptions, pack, window

BATCH = 3
"""Windows heard at once by one worker: more gain little on a processor and cost memory."""
_SORTED = 64
"""Windows sorted by length together, so that those of a batch are about as long."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Sound that is recognised by itself: the mix, or one microphone."""

    samples: Samples
    speech: tuple[Interval, ...]
    """Where somebody speaks into it, by start."""
    probabilities: NDArray[np.float32]
    """Of speech, one for each 32 ms frame."""
    channel: int | None = None
    """Microphone; None for the mix."""
    speakers: frozenset[str] | None = None
    """Labels of those who speak into it; None where anybody may."""


@dataclass(frozen=True, slots=True)
class Job:
    """One window before its sound is read."""

    lane: int
    """Index of its lane."""
    group: tuple[Stretch, ...]
    before: float
    """Where the speech before it ends, seconds."""
    after: float
    """Where the speech after it starts, seconds."""

    @property
    def length(self) -> float:
        """Seconds from the first speech to the last."""
        return self.group[-1].end - self.group[0].start

    def window(self, lanes: Sequence[Lane], options: WindowOptions) -> Window:
        """Read the sound."""
        samples = lanes[self.lane].samples
        return window(samples, self.group, options, (self.before, self.after))


def jobs(lane: int, stretches: Sequence[Stretch], options: WindowOptions) -> tuple[Job, ...]:
    """Windows of one lane, by start."""
    groups = pack(stretches, options)
    ends = [0.0, *(group[-1].end for group in groups)]
    starts = [*(group[0].start for group in groups[1:]), float("inf")]
    return tuple(
        Job(lane, group, before, after)
        for group, before, after in zip(groups, ends, starts, strict=False)
    )


def batches(jobs: Sequence[Job]) -> tuple[tuple[Job, ...], ...]:
    """Jobs in batches of about one length, roughly by start; the same on every machine.

    A short recording is cut to two batches, so that two cores share it.
    """
    size = max(1, min(BATCH, -(-len(jobs) // 2)))
    made: list[tuple[Job, ...]] = []
    for first in range(0, len(jobs), _SORTED):
        near = sorted(jobs[first : first + _SORTED], key=lambda job: -job.length)
        made += [tuple(near[i : i + size]) for i in range(0, len(near), size)]
    return tuple(made)


def heard_in(lane: Lane, diarization: Diarization) -> Diarization:
    """The turns of those who speak into a lane."""
    if lane.speakers is None:
        return diarization
    return only(diarization, lane.speakers)


def only(diarization: Diarization, labels: Collection[str]) -> Diarization:
    """The turns of some speakers alone."""
    kept = tuple(turn for turn in diarization.turns if turn.speaker in labels)
    # At one microphone nobody interrupts the map: its turns may overlap other microphones' only.
    return Diarization(kept, kept)


def spoken_into(turns: Sequence[Turn], speech: Sequence[Interval]) -> tuple[Interval, ...]:
    """Where the speakers of `turns` speak: their turns, cut at the pauses that `speech` shows.

    A turn in which no speech was found is kept whole: quiet voices must not be lost.
    """
    found: list[Interval] = []
    for start, end in merge(((turn.start, turn.end) for turn in turns), 0.0):
        inside = [
            (max(start, s), min(end, e)) for s, e in speech if overlap((s, e), (start, end)) > 0
        ]
        found += inside or [(start, end)]
    return tuple(found)
