"""Which local speakers of all windows are the same person.

Long, clean stretches found the clusters; short ones are only assigned to them. Local speakers of
one window are different people and never get the same cluster. Blocks of bounded size are
clustered first and their clusters then joined, so memory does not grow with the recording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from hattama.diarization.agglomeration import agglomerate, by_first_appearance, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOBODY = -1
"""Cluster of a local speaker that never spoke."""
SEED_S = 1.5
"""Clean speech from which a voice is reliable enough to found a cluster, seconds."""
BLOCK = 600
"""Voices that are clustered at a time."""
TIGHTER = 0.7
"""Part of the threshold at which a block's voices are joined; the rest is left to the whole."""


def cluster(
    voices: NDArray[np.float32],
    clean_s: NDArray[np.float32],
    active: NDArray[np.bool_],
    *,
    threshold: float,
    fewest: int = 1,
    most: int | None = None,
) -> NDArray[np.int64]:
    """Person of each local speaker.

    Parameters
    ----------
    voices
        Unit vectors, shape (windows, local speakers, dimension).
    clean_s
        Seconds of speech behind each, shape (windows, local speakers).
    active
        Whether the local speaker speaks at all, shape (windows, local speakers).
    threshold
        Cosine distance at which two voices are two people.
    fewest, most
        Bounds of the number of people; no upper bound where `most` is None.

    Returns
    -------
    ndarray
        Shape (windows, local speakers), `NOBODY` where the local speaker is not active.
    """
    if not active.any():
        return np.full(active.shape, NOBODY, np.int64)
    seeds = choose_seeds(clean_s, active, fewest)
    labels = two_stages(voices[seeds], clean_s[seeds], threshold, fewest, most)
    centroids = weighted_centroids(voices[seeds], clean_s[seeds], labels)
    return assign(voices, active, centroids)


def choose_seeds(
    clean_s: NDArray[np.float32], active: NDArray[np.bool_], fewest: int
) -> NDArray[np.bool_]:
    """Local speakers with enough clean speech; the best ones where too few have it."""
    seeds = active & (clean_s >= SEED_S)
    if seeds.sum() >= fewest and seeds.any():
        return seeds
    order = np.argsort(np.where(active, clean_s, -1).ravel())[::-1]
    best = np.zeros(active.size, bool)
    best[order[: max(fewest, int(seeds.sum()), 1)]] = True
    return best.reshape(active.shape) & active


def two_stages(
    vectors: NDArray[np.float32],
    weights: NDArray[np.float32],
    threshold: float,
    fewest: int,
    most: int | None,
) -> NDArray[np.int64]:
    """Labels of vectors: blocks first, with a tighter threshold, then the blocks' clusters."""
    labels = np.zeros(len(vectors), np.int64)
    found = 0
    if len(vectors) <= BLOCK:
        return agglomerate(vectors, weights, threshold=threshold, fewest=fewest, most=most)
    for first in range(0, len(vectors), BLOCK):
        part = slice(first, first + BLOCK)
        labels[part] = found + agglomerate(
            vectors[part], weights[part], threshold=threshold * TIGHTER, fewest=fewest
        )
        found = int(labels[part].max()) + 1
    centroids = weighted_centroids(vectors, weights, labels)
    masses = np.bincount(labels, weights, found).astype(np.float32)
    if found >= len(vectors):
        joined = agglomerate(centroids, masses, threshold=threshold, fewest=fewest, most=most)
    else:
        joined = two_stages(centroids, masses, threshold, fewest, most)
    return by_first_appearance(joined[labels])


def weighted_centroids(
    vectors: NDArray[np.float32], weights: NDArray[np.float32], labels: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Unit vector of each cluster, shape (clusters, dimension)."""
    sums = np.zeros((int(labels.max()) + 1, vectors.shape[1]))
    np.add.at(sums, labels, vectors * weights[:, None])
    return unit(sums)


def assign(
    voices: NDArray[np.float32], active: NDArray[np.bool_], centroids: NDArray[np.float32]
) -> NDArray[np.int64]:
    """Best one-to-one assignment of each window's local speakers to people.

    A window with more local speakers than there are people leaves the rest to the nearest.
    """
    likeness = voices @ centroids.T
    clusters = np.full(active.shape, NOBODY, np.int64)
    for window, present in enumerate(active):
        speakers = np.flatnonzero(present)
        rows, columns = linear_sum_assignment(-likeness[window, speakers])
        clusters[window, speakers] = likeness[window, speakers].argmax(axis=1)
        clusters[window, speakers[rows]] = columns
    return clusters
