"""How the core cuts time and frequency: all lengths are in samples at `RATE_HZ`.

Frame j stands at sample j * HOP. Its window reaches back `RISE` samples and ahead `LOOKAHEAD`.
The sound between two frames is made when the later frame is known, so the core answers
`LOOKAHEAD + HOP` samples after the input.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RATE_HZ: Final = 16_000
"""Sample rate inside the core."""

HOP: Final = 64
"""From one frame to the next: 4 ms."""

FRAMES_PER_S: Final = RATE_HZ / HOP
"""Frames a second."""

LOOKAHEAD: Final = 64
"""How far a frame's window looks ahead: 4 ms."""

RISE: Final = 320
"""How far a frame's window looks back: 20 ms."""

WINDOW: Final = RISE + LOOKAHEAD
"""Length of the analysis window."""

FFT: Final = 512
"""Length of every Fourier transform."""

BINS: Final = FFT // 2 + 1
"""Frequencies of a transform, 0 to 8 kHz."""

CORE_DELAY: Final = LOOKAHEAD + HOP
"""From a sample's arrival to the moment when its disguise can leave."""


def window() -> Array:
    """Asymmetric Hann window: slow rise, fast fall, so that little lookahead is needed.

    Returns
    -------
    Array
        Shape (WINDOW,), scaled so that the squares sum to one: a white signal of unit variance
        then has a power spectrum of one.
    """
    rise = np.sin(0.5 * np.pi * (np.arange(RISE) + 0.5) / RISE) ** 2
    fall = np.cos(0.5 * np.pi * (np.arange(LOOKAHEAD) + 0.5) / LOOKAHEAD) ** 2
    shape = np.concatenate([rise, fall])
    return np.asarray(shape / np.sqrt(np.sum(shape**2)))
