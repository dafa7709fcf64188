"""How much of a sound the map says, frequency by frequency."""

from __future__ import annotations

import numpy as np
import pytest

from hattama.disguise.bands import centres
from hattama.disguise.blend import HIGH_HZ, LOW_HZ, blend
from hattama.disguise.cepstra import CEPSTRA, cosines

OFF = np.random.default_rng(4).normal(size=CEPSTRA) / (1.0 + np.arange(CEPSTRA))
OFF[0] = 0.0


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_one_share_for_all_frequencies_is_that_share(share: float) -> None:
    assert np.allclose(blend(share, share) @ OFF, share * OFF)


def test_the_map_says_its_first_share_of_low_bands_and_its_second_of_high_ones() -> None:
    smooth = OFF.copy()
    smooth[8:] = 0.0  # a step within the bands does not ring there
    given, said = smooth @ cosines(), (blend(1.0, 0.5) @ smooth) @ cosines()
    # The level stays, so that only differences between bands tell.
    low, high = centres() < 0.8 * LOW_HZ, centres() > 1.25 * HIGH_HZ
    for bands, share in ((low, 1.0), (high, 0.5)):
        slope = np.polyfit(given[bands], said[bands], 1)[0]
        assert abs(slope - share) < 0.1


def test_the_level_neither_gives_nor_takes() -> None:
    matrix = blend(0.9, 0.3)
    assert not np.any(matrix[0])
    assert not np.any(matrix[:, 0])
