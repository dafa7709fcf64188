"""The voice that a secret gives a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from hattama.disguise.normalise import CEPSTRA

if TYPE_CHECKING:
    from hattama.disguise.framing import Array
    from hattama.disguise.profiles import Profile
    from hattama.disguise.secret import Secret

_COLOURED: Final = 10  # cepstra 1..10: broad shapes only


@dataclass(frozen=True)
class Voice:
    """What is fixed for a session. As secret as the secret itself, so it prints nothing."""

    pitch_hz: float = field(repr=False)
    """Middle of the disguise's pitch."""

    warp: float = field(repr=False)
    """Factor on all formants."""

    colour: Array = field(repr=False)
    """What is added to the cepstra, shape (CEPSTRA,)."""

    seed: int = field(repr=False)
    """Seed of the noise."""


def draw_voice(profile: Profile, secret: Secret) -> Voice:
    """Derive the session's voice: every choice uniform (on a log scale) within the profile."""
    low, high = np.log(profile.lowest_pitch_hz), np.log(profile.highest_pitch_hz)
    colour = np.zeros(CEPSTRA)
    for i in range(1, _COLOURED + 1):
        spread = profile.colour * np.sqrt(12.0) * (secret.uniform(f"colour {i}") - 0.5)
        colour[i] = spread
    return Voice(
        pitch_hz=float(np.exp(low + (high - low) * secret.uniform("pitch"))),
        warp=float((1.0 + profile.warp) ** (2.0 * secret.uniform("warp") - 1.0)),
        colour=colour,
        seed=secret.seed("noise"),
    )
