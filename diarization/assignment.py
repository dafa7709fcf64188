"""Whom each run belongs to, once the voices of the people are known."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hattama.diarization.runs import Runs

SHORT_S = 1.5
"""Runs under this length may be mistaken by voice, so their neighbours are asked."""
NEAR_FRAMES = 15
"""Runs at most 0.25 s apart are neighbours."""


def assign(runs: Runs, centroids: NDArray[np.float32]) -> NDArray[np.int64]:
    """Person of each run: the nearest voice, but never that of a longer neighbour.

    Where two local speakers of a window follow each other closely or overlap, the segmentation
    network has heard the voice change. On six recordings (two real or made for this project, four
    of `benchmarks/synthetic_hearings.py`) that was so in 29 of 31 cases where the shorter run had
    0.5 s or more, so a short run whose voice says otherwise is given to
    the next likeliest person.

    Parameters
    ----------
    runs
        Every run of the recording.
    centroids
        Unit vector of each person, shape (people, dimension).

    Returns
    -------
    ndarray
        Index of the person, shape (runs,).
    """
    likeness = runs.voices @ centroids.T
    nearest: NDArray[np.int64] = likeness.argmax(axis=1)
    if len(centroids) == 1:
        return nearest
    bounds = np.searchsorted(runs.places[:, 0], np.arange(len(runs.starts) + 1))
    for first, last in itertools.pairwise(bounds):
        window = slice(int(first), int(last))
        nearest[window] = keep_apart(
            nearest[window], likeness[window], runs.places[window], runs.clean_s[window]
        )
    return nearest


def keep_apart(
    people: NDArray[np.int64],
    likeness: NDArray[np.float32],
    places: NDArray[np.int32],
    clean_s: NDArray[np.float32],
) -> NDArray[np.int64]:
    """People of one window's runs, short runs moved away from the person of a longer neighbour."""
    moved = people.copy()
    for run in np.argsort(clean_s, kind="stable"):
        if clean_s[run] >= SHORT_S:
            break
        taken = moved[_longer_neighbours(int(run), places, clean_s)]
        if moved[run] in taken and len(np.unique(taken)) < likeness.shape[1]:
            allowed = likeness[run].copy()
            allowed[taken] = -np.inf
            moved[run] = allowed.argmax()
    return moved


def _longer_neighbours(
    run: int, places: NDArray[np.int32], clean_s: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Runs of other local speakers that are near in time and at least as long."""
    _, speaker, start, end = places[run]
    near = (places[:, 2] - end <= NEAR_FRAMES) & (start - places[:, 3] <= NEAR_FRAMES)
    longer: NDArray[np.bool_] = near & (places[:, 1] != speaker) & (clean_s >= clean_s[run])
    return longer
