"""The one low-pass of the disguise: a sinc under a window, its middle tap the delay."""

from __future__ import annotations

import numpy as np

from hattama.disguise.framing import RATE_HZ, Array


def low_pass(hz: float, taps: int) -> Array:
    """Windowed sinc of unit gain at 0 Hz.

    Parameters
    ----------
    hz
        Where it is at half its height, below RATE_HZ / 2.
    taps
        Its length, odd.

    Returns
    -------
    Array
        Shape (taps,).
    """
    place = np.arange(taps) - taps // 2
    kept = np.sinc(place * 2.0 * hz / RATE_HZ) * np.hanning(taps + 2)[1:-1]
    return np.asarray(kept / np.sum(kept))
