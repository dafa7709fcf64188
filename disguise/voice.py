"""The voice that a secret gives a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from hattama.disguise.bands import centres
from hattama.disguise.cepstra import cosines
from hattama.disguise.people import people
from hattama.disguise.population import population

if TYPE_CHECKING:
    from hattama.disguise.framing import Array
    from hattama.disguise.profiles import Profile
    from hattama.disguise.secret import Secret

KNOTS_HZ: Final = (500.0, 1500.0, 2700.0, 4500.0)
"""Where the formants' factors are set; between them they change evenly."""

_HEARD: Final = (1, 2, 4, 6)
"""Directions of people's long-term spectra that two verification systems hear most, by regression
of their scores on what the secrets drew (docs/disguise-design.md). Number 0 is the tilt."""

_BREATHLESS_HZ: Final = 130.0  # a voice of this pitch has no breath; one an octave above has all

_BASS_HZ: Final = (150.0, 400.0)  # wholly the bass below the first, nothing of it above the second


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

    loudness: float = field(repr=False)
    """What is added to the log power of every band, so that speech in this voice is as loud as in
    any other."""

    breath: float = field(repr=False)
    """Share of noise in the voiced sounds where the formants lie, 0 to 1."""

    seed: int = field(repr=False)
    """Seed of the noise."""


def draw_voice(profile: Profile, secret: Secret) -> Voice:
    """Derive the session's voice: every choice even (on a log scale) within the profile.

    The timbre is drawn along the directions in which people differ (`people.py`).
    """
    low, high = np.log(profile.lowest_pitch_hz), np.log(profile.highest_pitch_hz)
    pitch_hz = float(np.exp(low + (high - low) * secret.uniform("pitch")))
    known = people()
    shapes = profile.twist * _spread(secret, "twist", len(known.mixing))
    amounts = np.full(len(known.spectrum), profile.shade)
    amounts[0] = profile.tilt
    amounts[list(_HEARD)] = profile.colour
    spectra = amounts * _spread(secret, "colour", len(amounts))
    colour = shapes @ known.offset + spectra @ known.spectrum + _draw_bass(profile, secret)
    return Voice(
        pitch_hz=pitch_hz,
        warp=_draw_warp(profile, secret),
        twist=np.tensordot(shapes, known.mixing, 1),
        colour=colour,
        loudness=-_louder(colour),
        breath=profile.breath * float(np.clip(np.log2(pitch_hz / _BREATHLESS_HZ), 0.0, 1.0)),
        seed=secret.seed("noise"),
    )


def _even(secret: Secret, purpose: str) -> float:
    """Uniform in -1 to 1."""
    return 2.0 * secret.uniform(purpose) - 1.0


def _draw_bass(profile: Profile, secret: Secret) -> Array:
    """A shelf under the bass, in cepstra; the mean level stays."""
    low, high = np.log(_BASS_HZ)
    shelf = cosines() @ np.clip((high - np.log(centres())) / (high - low), 0.0, 1.0)
    shelf[0] = 0.0
    return np.asarray(np.log(10.0) / 10.0 * profile.bass * _even(secret, "bass") * shelf)


def _louder(colour: Array) -> float:
    """By how much a colour makes the average of speech louder, natural logarithm of power."""
    shape, width = population()[0].copy(), np.gradient(centres())
    shape[0] = 0.0
    plain, coloured = (width @ np.exp(one @ cosines()) for one in (shape, shape + colour))
    return float(np.log(coloured / plain))


def _draw_warp(profile: Profile, secret: Secret) -> Array:
    whole = np.log1p(profile.warp) * _even(secret, "warp")
    own = [np.log1p(profile.bend) * _even(secret, f"bend {hz}") for hz in KNOTS_HZ]
    return np.asarray(np.exp(whole + np.array(own)))


def _spread(secret: Secret, purpose: str, count: int) -> Array:
    """Even draws of unit variance, shape (count,)."""
    drawn = np.array([_even(secret, f"{purpose} {i}") for i in range(count)])
    return np.asarray(np.sqrt(3.0) * drawn)
