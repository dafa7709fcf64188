"""From runs whose people are known to turns of the whole recording.

How many people speak in a frame is the mean of what the windows over it say; who they are is
voted by the windows' runs, so windows that disagree about the person never lose the speech.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hattama.diarization.segmentation import FIRST_FRAME_S, FRAME_S, FRAME_SAMPLES
from hattama.diarization.spans import bridged, hysteresis, marked, spans
from hattama.diarization.turns import Diarization, Turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hattama.diarization.options import DiarizationOptions
    from hattama.diarization.runs import Runs


def find_turns(
    runs: Runs, people: NDArray[np.int64], end_s: float, options: DiarizationOptions
) -> Diarization:
    """Turns with overlap, and the exclusive view in which the likelier person has a frame.

    Parameters
    ----------
    runs
        Every run of the recording.
    people
        Person of each run, shape (runs,).
    end_s
        Length of the recording, seconds.
    options
        Onset, offset and shortest turn and pause.
    """
    if len(people) == 0:
        return Diarization((), ())
    votes = count_votes(runs, people)
    speaking = who_speaks(votes, *speech_and_overlap(runs), options)
    leader = leaders(votes, speaking)
    alone = [spans(leader == person) for person in range(votes.shape[1])]
    overlapping = [spans(speaking[:, person]) for person in range(votes.shape[1])]
    return Diarization(_turns(overlapping, end_s), _turns(alone, end_s))


def first_frames(runs: Runs) -> NDArray[np.int64]:
    """Frame of the recording at which each window begins, shape (windows,)."""
    return np.round(runs.starts / FRAME_SAMPLES).astype(np.int64)


def speech_and_overlap(runs: Runs) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean probability that somebody speaks, and that two do, shape (frames,) each."""
    first, per_window = first_frames(runs), runs.scores.shape[1]
    sums = np.zeros((int(first[-1]) + per_window, 3), np.float32)
    for start, scores in zip(first, runs.scores, strict=True):
        ranked = np.sort(scores.astype(np.float32), axis=1)
        heard = sums[start : start + per_window]
        heard[:, :2] += ranked[:, :-3:-1]
        heard[:, 2] += 1
    sums[:, :2] /= np.maximum(sums[:, 2:], 1)
    return sums[:, 0], sums[:, 1]


def count_votes(runs: Runs, people: NDArray[np.int64]) -> NDArray[np.float16]:
    """Probability of each person, summed over windows, shape (frames, people)."""
    first, per_window = first_frames(runs), runs.scores.shape[1]
    votes = np.zeros((int(first[-1]) + per_window, int(people.max()) + 1), np.float16)
    for (window, speaker, start, end), person in zip(runs.places, people, strict=True):
        at = first[window]
        votes[at + start : at + end, person] += runs.scores[window, start:end, speaker]
    return votes


def who_speaks(
    votes: NDArray[np.float16],
    speech: NDArray[np.float32],
    overlap: NDArray[np.float32],
    options: DiarizationOptions,
) -> NDArray[np.bool_]:
    """Whether each person speaks: the likeliest in speech, the second as well in overlap."""
    frames = np.arange(len(votes))
    speaks = np.zeros(votes.shape, bool)
    candidates = votes.copy()
    for probability in (speech, overlap):
        likeliest = candidates.argmax(axis=1)
        chosen = marked(hysteresis(probability, options.onset, options.offset), len(votes))
        chosen &= candidates[frames, likeliest] > 0
        speaks[frames[chosen], likeliest[chosen]] = True
        candidates[frames, likeliest] = 0
    for person in range(votes.shape[1]):
        speaks[:, person] = _smooth(speaks[:, person], options)
    return speaks


def leaders(votes: NDArray[np.float16], speaking: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The person of each frame in the exclusive view, -1 in silence, shape (frames,).

    While the same people speak at once, the one with most votes has all of that stretch.
    """
    leader = np.where(speaking.any(axis=1), np.argmax(speaking, axis=1), -1)
    changes = np.flatnonzero(np.any(np.diff(speaking, axis=0), axis=1)) + 1
    for start, end in spans(speaking.sum(axis=1) > 1):
        inside = changes[(changes > start) & (changes < end)]
        for a, b in zip([start, *inside], [*inside, end], strict=True):
            present = np.flatnonzero(speaking[a])
            leader[a:b] = present[votes[a:b, present].sum(axis=0, dtype=np.float32).argmax()]
    return leader


def seconds(frame: int) -> float:
    """Media time at which a frame begins."""
    return max(0.0, frame * FRAME_S + FIRST_FRAME_S - FRAME_S / 2)


def _smooth(row: NDArray[np.bool_], options: DiarizationOptions) -> NDArray[np.bool_]:
    runs = bridged(spans(row), options.shortest_pause_s / FRAME_S)
    return marked(
        [(a, b) for a, b in runs if (b - a) * FRAME_S >= options.shortest_turn_s], len(row)
    )


def _turns(rows: list[list[tuple[int, int]]], end_s: float) -> tuple[Turn, ...]:
    turns = [
        Turn(seconds(start), min(seconds(end), end_s), str(person))
        for person, runs in enumerate(rows)
        for start, end in runs
    ]
    return tuple(sorted(turn for turn in turns if turn.end > turn.start))
