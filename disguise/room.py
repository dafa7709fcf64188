"""What the room sounds like, taken out of what is near its level.

The colour of a room's noise tells recordings apart. To give quiet frames no shape at all would
take weak consonants away with it, and with them words; so the mean shape of the pauses is learned,
and a quiet frame keeps what sets it apart from that. Until pauses have been heard, quiet frames do
without a shape. It is to pauses what `normalise.py` is to speech.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.framing import FRAMES_PER_S, Array
from hattama.disguise.kernels import kernel

_PAUSE: Final = 0.5  # frames with a smaller share of speech are learned from
_MEMORY_S: Final = 10.0
_TRUSTED_S: Final = 0.15  # of pauses, until half of what is known of the room counts


class RoomState(NamedTuple):
    """What is known of the room."""

    shape: Array
    """Mean cepstra of pauses about the population's mean, shape (CEPSTRA,)."""

    heard: Array
    """Frames of pauses that it stands for, shape (1,)."""


def room_state() -> RoomState:
    """A room that was not heard yet."""
    return RoomState(np.zeros(CEPSTRA), np.zeros(1))


@kernel
def clear_room(
    state: RoomState, cepstra: Array, population_mean: Array, share: float, amount: float
) -> None:
    """Learn from a frame if it is a pause, and take the room out of it, in place.

    Parameters
    ----------
    state
        What is known of the room.
    cepstra
        Of a frame, normalised, shape (CEPSTRA,). Coefficient 0, the level, is left alone.
    population_mean
        Shape (CEPSTRA,).
    share
        How much of the frame is speech, 0 to 1 (`level.speech_share`).
    amount
        0 leaves the frame alone, 1 takes the room out wholly.
    """
    pause = share < _PAUSE
    if pause:
        state.heard[0] = min(state.heard[0] + 1.0, _MEMORY_S * FRAMES_PER_S)
    trust = state.heard[0] / (state.heard[0] + _TRUSTED_S * FRAMES_PER_S)
    for i in range(1, CEPSTRA):
        apart = cepstra[i] - population_mean[i]
        if pause:
            state.shape[i] += (apart - state.shape[i]) / state.heard[0]
        cleared = trust * (apart - (1.0 - share) * state.shape[i]) + (1.0 - trust) * share * apart
        cepstra[i] += amount * (cleared - apart)
