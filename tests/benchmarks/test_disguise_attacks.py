"""What an attacker makes of his scores."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.disguise_attacks import Trials, equal_error_rate, pooled


def draw(seed: int, apart: float, trials: int = 4000) -> Trials:
    """Scores of which the speaker's own are higher by a number of standard deviations."""
    generator = np.random.default_rng(seed)
    same = generator.random(trials) < 0.1
    return Trials(generator.normal(size=trials) + apart * same, same, np.zeros(trials, np.int64))


@pytest.mark.parametrize(("apart", "rate"), [(0.0, 0.5), (2.0, 0.1587), (6.0, 0.0013)])
def test_the_equal_error_rate_is_that_of_two_normal_distributions(
    apart: float, rate: float
) -> None:
    trials = draw(1, apart, 100_000)
    assert equal_error_rate(trials.scores, trials.same) == pytest.approx(rate, abs=0.01)


def test_pooled_draws_keep_each_score_with_its_speaker() -> None:
    one, two = draw(1, 1.0), draw(2, 3.0)
    both = pooled([one, two])
    assert np.array_equal(both.scores[both.same], np.r_[one.scores[one.same], two.scores[two.same]])
    low, high = (equal_error_rate(t.scores, t.same) for t in (two, one))
    assert low < equal_error_rate(both.scores, both.same) < high
