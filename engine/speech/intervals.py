"""Speech intervals: from probabilities to the times between which somebody speaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hattama.engine.speech.vad import FRAME_S

Interval = tuple[float, float]
"""Start and end, media time, seconds."""


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """When a frame counts as speech."""

    onset: float = 0.5
    """Probability at which speech begins, 0 to 1."""
    offset: float = 0.35
    """Probability below which it ends, not above `onset`."""
    min_pause_s: float = 0.1
    """Shorter pauses are part of the speech, seconds: stop consonants are silent for less."""
    min_speech_s: float = 0.1
    """Shorter bursts are dropped, seconds."""


def speech_intervals(
    probabilities: NDArray[np.float32], options: SpeechOptions | None = None
) -> tuple[Interval, ...]:
    """Intervals of speech by start, from one probability for each 32 ms frame."""
    chosen = options or SpeechOptions()
    active = _hysteresis(probabilities, chosen.onset, chosen.offset)
    merged = merge(_runs(active), chosen.min_pause_s)
    return tuple(i for i in merged if i[1] - i[0] >= chosen.min_speech_s)


def merge(intervals: Iterable[Interval], max_gap_s: float) -> tuple[Interval, ...]:
    """Intervals by start, joined where less than `max_gap_s` lies between them."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start - joined[-1][1] < max_gap_s:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def subtract(interval: Interval, holes: Sequence[Interval]) -> tuple[Interval, ...]:
    """What is left of `interval` without the `holes`, by start."""
    left: list[Interval] = []
    start, end = interval
    for hole_start, hole_end in sorted(holes):
        if hole_start > start:
            left.append((start, min(hole_start, end)))
        start = max(start, hole_end)
        if start >= end:
            break
    if start < end:
        left.append((start, end))
    return tuple(i for i in left if i[1] > i[0])


def overlap(a: Interval, b: Interval) -> float:
    """Seconds that two intervals share, 0 or more."""
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0]))


def _hysteresis(
    probabilities: NDArray[np.float32], onset: float, offset: float
) -> NDArray[np.bool_]:
    """Frames that are above `onset`, or above `offset` since they were above `onset`."""
    decided = np.full(len(probabilities), -1, np.int8)
    decided[probabilities >= onset] = 1
    decided[probabilities < offset] = 0
    # Undecided frames take the last decision before them.
    last = np.maximum.accumulate(np.where(decided >= 0, np.arange(len(decided)), -1))
    return np.asarray(np.where(last >= 0, decided[last], 0) == 1)


def _runs(active: NDArray[np.bool_]) -> list[Interval]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(np.int8)))
    return [
        (float(start) * FRAME_S, float(end) * FRAME_S)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]
