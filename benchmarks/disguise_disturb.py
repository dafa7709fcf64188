"""The same speech from another throat, in another room: disturbances to train the map with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hattama.disguise.bands import BANDS, reading
from hattama.disguise.cepstra import cosines
from hattama.disguise.tract import stretched_from

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]


def disturbed(bands: Array, generator: np.random.Generator) -> Array:
    """Log band powers of speech, shape (frames, BANDS), changed at random.

    Each by its own chance: length of the vocal tract, colour, level, noise, echo, a missing top,
    and ripple.
    """
    if generator.random() < 0.7:
        factor = float(np.exp(generator.uniform(-0.16, 0.16)))
        bands = bands @ reading(stretched_from(factor)).astype(np.float32).T
    colour = generator.normal(size=6) * np.array([5.0, 3.0, 2.0, 1.5, 1.0, 1.0])
    bands = bands + generator.uniform() * colour @ cosines()[1:7] + generator.normal()
    if generator.random() < 0.5:
        bands = _noisy(bands, generator)
    if generator.random() < 0.3 and len(bands) > 100:
        bands = _echoing(bands, generator)
    if generator.random() < 0.2:
        bands[:, generator.integers(28, BANDS) :] -= generator.uniform(1.0, 5.0)
    ripple = generator.uniform(0.0, 0.35) * generator.normal(size=bands.shape)
    return np.asarray(bands + ripple, np.float32)


def _noisy(bands: Array, generator: np.random.Generator) -> Array:
    level = np.percentile(bands.mean(axis=1), 90) - generator.uniform(2.5, 9.0)
    noise = level + generator.normal(size=3) * np.array([6.0, 4.0, 2.0]) @ cosines()[1:4]
    return np.asarray(np.logaddexp(bands, noise + 0.5 * generator.normal(size=bands.shape)))


def _echoing(bands: Array, generator: np.random.Generator) -> Array:
    late, share = int(generator.integers(8, 40)), np.exp(generator.uniform(-4.5, -2.0))
    power = np.exp(bands)
    heard = power.copy()
    heard[late:] += share * power[:-late]
    heard[2 * late :] += 2.0 * share**2 * power[: -2 * late]
    return np.asarray(np.log(heard))
