"""From an envelope and a source to sound: minimum-phase filtering, cross-faded frame to frame.

The minimum-phase response comes from the folded cepstrum (A. V. Oppenheim and R. W. Schafer,
Discrete-Time Signal Processing, 1989, section 12). It begins at once, so that the filter adds no
delay, and its phase is that of the new envelope: no phase of the input is used.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from hattama.disguise.bands import BANDS, reading
from hattama.disguise.fourier import FourierTables, transform
from hattama.disguise.framing import BINS, FFT, HOP, RATE_HZ, Array
from hattama.disguise.kernels import kernel

_HIGHEST_MOVED_HZ: Final = 7500.0


class SynthesisState(NamedTuple):
    """Constants and memory of the filter."""

    folded: Array
    """From bands to the folded cepstrum of the warped envelope, shape (BINS, BANDS)."""

    now: Array
    """Response of this frame, real and imaginary, shape (2, FFT)."""

    before: Array
    """Response of the frame before, shape (2, FFT)."""

    overlap: Array
    """Sound that is not finished yet, shape (FFT + HOP,)."""


def moved_knots(knots_hz: Array, warp: Array) -> Array:
    """Where the knots lie once the formants have moved: rising, and below 7.5 kHz.

    Parameters
    ----------
    knots_hz, warp
        Frequencies, and the factors by which the formants there move up.
    """
    moved = np.minimum(knots_hz * warp, _HIGHEST_MOVED_HZ)
    return np.asarray(np.maximum.accumulate(moved + np.arange(len(moved)) * 1e-3))


def moved_reading(hz: Array, knots_hz: Array, warp: Array) -> Array:
    """Matrix that reads an envelope at frequencies after its formants have moved.

    Parameters
    ----------
    hz
        Shape (n,).
    knots_hz, warp
        Frequencies, and the factors by which the formants there move up. Between the knots and
        to the ends, 0 and 8 kHz, the way is straight.

    Returns
    -------
    Array
        Shape (n, BANDS).
    """
    moved = moved_knots(knots_hz, warp)
    return reading(np.interp(hz, [0.0, *moved, 8000.0], [0.0, *knots_hz, 8000.0]))


def synthesis_state(knots_hz: Array, warp: Array) -> SynthesisState:
    """A silent filter.

    Parameters
    ----------
    knots_hz, warp
        As in `moved_reading`.
    """
    hz = np.arange(BINS) * RATE_HZ / FFT
    folded = np.fft.irfft(0.5 * moved_reading(hz, knots_hz, warp), FFT, axis=0)[:BINS]
    folded[1:-1] *= 2.0
    silent = np.zeros((2, FFT))
    return SynthesisState(np.ascontiguousarray(folded), silent, silent.copy(), np.zeros(FFT + HOP))


@kernel
def respond(state: SynthesisState, bands: Array, fourier: FourierTables) -> None:
    """Move the last response to `before` and write that of `bands` (log power) to `now`."""
    real, imaginary = state.now[0], state.now[1]
    state.before[:] = state.now
    real[:] = 0.0
    imaginary[:] = 0.0
    for n in range(BINS):
        total = 0.0
        for b in range(BANDS):
            total += state.folded[n, b] * bands[b]
        real[n] = total
    transform(real, imaginary, fourier)
    for k in range(BINS):
        height = np.exp(real[k])
        turn = imaginary[k]
        real[k], imaginary[k] = height * np.cos(turn), height * np.sin(turn)
        if 0 < k < FFT // 2:
            real[FFT - k], imaginary[FFT - k] = real[k], -imaginary[k]


@kernel
def synthesise(
    state: SynthesisState, source: Array, fourier: FourierTables, work: Array, sound: Array
) -> None:
    """Filter one hop of the source, fading from the last response to the present one.

    Parameters
    ----------
    state
        The filter.
    source
        Shape (HOP,).
    fourier
        Constants.
    work
        Scratch, shape (4, FFT).
    sound
        Result, shape (HOP,).
    """
    real, imaginary, out_real, out_imaginary = work[0], work[1], work[2], work[3]
    real[:] = 0.0
    imaginary[:] = 0.0
    for i in range(HOP):
        fade = (i + 0.5) / HOP
        real[i] = source[i] * (1.0 - fade)
        imaginary[i] = source[i] * fade
    transform(real, imaginary, fourier)
    for k in range(FFT):
        j = (FFT - k) % FFT
        old_re, old_im = 0.5 * (real[k] + real[j]), 0.5 * (imaginary[k] - imaginary[j])
        new_re, new_im = 0.5 * (imaginary[k] + imaginary[j]), 0.5 * (real[j] - real[k])
        a, b, c, d = state.before[0, k], state.before[1, k], state.now[0, k], state.now[1, k]
        out_real[k] = old_re * a - old_im * b + new_re * c - new_im * d
        out_imaginary[k] = old_re * b + old_im * a + new_re * d + new_im * c
    transform(out_imaginary, out_real, fourier)
    for i in range(FFT):
        state.overlap[i] += out_real[i] / FFT
    for i in range(HOP):
        sound[i] = state.overlap[i]
    for i in range(FFT):
        state.overlap[i] = state.overlap[i + HOP]
    state.overlap[FFT:] = 0.0
