"""What of the speaker is left behind normaliser and map, taken off as he speaks.

Who speaks shows in how he forms each kind of sound on the whole (the class means of D. A. Reynolds
et al., doi:10.1006/dspr.1999.0361). How people differ in one kind tells how they differ in the
others, so from what was heard of a speaker so far the likeliest of everything is estimated: his
weights on the main ways in which people differ, eigenvoices (R. Kuhn et al.,
doi:10.1109/89.876308). They are told by his speech as the normaliser leaves it and by what the map
says of it together; what they make of the mixture of the two, in the kinds that a frame is of, is
taken off. Those ways hold what people have in common in how they differ, and nobody wholly; so his
mean over all sounds that they miss, his bias, can be taken off as well. Loud frames count for more,
and it is loud frames that it is taken off: powers are what listeners and one of the two embeddings
go by, and words stand in the faint ones.
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
    from numpy.typing import NDArray

    from hattama.disguise.framing import Array

ALIKE_FRAMES: Final = 9.0
"""Frames of speech in a row that tell as much of a speaker as one on its own would."""

_BIAS_PRIOR_FRAMES: Final = 80.0  # that count for no bias
_RIDGE: Final = 0.6  # of each variance of the scatter, which 125 people hardly tell
_MEMORY_S: Final = 60.0
_EVERY: Final = 16  # frames; between them the estimate stays


class Kinds(NamedTuple):
    """Kinds of sound; see `disguise/data/README.md`."""

    centre: Array
    """Where each lies in what the map says, in standard deviations about everybody's mean,
    cepstra 1 to `compared`, shape (kinds, compared)."""

    natural: Array
    """Mean of normalised speech in each kind, likewise, shape (kinds, CEPSTRA - 1)."""

    mapped: Array
    """Mean of what the map says in each kind, likewise, shape (kinds, CEPSTRA - 1)."""

    scatter: Array
    """How frames lie about these means, covariance of normalised speech and of what the map
    says, shape (2 * (CEPSTRA - 1),) * 2."""

    ways: Array
    """How people differ from them, likewise, shape (kinds, 2 * (CEPSTRA - 1), ways)."""


class RemainderState(NamedTuple):
    """What is known of the speaker, kind by kind."""

    times: float
    """See `Profile.remainder`."""

    bias: float
    """See `Profile.bias`."""

    centre: Array
    """See `Kinds.centre`."""

    usual: Array
    """Everybody's mean of each kind, of normalised speech and of what the map says, in standard
    deviations, shape (kinds, 2 * (CEPSTRA - 1))."""

    mixed: Array
    """What the two make together, in cepstra, shape (CEPSTRA, 2 * (CEPSTRA - 1))."""

    ways: Array
    """How people differ from everybody there, shape (kinds, CEPSTRA, ways)."""

    told: Array
    """What a frame of a kind tells of the weights of the ways, shape
    (kinds, 2 * (CEPSTRA - 1), ways)."""

    surer: Array
    """How much surer it makes them, shape (kinds, ways, ways)."""

    sums: Array
    """Sums of what sets this speaker's frames apart, shape (kinds, 2 * (CEPSTRA - 1))."""

    weight: Array
    """How many frames those are, each as far as it counts, shape (kinds,)."""

    left: Array
    """What is taken off each kind, in cepstra, shape (kinds, CEPSTRA)."""

    turn: NDArray[np.int64]
    """Frames since that was estimated, shape (1,)."""

    share: Array
    """Scratch: how far a frame is of each kind, shape (kinds,)."""

    rest: Array
    """Scratch: a frame in deviations, then what sets it apart, shape (2 * (CEPSTRA - 1),)."""

    known: Array
    """Scratch: how sure the weights are, and its root, shape (ways, ways)."""

    amounts: Array
    """Scratch: the weights, shape (ways,)."""


@cache
def kinds() -> Kinds:
    """The kinds that come with the program."""
    return stored_as(Kinds, "kinds.npz")


def remainder_state(std: Array, blended: Array, times: float, bias: float) -> RemainderState:
    """Nothing known yet.

    Parameters
    ----------
    std
        Of the population, shape (CEPSTRA,).
    blended
        How the map goes into the speaker's own cepstra (`blend.py`), shape (CEPSTRA, CEPSTRA).
    times
        How often what the ways tell is taken off: 0 not at all, 1 as often as it is there.
    bias
        How often the mean that they miss is taken off.
    """
    known = kinds()
    both = blended[1:, 1:] * std[1:]
    mixed = np.zeros((CEPSTRA, 2 * (CEPSTRA - 1)))
    mixed[1:] = np.concatenate([np.diag(std[1:]) - both, both], axis=1)
    usual = np.concatenate([known.natural, known.mapped], axis=1)
    scatter = known.scatter + _RIDGE * np.diag(np.diag(known.scatter))
    told = np.asarray(np.linalg.solve(scatter, known.ways) / ALIKE_FRAMES, np.float64)
    return RemainderState(
        times=times,
        bias=bias,
        centre=known.centre,
        usual=usual,
        mixed=mixed,
        ways=np.ascontiguousarray(mixed @ known.ways),
        told=told,
        surer=np.einsum("kcr,kcs->krs", known.ways, told),
        sums=np.zeros_like(usual),
        weight=np.zeros(len(usual)),
        left=np.zeros((len(usual), CEPSTRA)),
        turn=np.zeros(1, dtype=np.int64),
        share=np.zeros(len(usual)),
        rest=np.zeros(usual.shape[1]),
        known=np.zeros((told.shape[2],) * 2),
        amounts=np.zeros(told.shape[2]),
    )


@kernel
def _measure(state: RemainderState, normaliser: NormaliserState, own: Array, mapped: Array) -> None:
    """Write a frame and what the map says of it to `state.rest`, in everybody's deviations."""
    mean, std, rest = normaliser.population_mean, normaliser.population_std, state.rest
    for i in range(1, CEPSTRA):
        rest[i - 1] = (own[i] - mean[i]) / std[i]
        rest[CEPSTRA + i - 2] = (mapped[i] - mean[i]) / std[i]


@kernel
def _recognise(state: RemainderState) -> None:
    """Write to `state.share` how far the frame in `state.rest` is of each kind."""
    centre, share, said = state.centre, state.share, state.rest[CEPSTRA - 1 :]
    best = 0.0
    for k in range(centre.shape[0]):
        off = 0.0
        for i in range(centre.shape[1]):
            apart = said[i] - centre[k, i]
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
def _learn(state: RemainderState, counted: float) -> None:
    """Take in the frame in `state.rest`, of the kinds in `state.share`; the former is spent."""
    share, rest, sums, weight = state.share, state.rest, state.sums, state.weight
    for i in range(rest.shape[0]):
        for k in range(share.shape[0]):
            rest[i] -= share[k] * state.usual[k, i]
    heard = 0.0
    for k in range(share.shape[0]):
        heard += weight[k]
    kept = min(1.0, _MEMORY_S * FRAMES_PER_S / (heard + counted + 1e-9))
    for k in range(share.shape[0]):
        belongs = counted * share[k]
        weight[k] = kept * (weight[k] + belongs)
        for i in range(rest.shape[0]):
            sums[k, i] = kept * (sums[k, i] + belongs * rest[i])


@kernel
def _solve(known: Array, amounts: Array) -> None:
    """Replace `amounts` by the solution of `known` times it, by Cholesky; `known` is spent."""
    size = amounts.shape[0]
    for row in range(size):
        for column in range(row + 1):
            total = known[row, column]
            for i in range(column):
                total -= known[row, i] * known[column, i]
            if row == column:
                known[row, row] = np.sqrt(total)
            else:
                known[row, column] = total / known[column, column]
    for row in range(size):
        for i in range(row):
            amounts[row] -= known[row, i] * amounts[i]
        amounts[row] /= known[row, row]
    for row in range(size - 1, -1, -1):
        for i in range(row + 1, size):
            amounts[row] -= known[i, row] * amounts[i]
        amounts[row] /= known[row, row]


@kernel
def _add(target: Array, amount: float, source: Array) -> None:
    """Add `amount` times a row to another."""
    for i in range(target.shape[0]):
        target[i] += amount * source[i]


@kernel
def _ask(state: RemainderState) -> None:
    """Write the equations of the ways' weights to `state.known` and `state.amounts`."""
    known, amounts = state.known, state.amounts
    amounts[:] = 0.0
    known[:, :] = 0.0
    for row in range(amounts.shape[0]):
        known[row, row] = 1.0
    for k in range(state.weight.shape[0]):
        for row in range(amounts.shape[0]):
            _add(known[row], state.weight[k], state.surer[k, row])
        for i in range(state.sums.shape[1]):
            _add(amounts, state.sums[k, i], state.told[k, i])


@kernel
def _estimate(state: RemainderState) -> None:
    """Write to `state.left` what is to be taken off, by the likeliest weights of the ways."""
    _ask(state)
    _solve(state.known, state.amounts)
    left, ways, weight = state.left, state.ways, state.weight
    heard = np.sum(weight) + _BIAS_PRIOR_FRAMES
    for i in range(1, CEPSTRA):
        missed = 0.0
        for k in range(left.shape[0]):
            told = 0.0
            for way in range(state.amounts.shape[0]):
                told += ways[k, i, way] * state.amounts[way]
            left[k, i] = state.times * told
            missed -= weight[k] * told
            for j in range(state.sums.shape[1]):
                missed += state.mixed[i, j] * state.sums[k, j]
        for k in range(left.shape[0]):
            left[k, i] += state.bias * missed / heard


@kernel
def hear_remainder(
    state: RemainderState,
    normaliser: NormaliserState,
    own: Array,
    mapped: Array,
    counted: float,
) -> None:
    """Learn from a frame before the map has gone into it.

    Parameters
    ----------
    state
        What is known of the remainder.
    normaliser
        Holds everybody's mean and spread.
    own
        The frame as the normaliser leaves it, shape (CEPSTRA,).
    mapped
        What the map says of it, which tells its kind, shape (CEPSTRA,).
    counted
        How much the frame counts, 0 to 1; 0 where nobody speaks.
    """
    _measure(state, normaliser, own, mapped)
    _recognise(state)
    if counted > 0.0:
        _learn(state, counted)
        if state.turn[0] % _EVERY == 0:
            _estimate(state)
        state.turn[0] += 1


@kernel
def take_remainder(state: RemainderState, cepstra: Array, loud: float) -> None:
    """Take off the frame that was heard last what of the speaker is left; the level stays.

    Parameters
    ----------
    state
        What is known of the remainder.
    cepstra
        The frame with the map in it, changed in place, shape (CEPSTRA,).
    loud
        How much of it is taken off, 0 to 1.
    """
    for k in range(state.left.shape[0]):
        for i in range(1, CEPSTRA):
            cepstra[i] -= loud * state.share[k] * state.left[k, i]
