"""Agglomerative clustering of voices by average linkage.

The distance of two clusters is the mean cosine distance of their members, which for unit vectors
follows from sums alone: 1 - (s_a . s_b) / (m_a m_b), with s the sum and m the number (or mass) of
the members. So clusters of clusters join exactly as their members would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

APART = np.float32(9.0)
"""More than any cosine distance: no cluster is here."""


@dataclass(frozen=True, slots=True)
class Dendrogram:
    """All joins of n clusters, from n down to one."""

    heights: NDArray[np.float64]
    """Distance at each join, not falling, shape (n - 1,)."""
    pairs: NDArray[np.int64]
    """The clusters joined: the second becomes part of the first, shape (n - 1, 2)."""

    @property
    def size(self) -> int:
        """Number of clusters at the start."""
        return len(self.heights) + 1

    def cut(self, count: int) -> NDArray[np.int64]:
        """Labels 0, 1, … by first appearance when `count` clusters are left, shape (n,)."""
        labels = np.arange(self.size)
        for kept, gone in self.pairs[: self.size - count]:
            labels[labels == gone] = kept
        return by_first_appearance(labels)

    def count_below(self, distance: float) -> int:
        """Clusters that are left when everything nearer than `distance` is joined."""
        return self.size - int(np.searchsorted(self.heights, distance, side="left"))

    def count_at_widest_gap(
        self, surely_one: float, surely_two: float, fewest: int = 1, most: int | None = None
    ) -> int:
        """Number of clusters where the next join is furthest above the last one.

        Parameters
        ----------
        surely_one
            Joins below this distance are never undone, so gaps count from here.
        surely_two
            Joins above this distance are never made, so gaps count up to here.
        fewest, most
            Bounds that the answer is moved into; there is no upper one where `most` is None.
        """
        clipped = np.clip(self.heights, surely_one, surely_two)
        edges = np.concatenate([[surely_one], clipped, [surely_two]])
        gaps = np.diff(edges)[::-1]  # gaps[k - 1] is the room above the joins that leave k clusters
        widest = 1 + int(np.argmax(gaps))
        most = self.size if most is None else most
        return min(max(fewest, min(widest, most)), self.size)


def dendrogram(sums: NDArray[np.floating], masses: NDArray[np.floating]) -> Dendrogram:
    """Join the two nearest clusters until one is left.

    Memory grows with the square and time with the cube of n, so give at most about a thousand.

    Parameters
    ----------
    sums
        Weighted sums of the members' unit vectors, shape (n, dimension), n at least 1.
    masses
        Sums of the members' weights, over 0, shape (n,).
    """
    mass = masses.astype(np.float64)
    means = sums / mass[:, None]
    distances = (1.0 - means @ means.T).astype(np.float32)
    np.fill_diagonal(distances, APART)
    heights, pairs = [], []
    for _ in range(len(mass) - 1):
        a, b = sorted(divmod(int(distances.argmin()), len(mass)))
        heights.append(float(distances[a, b]))
        pairs.append((a, b))
        _join(distances, mass, a, b)
    joins = np.array(pairs, np.int64).reshape(-1, 2)
    return Dendrogram(np.maximum.accumulate(np.array(heights, np.float64)), joins)


def _join(distances: NDArray[np.float32], mass: NDArray[np.float64], a: int, b: int) -> None:
    """Make b part of a, by Lance and Williams' update for average linkage."""
    gone = distances[a] >= APART
    row = (mass[a] * distances[a] + mass[b] * distances[b]) / (mass[a] + mass[b])
    row[gone] = APART
    row[b] = APART
    mass[a] += mass[b]
    distances[a, :] = distances[:, a] = row
    distances[b, :] = distances[:, b] = APART


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
    units: NDArray[np.float32] = (vectors / np.maximum(norms, 1e-9)).astype(np.float32)
    return units
