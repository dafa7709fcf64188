"""What the pitch tracker makes of a sound, for the tests of this folder."""

from __future__ import annotations

import numpy as np

from hattama.disguise.framing import HOP
from hattama.disguise.pitch import decimate, frequency, pitch_state, track


def follow(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pitch, Hz, and voicing of each frame of at most two seconds of 16 kHz sound."""
    state, ring = pitch_state(), np.zeros(1 << 15)
    ring[: len(sound)] = sound
    pitch, voicing = [], []
    for end in range(HOP, len(sound), HOP):
        decimate(ring, end, HOP, state)
        track(state)
        pitch.append(frequency(state))
        voicing.append(state.track[1])
    return np.array(pitch), np.array(voicing)
