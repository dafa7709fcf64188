"""From windows whose local speakers are known to turns of the whole recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hattama.diarization.clustering import NOBODY
from hattama.diarization.segmentation import FIRST_FRAME_S, FRAME_S, FRAME_SAMPLES
from hattama.diarization.turns import Diarization, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from hattama.diarization.local_speakers import LocalSpeakers
    from hattama.diarization.options import DiarizationOptions


@dataclass(frozen=True, slots=True)
class Activity:
    """Mean probability that each speaker speaks, in the frames of a recording."""

    scores: NDArray[np.float32]
    """Shape (frames, speakers)."""


def stitch(local: LocalSpeakers, clusters: NDArray[np.int64]) -> Activity:
    """Average the windows that hear a frame, speaker by speaker.

    Parameters
    ----------
    local
        Windows of the recording.
    clusters
        Speaker of each local speaker, shape (windows, 3), `NOBODY` where it is none.
    """
    first = np.round(local.starts / FRAME_SAMPLES).astype(np.int64)
    per_window = local.scores.shape[1]
    speakers = int(clusters.max(initial=NOBODY)) + 1
    total = np.zeros((int(first[-1]) + per_window, speakers), np.float32)
    heard = np.zeros((len(total), 1), np.float32)
    for at, scores, cluster in zip(first, local.scores, clusters, strict=True):
        span = slice(at, at + per_window)
        heard[span] += 1
        for speaker in np.unique(cluster[cluster != NOBODY]):
            total[span, speaker] += scores[:, cluster == speaker].max(axis=1)
    return Activity((total / np.maximum(heard, 1)).astype(np.float32))


def find_turns(activity: Activity, end_s: float, options: DiarizationOptions) -> Diarization:
    """Turns with overlap, and the exclusive view in which the likelier speaker has a frame."""
    scores = activity.scores
    if scores.size == 0:
        return Diarization((), ())
    overlapping = [(s, _runs(scores[:, s], options)) for s in range(scores.shape[1])]
    speaking = np.zeros(scores.shape, bool)
    for speaker, runs in overlapping:
        for start, end in runs:
            speaking[start:end, speaker] = True
    likeliest = np.where(speaking, scores, -1).argmax(axis=1)
    alone = [(s, spans(speaking.any(axis=1) & (likeliest == s))) for s in range(scores.shape[1])]
    return Diarization(tuple(to_turns(overlapping, end_s)), tuple(to_turns(alone, end_s)))


def _runs(scores: NDArray[np.float32], options: DiarizationOptions) -> list[tuple[int, int]]:
    runs = hysteresis(scores, options.onset, options.offset)
    return bridged(runs, options.shortest_pause_s / FRAME_S, options.shortest_turn_s / FRAME_S)


def spans(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs (first, after last) of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def hysteresis(scores: NDArray[np.float32], onset: float, offset: float) -> list[tuple[int, int]]:
    """Runs at `offset` or over that reach `onset` somewhere, as (first, after last)."""
    return [(a, b) for a, b in spans(scores >= offset) if scores[a:b].max() >= onset]


def seconds(frame: int) -> float:
    """Media time at which a frame begins."""
    return max(0.0, frame * FRAME_S + FIRST_FRAME_S - FRAME_S / 2)


def bridged(runs: list[tuple[int, int]], pause: float, shortest: float) -> list[tuple[int, int]]:
    """Runs with pauses up to `pause` frames filled, then those under `shortest` frames dropped."""
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and start - joined[-1][1] <= pause:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [(start, end) for start, end in joined if end - start >= shortest]


def to_turns(runs: Iterable[tuple[int, list[tuple[int, int]]]], end_s: float) -> list[Turn]:
    """Turns, by start, of (speaker, frames) pairs, cut at the end of the recording."""
    turns = [
        Turn(seconds(start), min(seconds(end), end_s), str(speaker))
        for speaker, spans in runs
        for start, end in spans
        if seconds(start) < end_s
    ]
    return sorted(turn for turn in turns if turn.end > turn.start)
