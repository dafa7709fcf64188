"""Takes the speaker's long-term spectrum and its spread out of the cepstra, as he speaks.

Mean and variance of each cepstral coefficient are estimated from the speech heard so far. They
start at the population's values and count as `PRIOR_S` seconds of speech, so that the first word
is already treated and nothing jumps. O. Viikki and K. Laurila, doi:10.1016/S0167-6393(98)00033-8.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.framing import FRAMES_PER_S, Array
from hattama.disguise.kernels import kernel

PRIOR_S: Final = 1.0
"""How much speech the population's statistics count for."""

_MEMORY_S: Final = 20.0


class NormaliserState(NamedTuple):
    """What is known of the speaker, and of speakers in general."""

    population_mean: Array
    """Shape (CEPSTRA,)."""

    population_std: Array
    """Shape (CEPSTRA,)."""

    mean: Array
    """Estimate for this speaker, shape (CEPSTRA,)."""

    square: Array
    """Estimate of the mean square about the population's mean, shape (CEPSTRA,)."""

    weight: Array
    """Frames that the estimates stand for, shape (1,)."""


def normaliser_state(mean: Array, std: Array) -> NormaliserState:
    """A normaliser that has heard nobody.

    Parameters
    ----------
    mean, std
        Of the population, shape (CEPSTRA,).
    """
    return NormaliserState(
        mean.copy(),
        std.copy(),
        mean.copy(),
        std**2,
        np.array([PRIOR_S * FRAMES_PER_S]),
    )


@kernel
def learn(state: NormaliserState, cepstra: Array) -> None:
    """Let a frame of speech move the estimates."""
    state.weight[0] = min(state.weight[0] + 1.0, _MEMORY_S * FRAMES_PER_S)
    rate = 1.0 / state.weight[0]
    for i in range(CEPSTRA):
        state.mean[i] += rate * (cepstra[i] - state.mean[i])
        apart = cepstra[i] - state.population_mean[i]
        state.square[i] += rate * (apart * apart - state.square[i])


@kernel
def normalise(state: NormaliserState, cepstra: Array, amount: float) -> None:
    """Replace the speaker's mean and spread by the population's, in place.

    Coefficient 0, the level, is left to `level.py`.

    Parameters
    ----------
    state
        The estimates.
    cepstra
        Shape (CEPSTRA,).
    amount
        0 leaves the cepstra alone, 1 replaces the speaker's statistics wholly.
    """
    for i in range(1, CEPSTRA):
        shift = state.mean[i] - state.population_mean[i]
        spread = np.sqrt(max(state.square[i] - shift * shift, 1e-4))
        gain = min(2.0, max(0.5, state.population_std[i] / spread))
        wanted = state.population_mean[i] + gain * (cepstra[i] - state.mean[i])
        cepstra[i] += amount * (wanted - cepstra[i])
