"""Says each sound as people in general say it: a small network from cepstra to cepstra.

It was trained so that whatever the speaker, the envelope that comes out is the average of many
other people's envelopes at the same place of the same sound (`docs/disguise-design.md`, "The
map"). It hears the present frame and the past, so that it adds no delay, and the speaker's
statistics so far, so that it knows whom to allow for.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.kernels import kernel
from hattama.disguise.normalise import NormaliserState
from hattama.disguise.stored import stored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hattama.disguise.framing import Array

    Weights = NDArray[np.float32]

DIRECT: Final = 0.5
"""Share of the present frame that goes past the network."""

_HISTORY: Final = 64  # frames; more than the longest tap
_LEAST_SPREAD: Final = 0.01


class Network(NamedTuple):
    """Weights, rows are outputs; see `disguise/data/README.md`."""

    taps: NDArray[np.int64]
    """How many frames ago the network listens, 0 first, below 64."""

    first: Weights
    """Shape (hidden, (len(taps) + 2) * CEPSTRA)."""

    first_bias: Weights
    """Shape (hidden,)."""

    second: Weights
    """Shape (hidden, hidden)."""

    second_bias: Weights
    """Shape (hidden,)."""

    third: Weights
    """Shape (CEPSTRA - 1, hidden)."""

    third_bias: Weights
    """Shape (CEPSTRA - 1,)."""

    expansion: Weights
    """What gives averaged sounds their contrast back, shape (CEPSTRA - 1,)."""


class MappingState(NamedTuple):
    """Weights and memory of the map."""

    network: Network
    """Weights."""

    history: Weights
    """Last frames about the speaker's mean of then, shape (_HISTORY, CEPSTRA)."""

    turn: NDArray[np.int64]
    """Frames so far, shape (1,)."""

    features: Weights
    """Scratch: the network's input, shape ((len(taps) + 2) * CEPSTRA,)."""

    hidden: Weights
    """Scratch, shape (2, hidden)."""

    mapped: Array
    """Result, shape (CEPSTRA,)."""


@cache
def network() -> Network:
    """The weights that come with the program."""
    data = stored("map.npz")
    weights = (np.ascontiguousarray(data[n], np.float32) for n in Network._fields[1:])
    return Network(data["taps"].astype(np.int64), *weights)


def mapping_state() -> MappingState:
    """A map that has heard nothing."""
    weights = network()
    return MappingState(
        weights,
        np.zeros((_HISTORY, CEPSTRA), dtype=np.float32),
        np.zeros(1, dtype=np.int64),
        np.zeros(weights.first.shape[1], dtype=np.float32),
        np.zeros((2, len(weights.first_bias)), dtype=np.float32),
        np.zeros(CEPSTRA),
    )


@kernel
def _gather(state: MappingState, normaliser: NormaliserState, cepstra: Array) -> None:
    """Write the network's input: frames about the speaker's mean, then his statistics."""
    turn = state.turn[0]
    state.turn[0] += 1
    now = state.history[turn & (_HISTORY - 1)]
    for i in range(CEPSTRA):
        now[i] = (cepstra[i] - normaliser.mean[i]) / normaliser.population_std[i]
    if turn == 0:
        for row in range(_HISTORY):
            state.history[row] = now
    place = 0
    for tap in state.network.taps:
        state.features[place : place + CEPSTRA] = state.history[(turn - tap) & (_HISTORY - 1)]
        place += CEPSTRA
    for i in range(CEPSTRA):
        shift = normaliser.mean[i] - normaliser.population_mean[i]
        spread = np.sqrt(max(normaliser.square[i] - shift * shift, _LEAST_SPREAD))
        state.features[place + i] = shift / normaliser.population_std[i]
        state.features[place + CEPSTRA + i] = np.log(spread / normaliser.population_std[i])


@kernel
def _layer(weights: Weights, bias: Weights, source: Weights, target: Weights) -> None:
    for row in range(weights.shape[0]):
        total = bias[row]
        for i in range(weights.shape[1]):
            total += weights[row, i] * source[i]
        target[row] = total


@kernel
def _rectify(values: Weights) -> None:
    for i in range(values.shape[0]):
        values[i] = max(values[i], np.float32(0.0))


@kernel
def generalise(state: MappingState, normaliser: NormaliserState, cepstra: Array) -> None:
    """Write to `state.mapped` how people say the sound; the level, cepstrum 0, stays.

    Parameters
    ----------
    state
        The map.
    normaliser
        What is known of the speaker.
    cepstra
        Of this frame, not normalised, shape (CEPSTRA,).
    """
    _gather(state, normaliser, cepstra)
    net, hidden = state.network, state.hidden
    _layer(net.first, net.first_bias, state.features, hidden[0])
    _rectify(hidden[0])
    _layer(net.second, net.second_bias, hidden[0], hidden[1])
    _rectify(hidden[1])
    _layer(net.third, net.third_bias, hidden[1], hidden[0])
    state.mapped[0] = cepstra[0]
    for i in range(1, CEPSTRA):
        moved = DIRECT * state.features[i] + hidden[0, i - 1]
        moved *= net.expansion[i - 1] * normaliser.population_std[i]
        state.mapped[i] = normaliser.population_mean[i] + moved
