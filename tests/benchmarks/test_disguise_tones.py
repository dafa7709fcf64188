from __future__ import annotations

import numpy as np
import pytest

from benchmarks.disguise_tones import disguised, excess, excess_db, tone


@pytest.mark.parametrize("hz", [220.0, 1000.0, 3100.0])
def test_a_tone_does_not_come_out_at_its_own_frequency(hz: float) -> None:
    said = disguised("strong", hz)
    assert excess(said, hz) < 12.0
    assert excess(said, hz, mixed_db=-30.0) > excess(said, hz) + 6.0  # what a leak would add


def test_the_measure_finds_a_tone_in_noise_and_none_in_noise_alone() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 40_000).astype(np.float32)
    assert abs(excess_db(noise, 1000.0)) < 6.0
    assert excess_db(noise + 0.1 * tone(1000.0), 1000.0) > 6.0
