"""Average linkage, against SciPy's, and the cut at the widest gap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from hattama.diarization.agglomeration import by_first_appearance, dendrogram, unit


def voices(people: int, each: int, spread: float, seed: int = 0) -> NDArray[np.float32]:
    """Unit vectors around random directions, person by person."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.standard_normal((people, 64)))
    return unit(
        np.repeat(centres, each, axis=0) + spread * rng.standard_normal((people * each, 64))
    )


@given(st.integers(2, 40), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_joins_are_those_of_scipy(count: int, seed: int) -> None:
    vectors = unit(np.random.default_rng(seed).standard_normal((count, 16)))
    ours = dendrogram(vectors, np.ones(count))
    theirs = linkage(vectors.astype(np.float64), "average", metric="cosine")
    np.testing.assert_allclose(ours.heights, theirs[:, 2], atol=1e-5)
    for clusters in (1, 2, max(1, count // 2)):
        expected = fcluster(theirs, clusters, "maxclust").astype(np.int64)
        assert np.array_equal(ours.cut(clusters), by_first_appearance(expected))


def test_clusters_of_clusters_join_as_their_members_would() -> None:
    vectors = voices(3, 12, 0.05, seed=3)
    pairs = vectors.reshape(18, 2, -1).sum(axis=1)
    whole, halves = dendrogram(vectors, np.ones(36)), dendrogram(pairs, np.full(18, 2.0))
    np.testing.assert_allclose(whole.heights[-2:], halves.heights[-2:], atol=1e-5)


@pytest.mark.parametrize("people", [1, 2, 3, 7])
@pytest.mark.parametrize("spread", [0.02, 0.08])
def test_the_widest_gap_counts_people_however_much_one_voice_varies(
    people: int, spread: float
) -> None:
    vectors = voices(people, 15, spread, seed=people)
    tree = dendrogram(vectors, np.ones(len(vectors)))
    assert tree.count_at_widest_gap(0.3, 0.62) == people


def test_bounds_win_over_the_gap() -> None:
    tree = dendrogram(voices(4, 10, 0.05), np.ones(40))
    assert tree.count_at_widest_gap(0.3, 0.62, fewest=6) >= 6
    assert tree.count_at_widest_gap(0.3, 0.62, most=3) == 3
    assert tree.count_at_widest_gap(0.3, 0.62, fewest=2, most=2) == 2
    assert tree.count_at_widest_gap(0.3, 0.62, fewest=99, most=99) == 40


def test_one_voice_is_one_cluster() -> None:
    tree = dendrogram(voices(1, 1, 0.0), np.ones(1))
    assert tree.count_at_widest_gap(0.3, 0.62) == 1
    assert tree.cut(1).tolist() == [0]


def test_zeros_stay_zeros_when_scaled() -> None:
    assert not unit(np.zeros((2, 4))).any()
