"""What of the speaker is left behind normaliser and map, taken off as he speaks.

Who speaks shows in how he forms each kind of sound on the whole (the class means of D. A. Reynolds
et al., doi:10.1006/dspr.1999.0361). So for each of a few kinds the mean of what sets the disguise
apart from everybody's is followed, and taken off. Loud frames count for more: powers are what
listeners and one of the two embeddings go by.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.framing import FRAMES_PER_S
from hattama.disguise.kernels import kernel
from hattama.disguise.normalise import NormaliserState
from hattama.disguise.stored import stored_as

if TYPE_CHECKING:
    from hattama.disguise.framing import Array

_PRIOR_S: Final = 0.5  # of each kind, for which a speaker counts as like everybody
_MEMORY_S: Final = 10.0  # of each kind


class Kinds(NamedTuple):
    """Kinds of sound; see `disguise/data/README.md`."""

    centre: Array
    """Where each lies in what the map says, in standard deviations about everybody's mean,
    cepstra 1 to `compared`, shape (kinds, compared)."""

    natural: Array
    """Mean of normalised speech in each kind, likewise, shape (kinds, CEPSTRA - 1)."""

    mapped: Array
    """Mean of what the map says in each kind, likewise, shape (kinds, CEPSTRA - 1)."""


class RemainderState(NamedTuple):
    """What is known of the speaker, kind by kind."""

    times: float
    """See `Profile.remainder`."""

    centre: Array
    """See `Kinds.centre`."""

    usual: Array
    """Everybody's mean of each kind, in cepstra, shape (kinds, CEPSTRA)."""

    left: Array
    """Mean of what sets this speaker apart from it, shape (kinds, CEPSTRA)."""

    weight: Array
    """Frames for which that counts, shape (kinds,)."""

    share: Array
    """Scratch: how far a frame is of each kind, shape (kinds,)."""

    rest: Array
    """Scratch: what sets a frame apart, shape (CEPSTRA,)."""


@cache
def kinds() -> Kinds:
    """The kinds that come with the program."""
    return stored_as(Kinds, "kinds.npz")


def remainder_state(mean: Array, std: Array, blended: Array, times: float) -> RemainderState:
    """Nothing known yet.

    Parameters
    ----------
    mean, std
        Of the population, shape (CEPSTRA,).
    blended
        How the map goes into the speaker's own cepstra (`blend.py`), shape (CEPSTRA, CEPSTRA).
    times
        How often what is left is taken off: 0 not at all, 1 as often as it is there.
    """
    known = kinds()
    natural, mapped = known.natural * std[1:], known.mapped * std[1:]
    usual = np.tile(mean, (len(natural), 1))
    usual[:, 1:] += natural + (mapped - natural) @ blended[1:, 1:].T
    return RemainderState(
        times,
        known.centre,
        usual,
        np.zeros_like(usual),
        np.full(len(usual), _PRIOR_S * FRAMES_PER_S),
        np.zeros(len(usual)),
        np.zeros(CEPSTRA),
    )


@kernel
def _recognise(state: RemainderState, normaliser: NormaliserState, mapped: Array) -> None:
    """Write to `state.share` how far a frame is of each kind."""
    centre, share = state.centre, state.share
    mean, std = normaliser.population_mean, normaliser.population_std
    best = 0.0
    for k in range(centre.shape[0]):
        off = 0.0
        for i in range(centre.shape[1]):
            apart = (mapped[i + 1] - mean[i + 1]) / std[i + 1] - centre[k, i]
            off += apart * apart
        share[k] = off
        best = off if k == 0 else min(best, off)
    total = 0.0
    for k in range(centre.shape[0]):
        share[k] = np.exp(best - share[k])
        total += share[k]
    for k in range(centre.shape[0]):
        share[k] /= total


@kernel
def take_remainder(
    state: RemainderState,
    normaliser: NormaliserState,
    mapped: Array,
    cepstra: Array,
    counted: float,
) -> None:
    """Learn from a frame, and take off it what of the speaker is left; the level stays.

    Parameters
    ----------
    state
        What is known of the remainder.
    normaliser
        Holds everybody's mean and spread.
    mapped
        What the map says of the frame, which tells its kind, shape (CEPSTRA,).
    cepstra
        The disguise so far, changed in place, shape (CEPSTRA,).
    counted
        How much the frame counts, 0 to 1; 0 where nobody speaks.
    """
    _recognise(state, normaliser, mapped)
    share, rest, left = state.share, state.rest, state.left
    for i in range(1, CEPSTRA):
        rest[i] = cepstra[i]
        for k in range(left.shape[0]):
            rest[i] -= share[k] * state.usual[k, i]
    for k in range(left.shape[0]):
        belongs = counted * share[k]
        state.weight[k] = min(state.weight[k] + belongs, _MEMORY_S * FRAMES_PER_S)
        rate = belongs / state.weight[k]
        for i in range(1, CEPSTRA):
            left[k, i] += rate * (rest[i] - left[k, i])
            cepstra[i] -= state.times * share[k] * left[k, i]
