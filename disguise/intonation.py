"""The disguise's own pitch and voicing.

Of the input's pitch only its rise and fall about the speaker's mean is kept, its range brought to
everybody's. How far a tracker takes somebody's sounds for voiced tells him apart, hoarse and low
voices from clear and high ones; so a profile may give every sound of speech a voice, and leave
noise to the pauses and to what lies above `Profile.noise_above_hz`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hattama.disguise.kernels import kernel
from hattama.disguise.pitch import PitchState, frequency

if TYPE_CHECKING:
    from hattama.disguise.framing import Array

_SLOW: Final = 0.004  # the mean follows within about a second of voiced speech,
_SLOWER: Final = 0.002  # the range within two
_SMOOTH: Final = 0.25
_WIDEST_OCTAVES: Final = 0.6
_USUAL_OCTAVES: Final = 0.37  # median of 32 people, as this tracker hears them
_LEAST_OCTAVES: Final = 0.1


class IntonationState(NamedTuple):
    """What the disguise keeps of the pitch."""

    middle_hz: float
    """Middle of the disguise's pitch."""

    contour: float
    """See `Profile.pitch_contour`."""

    evened: float
    """See `Profile.normalisation`: how far the range gives way to everybody's."""

    pitch_hz: Array
    """At the last two frames, shape (2,)."""

    voicing: Array
    """At the last two frames, 0 to 1, shape (2,)."""

    heard: Array
    """The speaker's mean log2 pitch (0: unknown), and his mean square about it, shape (2,)."""


def intonation_state(middle_hz: float, contour: float, evened: float) -> IntonationState:
    """A voice that has said nothing, of a speaker with everybody's range.

    Parameters
    ----------
    middle_hz, contour, evened
        As `IntonationState` says.
    """
    return IntonationState(
        middle_hz,
        contour,
        evened,
        np.full(2, middle_hz),
        np.zeros(2),
        np.array([0.0, _USUAL_OCTAVES**2]),
    )


@kernel
def move_on(state: IntonationState, voicing: float) -> None:
    """Begin a frame with the last one's pitch, and with a voicing of its own, 0 to 1."""
    state.pitch_hz[0], state.voicing[0] = state.pitch_hz[1], state.voicing[1]
    state.voicing[1] = voicing


@kernel
def intone(state: IntonationState, pitch: PitchState, voicing: float) -> None:
    """Set the disguise's pitch and voicing for this frame.

    Parameters
    ----------
    state
        Changed in place.
    pitch
        The tracker after this frame.
    voicing
        Of the disguise, 0 (noise) to 1.
    """
    move_on(state, voicing)
    hz, sure = frequency(pitch), pitch.track[1]
    if hz <= 0.0:
        return
    octave = np.log2(hz)
    if state.heard[0] == 0.0:
        state.heard[0] = octave
    state.heard[0] += _SLOW * sure * (octave - state.heard[0])
    apart = min(_WIDEST_OCTAVES, max(-_WIDEST_OCTAVES, octave - state.heard[0]))
    state.heard[1] += _SLOWER * sure * (apart * apart - state.heard[1])
    usual = _USUAL_OCTAVES / max(np.sqrt(state.heard[1]), _LEAST_OCTAVES)
    wanted = state.middle_hz * 2.0 ** (state.contour * usual**state.evened * apart)
    # A sound that is hardly voiced hardly has a pitch either.
    state.pitch_hz[1] += _SMOOTH * sure * (wanted - state.pitch_hz[1])
