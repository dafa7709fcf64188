"""The length of the speaker's vocal tract, evened out before anything else is done.

In a shorter tract every formant lies higher. The mean of the cepstra, which `normalise.py` takes
off, does not bring the formants back together, so the envelope is stretched first, from the
speaker's length to everybody's (L. Lee and R. Rose, doi:10.1109/89.650310). They search for the
factor; here it is a linear function of mean pitch and mean cepstra as heard so far, which start at
everybody's, so that nothing has to be waited for (`benchmarks/disguise_tract.py`).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hattama.disguise.bands import BANDS, centres
from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.framing import FRAMES_PER_S
from hattama.disguise.kernels import kernel
from hattama.disguise.stored import stored

if TYPE_CHECKING:
    from hattama.disguise.framing import Array

_PRIOR_S: Final = 1.5  # how much speech everybody's mean cepstra count for,
_PRIOR_VOICED_S: Final = 0.4  # and how much voiced speech everybody's pitch
_MEMORY_S: Final = 20.0
_WIDEST: Final = 0.24  # the logarithm of a factor, either way
_STEPS: Final = 49
_STRAIGHT_HZ: Final = 7000.0  # above this the envelope is bent so that 8 kHz stays in its place


class TractState(NamedTuple):
    """What tells of the speaker's tract, and how to stretch an envelope."""

    octave: float
    """Everybody's mean pitch, log2 of Hz."""

    slopes: Array
    """What an octave of pitch, and then a deviation of each cepstrum from 1 up, adds to the
    logarithm of the factor, shape (CEPSTRA,)."""

    places: Array
    """Which band, and part of the way to the next, each band is read from, for factors whose
    logarithms are evenly spaced from -_WIDEST to _WIDEST, shape (_STEPS, BANDS)."""

    heard: Array
    """Mean octaves above everybody's, voiced frames and frames of speech so far, shape (3,)."""

    shape: Array
    """Mean cepstra about the population's, in its deviations, shape (CEPSTRA,)."""

    bands: Array
    """Scratch, shape (BANDS,)."""


def stretched_from(factor: float) -> Array:
    """Hz at which each band is read, so that formants move up by `factor`, shape (BANDS,)."""
    top = _STRAIGHT_HZ * min(1.0, factor)
    return np.asarray(np.interp(centres(), [0.0, top, 8000.0], [0.0, top / factor, 8000.0]))


def reading_places(factor: float) -> Array:
    """The same as places among the bands, whole and part of the way to the next: (BANDS,)."""
    return np.asarray(np.interp(stretched_from(factor), centres(), np.arange(BANDS)))


@cache
def _stored() -> tuple[float, Array, Array]:
    data = stored("tract.npz")
    logs = np.linspace(-_WIDEST, _WIDEST, _STEPS)
    places = np.stack([reading_places(float(np.exp(log))) for log in logs])
    return float(data["octave"]), data["slopes"].astype(np.float64), places


def tract_state() -> TractState:
    """A tract that was not heard yet."""
    return TractState(*_stored(), np.zeros(3), np.zeros(CEPSTRA), np.zeros(BANDS))


@kernel
def hear_pitch(state: TractState, hz: float) -> None:
    """Take in the pitch of a voiced frame."""
    state.heard[1] = min(state.heard[1] + 1.0, _MEMORY_S * FRAMES_PER_S)
    state.heard[0] += (np.log2(hz) - state.octave - state.heard[0]) / state.heard[1]


@kernel
def hear_shape(state: TractState, cepstra: Array, mean: Array, std: Array) -> None:
    """Take in the cepstra of a frame of speech, given the population's mean and deviation."""
    state.heard[2] = min(state.heard[2] + 1.0, _MEMORY_S * FRAMES_PER_S)
    for i in range(1, CEPSTRA):
        apart = (cepstra[i] - mean[i]) / std[i]
        state.shape[i] += (apart - state.shape[i]) / state.heard[2]


@kernel
def log_factor(state: TractState) -> float:
    """Logarithm of the factor by which the speaker's formants lie below everybody's."""
    voiced, spoken = state.heard[1], state.heard[2]
    total = state.slopes[0] * state.heard[0] * voiced / (voiced + _PRIOR_VOICED_S * FRAMES_PER_S)
    trust = spoken / (spoken + _PRIOR_S * FRAMES_PER_S)
    for i in range(1, CEPSTRA):
        total += state.slopes[i] * state.shape[i] * trust
    return float(total)


@kernel
def even_tract(state: TractState, bands: Array, amount: float) -> None:
    """Stretch an envelope, in place, as from a tract of everybody's length.

    Parameters
    ----------
    state
        What was heard.
    bands
        Log band powers, shape (BANDS,).
    amount
        0 leaves the envelope alone, 1 stretches it wholly.
    """
    step = (amount * log_factor(state) + _WIDEST) * (0.5 * (_STEPS - 1) / _WIDEST)
    step = min(_STEPS - 1.001, max(0.0, step))
    row = int(step)
    state.bands[:] = bands
    for b in range(BANDS):
        place = state.places[row, b]
        place += (step - row) * (state.places[row + 1, b] - place)
        below = min(BANDS - 2, int(place))
        part = place - below
        bands[b] = (1.0 - part) * state.bands[below] + part * state.bands[below + 1]
