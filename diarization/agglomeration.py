"""Agglomerative clustering of weighted vectors by the cosine of their centroids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

APART = np.float32(np.inf)
"""Distance of clusters that are never joined."""


def agglomerate(
    vectors: NDArray[np.float32],
    weights: NDArray[np.float32],
    *,
    threshold: float,
    fewest: int = 1,
    most: int | None = None,
) -> NDArray[np.int64]:
    """Join the two nearest clusters again and again until they are too far apart.

    The distance of two clusters is one less the cosine of their weighted means. Memory is
    quadratic in the number of vectors, so give at most a few thousand.

    Parameters
    ----------
    vectors
        Unit vectors, shape (n, dimension).
    weights
        How much each vector counts, over 0, shape (n,).
    threshold
        Clusters nearer than this are joined, 0 to 2.
    fewest
        Joining stops at this number of clusters, whatever the threshold.
    most
        Joining goes on down to this number of clusters, whatever the threshold.

    Returns
    -------
    ndarray
        Cluster of each vector, numbered from 0 by first appearance, shape (n,).
    """
    count = len(vectors)
    labels = np.arange(count)
    if count == 0:
        return labels
    sums = (vectors * weights[:, None]).astype(np.float64)
    distances = _distances(sums)
    alive = count
    while alive > fewest:
        a, b = divmod(int(distances.argmin()), count)
        if distances[a, b] >= threshold and (most is None or alive <= most):
            break
        a, b = min(a, b), max(a, b)
        sums[a] += sums[b]
        labels[labels == b] = a
        distances[b, :] = distances[:, b] = APART
        row = _row(sums, a)
        row[np.isinf(distances[a])] = APART
        distances[a, :] = distances[:, a] = row
        alive -= 1
    return by_first_appearance(labels)


def by_first_appearance(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same partition with labels 0, 1, … in the order in which they first appear."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    numbered: NDArray[np.int64] = rank[inverse]
    return numbered


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Vectors scaled to length one along the last axis; zeros stay zeros."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.maximum(norms, 1e-9)).astype(np.float32)


def _distances(sums: NDArray[np.float64]) -> NDArray[np.float32]:
    directions = unit(sums)
    distances = (1.0 - directions @ directions.T).astype(np.float32)
    np.fill_diagonal(distances, APART)
    return distances


def _row(sums: NDArray[np.float64], index: int) -> NDArray[np.float32]:
    row = (1.0 - unit(sums) @ unit(sums[index])).astype(np.float32)
    row[index] = APART
    return row
