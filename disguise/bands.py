"""From a window of sound to a smooth envelope, and from an envelope to a frequency response.

The envelope is the logarithm of the power spectrum in `BANDS` overlapping bands on the mel scale
(S. S. Stevens et al., doi:10.1121/1.1915893; in the form of D. O'Shaughnessy, 1987). A band is at
least `_NARROWEST_HZ` wide on each side, so that the harmonics of a low voice do not show in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hattama.disguise.fourier import FourierTables, transform
from hattama.disguise.framing import BINS, FFT, RATE_HZ, WINDOW, Array, window
from hattama.disguise.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

BANDS: Final = 40
"""Number of bands."""

_NARROWEST_HZ: Final = 120.0
_FLOOR: Final = 1e-10  # power: 100 dB below full scale


class BandTables(NamedTuple):
    """Constants of the envelope."""

    window: Array
    """Analysis window, shape (WINDOW,)."""

    first: NDArray[np.int64]
    """First frequency bin of each band, shape (BANDS,)."""

    weights: Array
    """Weights of the bins of each band, rows sum to one, shape (BANDS, widest)."""


def mel(hz: Array | float) -> Array:
    """Place of a frequency on the mel scale."""
    return np.asarray(2595.0 * np.log10(1.0 + np.asarray(hz) / 700.0))


def centres() -> Array:
    """Middle of each band in Hz, evenly spaced on the mel scale from 60 Hz to 7.8 kHz."""
    places = np.linspace(mel(60.0), mel(7800.0), BANDS)
    return np.asarray(700.0 * (10.0 ** (places / 2595.0) - 1.0))


def band_tables() -> BandTables:
    """Compute the constants."""
    middle = centres()
    padded = np.concatenate([[2 * middle[0] - middle[1]], middle, [2 * middle[-1] - middle[-2]]])
    below = np.maximum(middle - padded[:-2], _NARROWEST_HZ)[:, None]
    above = np.maximum(padded[2:] - middle, _NARROWEST_HZ)[:, None]
    hz = np.arange(BINS) * RATE_HZ / FFT
    distance = hz[None, :] - middle[:, None]
    shape = np.clip(1.0 - np.where(distance < 0.0, -distance / below, distance / above), 0.0, None)
    shape[:, 0] = 0.0
    shape /= np.sum(shape, axis=1, keepdims=True)
    first = np.argmax(shape > 0.0, axis=1)
    widest = int(np.max(np.count_nonzero(shape, axis=1)))
    rows = [
        np.pad(row, (0, widest))[at : at + widest] for row, at in zip(shape, first, strict=True)
    ]
    return BandTables(window(), first.astype(np.int64), np.array(rows))


def reading(hz: Array) -> Array:
    """Matrix that reads an envelope at frequencies, straight between the middles of the bands.

    Parameters
    ----------
    hz
        Shape (n,).

    Returns
    -------
    Array
        Shape (n, BANDS); outside the outermost middles the envelope goes on level.
    """
    place = np.clip(np.interp(hz, centres(), np.arange(BANDS)), 0.0, BANDS - 1.001)
    below = np.floor(place).astype(np.int64)
    matrix, rows = np.zeros((len(hz), BANDS)), np.arange(len(hz))
    matrix[rows, below] = 1.0 - (place - below)
    matrix[rows, below + 1] = place - below
    return matrix


@kernel
def analyse(
    ring: Array,
    end: int,
    constants: tuple[BandTables, FourierTables],
    work: Array,
    bands: Array,
) -> None:
    """Write the log power in each band of the window that ends before sample `end`.

    Parameters
    ----------
    ring
        Last samples of the input, sample i at `i & (len(ring) - 1)`.
    end
        Sample after the window's last.
    constants
        Of the envelope and of the transform.
    work
        Scratch, shape (2, FFT).
    bands
        Result, natural logarithm of power, shape (BANDS,).
    """
    tables, fourier = constants
    mask = ring.shape[0] - 1
    real, imaginary = work[0], work[1]
    real[:] = 0.0
    imaginary[:] = 0.0
    for i in range(WINDOW):
        real[i] = ring[(end - WINDOW + i) & mask] * tables.window[i]
    transform(real, imaginary, fourier)
    for k in range(BINS):
        real[k] = real[k] * real[k] + imaginary[k] * imaginary[k]
    for b in range(BANDS):
        power = 0.0
        for i in range(min(tables.weights.shape[1], BINS - tables.first[b])):
            power += tables.weights[b, i] * real[tables.first[b] + i]
        bands[b] = np.log(power + _FLOOR)
