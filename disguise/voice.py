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

KNOTS_HZ: Final = (500.0, 1500.0, 2700.0, 4500.0)
"""Where the formants' factors are set; between them they change evenly."""

_COLOURED: Final = 10  # cepstra 1..10: broad shapes only
_TWISTED: Final = 12  # cepstra 1..12: beyond them there is little but noise


@dataclass(frozen=True)
class Voice:
    """What is fixed for a session. As secret as the secret itself, so it prints nothing."""

    pitch_hz: float = field(repr=False)
    """Middle of the disguise's pitch."""

    warp: Array = field(repr=False)
    """Factors on the formants at KNOTS_HZ, shape (len(KNOTS_HZ),)."""

    twist: Array = field(repr=False)
    """Mixes normalised cepstra, added to the identity, shape (CEPSTRA, CEPSTRA)."""

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
        warp=_draw_warp(profile, secret),
        twist=_draw_twist(profile, secret),
        colour=colour,
        seed=secret.seed("noise"),
    )


def _even(secret: Secret, purpose: str) -> float:
    """Uniform in -1 to 1."""
    return 2.0 * secret.uniform(purpose) - 1.0


def _draw_warp(profile: Profile, secret: Secret) -> Array:
    whole = np.log1p(profile.warp) * _even(secret, "warp")
    own = [np.log1p(profile.bend) * _even(secret, f"bend {hz}") for hz in KNOTS_HZ]
    return np.asarray(np.exp(whole + np.array(own)))


def _draw_twist(profile: Profile, secret: Secret) -> Array:
    twist = np.zeros((CEPSTRA, CEPSTRA))
    size = profile.twist * np.sqrt(3.0 / _TWISTED)
    for i in range(1, _TWISTED + 1):
        for j in range(1, _TWISTED + 1):
            twist[i, j] = size * _even(secret, f"twist {i} {j}")
    return twist
