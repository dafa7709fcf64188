"""Which runs of a recording are the same person.

Long runs found the clusters; short ones are only given to them, because their voices are not
reliable. Blocks of bounded size are clustered first and their clusters then joined by the same
measure, so memory does not grow with the square of the recording's length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hattama.diarization.agglomeration import Dendrogram, by_first_appearance, dendrogram, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hattama.diarization.options import DiarizationOptions

SEED_S = 1.2
"""Clean speech from which a run is reliable enough to found a cluster, seconds."""
BLOCK = 600
"""Runs that are clustered at a time."""
SMALLEST_SHARE = 1e-3
"""A cluster with less of all speech than this is no person of its own."""
PASSES = 2
"""Times that centroids are computed again from the runs nearest to them."""


def people(
    voices: NDArray[np.float32], clean_s: NDArray[np.float32], options: DiarizationOptions
) -> NDArray[np.float32]:
    """Voices of the people in a recording.

    Parameters
    ----------
    voices
        Unit vector of each run, shape (runs, dimension), at least one run.
    clean_s
        Seconds of speech behind each, shape (runs,).
    options
        Bounds of the number of people, and what counts as one voice and as two.

    Returns
    -------
    ndarray
        Unit vector of each person, shape (people, dimension).
    """
    seeds = choose_seeds(clean_s, options.bounds[0])
    found = voices[seeds]
    centroids = centroids_of(found, two_stages(found, np.ones(len(found)), options))
    for _ in range(PASSES):
        nearest = (found @ centroids.T).argmax(axis=1)
        if len(np.unique(nearest)) < len(centroids):
            break
        centroids = centroids_of(found, nearest)
    return centroids


def choose_seeds(clean_s: NDArray[np.float32], fewest: int) -> NDArray[np.intp]:
    """Runs with enough clean speech, in time; the longest ones where too few have it."""
    seeds = np.flatnonzero(clean_s >= SEED_S)
    if len(seeds) >= fewest:
        return seeds
    return np.sort(np.argsort(-clean_s, kind="stable")[:fewest])


def two_stages(
    sums: NDArray[np.floating], masses: NDArray[np.floating], options: DiarizationOptions
) -> NDArray[np.int64]:
    """Person of each cluster: blocks first, joined where surely one, then the blocks' clusters."""
    if len(masses) <= BLOCK:
        return last_stage(sums, masses, options)
    labels = np.zeros(len(masses), np.int64)
    found = 0
    for first in range(0, len(masses), BLOCK):
        part = slice(first, first + BLOCK)
        joins = dendrogram(sums[part], masses[part])
        count = max(joins.count_below(options.surely_one), min(options.bounds[0], joins.size))
        labels[part] = found + joins.cut(count)
        found += count
    joined_sums, joined_masses = _totals(sums, masses, labels)
    if found == len(masses):  # nothing is alike, so more rounds would not help
        return last_stage(joined_sums, joined_masses, options)[labels]
    return by_first_appearance(two_stages(joined_sums, joined_masses, options)[labels])


def last_stage(
    sums: NDArray[np.floating], masses: NDArray[np.floating], options: DiarizationOptions
) -> NDArray[np.int64]:
    """Person of each cluster; clusters too small to be a person go to the nearest one."""
    fewest, most = options.bounds
    large = masses >= SMALLEST_SHARE * masses.sum()
    if large.sum() < fewest:
        large[np.argsort(-masses)[:fewest]] = True
    joins: Dendrogram = dendrogram(sums[large], masses[large])
    count = joins.count_at_widest_gap(options.surely_one, options.surely_two, fewest, most)
    labels = np.zeros(len(masses), np.int64)
    labels[large] = joins.cut(count)
    centroids = centroids_of(sums[large], labels[large])
    labels[~large] = (unit(sums[~large]) @ centroids.T).argmax(axis=1)
    return labels


def centroids_of(vectors: NDArray[np.floating], labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Unit vector of each cluster, shape (clusters, dimension)."""
    return unit(_totals(vectors, np.ones(len(labels)), labels)[0])


def _totals(
    sums: NDArray[np.floating], masses: NDArray[np.floating], labels: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    total = np.zeros((int(labels.max()) + 1, sums.shape[1]))
    np.add.at(total, labels, sums)
    return total, np.bincount(labels, masses).astype(np.float64)
