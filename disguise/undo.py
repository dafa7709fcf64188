"""Can the pitch be turned back? The fine structure of the spectrum compared at every ratio.

A pitch shifter moves every harmonic by one factor, a fixed one or one drawn for the session. Then
there is a ratio at which the harmonics of the output fall on those of the original, moment by
moment. A pitch of the disguise's own has no such ratio. What remains by chance is seen by
comparing moments that do not belong together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hattama.disguise.decoding import COMPARED_HZ

if TYPE_CHECKING:
    from hattama.disguise.protocols import Floats

SEMITONES = np.arange(-24, 25) / 2.0
"""Shifts that are looked for: an octave down to an octave up in half semitones."""

TURNED_BACK = 0.3
"""Correlation of the harmonics above chance from which on the pitch counts as turned back.

Measured on six readers: SoX's shifter by -4 and +3 semitones 0.46 to 0.73, the profiles 0.01 to
0.16, the original itself 0.92 to 0.98."""

_FRAME, _HOP, _FFT = 1024, 256, 4096
_BAND_HZ = (120.0, 3000.0)
_SMOOTH_HZ = 300.0
_LOUD = 0.3
"""Frames below this share of the root mean square are pauses."""
_ROLLS = 5
_MOST_FRAMES = 600

Lines = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TurnedBack:
    """The best attempt to turn the pitch back."""

    semitones: float
    """Shift that was turned back."""
    correlation: float
    """Mean correlation of the harmonics at it, less that of moments which do not belong together;
    1 for the original itself, about 0 for another voice."""

    @property
    def succeeded(self) -> bool:
        """Whether the original's pitch was found under the shift."""
        return self.correlation >= TURNED_BACK


def turn_back(original: Floats, output: Floats) -> TurnedBack:
    """Search for the shift under which the output's harmonics fall on the original's.

    Parameters
    ----------
    original, output
        Mono at 16 kHz, shape (n,), of the same moments.
    """
    n = min(len(original), len(output))
    heard, said = _spectra(original[:n]), _spectra(output[:n])
    loud = np.flatnonzero(_loud(original[:n], len(heard)) & _loud(output[:n], len(said)))
    if len(loud) < _ROLLS:
        return TurnedBack(0.0, 0.0)
    loud = loud[:: -(-len(loud) // _MOST_FRAMES)]
    hz = np.arange(*_BAND_HZ, COMPARED_HZ / _FFT)
    lines = _fine(_at(heard[loud], hz))
    found = []
    for semitones in SEMITONES:
        shifted = _fine(_at(said[loud], hz * 2 ** (semitones / 12)))
        here = float(np.mean(np.sum(lines * shifted, axis=1)))
        step = max(1, len(lines) // (_ROLLS + 1))
        apart = [np.roll(shifted, step * (k + 1), axis=0) for k in range(_ROLLS)]
        chance = float(np.mean([np.mean(np.sum(lines * other, axis=1)) for other in apart]))
        found.append((here - chance, float(semitones)))
    best, semitones = max(found)
    return TurnedBack(semitones, best)


def _spectra(x: Floats) -> Lines:
    """Log magnitudes by frame, shape (frames, _FFT // 2 + 1)."""
    count = max(0, 1 + (len(x) - _FRAME) // _HOP)
    frames = np.lib.stride_tricks.as_strided(
        np.ascontiguousarray(x, np.float64), (count, _FRAME), (8 * _HOP, 8), writeable=False
    )
    return np.asarray(np.log(np.abs(np.fft.rfft(frames * np.hanning(_FRAME), _FFT)) + 1e-6))


def _loud(x: Floats, count: int) -> NDArray[np.bool_]:
    level = np.array([np.sqrt(np.mean(x[i * _HOP : i * _HOP + _FRAME] ** 2)) for i in range(count)])
    return np.asarray(level > _LOUD * np.sqrt(np.mean(x**2) + 1e-12))


def _at(spectra: Lines, hz: Lines) -> Lines:
    """Spectra at given frequencies, by straight lines between bins."""
    place = np.clip(hz / (COMPARED_HZ / _FFT), 0, spectra.shape[1] - 2)
    below = place.astype(int)
    share = place - below
    return np.asarray(spectra[:, below] * (1 - share) + spectra[:, below + 1] * share)


def _fine(spectra: Lines) -> Lines:
    """What is left of each spectrum without its envelope, of unit length."""
    width = round(_SMOOTH_HZ / (COMPARED_HZ / _FFT))
    padded = np.pad(spectra, ((0, 0), (width // 2 + 1, width - width // 2 - 1)), mode="edge")
    sums = np.cumsum(padded, axis=1)
    fine = spectra - (sums[:, width:] - sums[:, :-width]) / width
    return np.asarray(fine / (np.linalg.norm(fine, axis=1, keepdims=True) + 1e-12))
