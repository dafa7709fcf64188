"""How people differ is found where it is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.disguise_people import differences, directions
from benchmarks.disguise_teacher import Lessons
from hattama.disguise.bands import BANDS
from hattama.disguise.cepstra import CEPSTRA

SPEAKERS, FRAMES = 6, 4000
RNG = np.random.default_rng(5)
KNOWN = 0.2 * RNG.normal(size=(SPEAKERS, CEPSTRA, CEPSTRA - 1))


def taught() -> Lessons:
    """Speakers who form the average voice's sounds each by an affine map of his own."""
    average = RNG.normal(size=(SPEAKERS * FRAMES, CEPSTRA))
    speaker = np.repeat(np.arange(SPEAKERS), FRAMES)
    own = average.copy()
    for s in range(SPEAKERS):
        rows = speaker == s
        given = np.concatenate([average[rows, 1:], np.ones((FRAMES, 1))], axis=1)
        own[rows, 1:] += given @ KNOWN[s]
    bands = np.zeros((len(average), BANDS), np.float32)
    everywhere = np.ones(len(average), dtype=bool)
    mean, std = np.zeros(CEPSTRA), np.ones(CEPSTRA)
    content = np.zeros((1, 1), np.float32)
    return Lessons(
        bands, everywhere, speaker, own.astype("f4"), average.astype("f4"), content, mean, std
    )


def test_each_speaker_s_difference_from_all_is_recovered() -> None:
    fits, means = differences(taught())
    wanted = KNOWN - KNOWN.mean(axis=0)
    assert np.sqrt(np.mean((fits - wanted) ** 2)) < 0.06 * np.sqrt(np.mean(wanted**2))
    assert not np.any(means)


def test_directions_are_as_long_as_the_deviation_along_them() -> None:
    axis = np.array([3.0, 4.0, 0.0]) / 5.0
    rows = RNG.normal(size=(5000, 1)) * 2.0 * axis
    found = directions(rows - rows.mean(axis=0), 1)[0]
    assert np.linalg.norm(found) == pytest.approx(2.0, rel=0.05)
    assert abs(found @ axis) == pytest.approx(np.linalg.norm(found))
