"""The length of a tract is found where it is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.disguise_teacher import Lessons
from benchmarks.disguise_tract import best_logs, slopes, stretched
from hattama.disguise.bands import BANDS
from hattama.disguise.cepstra import CEPSTRA, cosines

FRAMES = 3000
RNG = np.random.default_rng(8)


def taught(logs: np.ndarray) -> Lessons:
    """Speakers who say the same, each with a tract of his own."""
    every = RNG.normal(size=(FRAMES, 13)) @ cosines()[:13] * 2.0
    bands = np.concatenate([stretched(every, -log) for log in logs])
    count = len(logs)
    target = np.tile(every @ cosines().T, (count, 1)).astype("f4")
    return Lessons(
        bands.astype("f4"),
        np.ones(len(bands), dtype=bool),
        np.repeat(np.arange(count), FRAMES),
        target,
        target,
        np.zeros((1, 1), np.float32),
        np.zeros(CEPSTRA),
        np.ones(CEPSTRA),
    )


def test_the_factor_that_was_hidden_is_found() -> None:
    hidden = np.array([-0.12, -0.05, 0.0, 0.05, 0.12])
    assert np.allclose(best_logs(taught(hidden)), hidden, atol=0.02)


def test_stretching_by_nothing_changes_nothing() -> None:
    bands = RNG.normal(size=(5, BANDS))
    assert np.allclose(stretched(bands, 0.0), bands)


def test_what_tells_the_factor_is_found_and_colours_are_not_taken_for_it() -> None:
    octave = RNG.normal(size=4000) * 0.4
    shapes = RNG.normal(size=(4000, CEPSTRA - 1)) * 0.4
    found = slopes(-0.1 * octave + 0.02 * shapes[:, 11], octave, shapes)
    assert found[0] == pytest.approx(-0.1, abs=0.01)
    assert found[12] == pytest.approx(0.015, abs=0.006)
    rest = np.delete(found, [0, 12])
    assert np.max(np.abs(rest)) < 0.003
