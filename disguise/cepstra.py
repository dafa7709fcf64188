"""Cepstra: the envelope as a few numbers, each a wave along the mel scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hattama.disguise.bands import BANDS

if TYPE_CHECKING:
    from hattama.disguise.framing import Array

CEPSTRA: Final = 24
"""Coefficients kept; 0 is the level."""


def cosines() -> Array:
    """Orthonormal DCT-II from bands to cepstra, shape (CEPSTRA, BANDS)."""
    angle = np.pi * np.arange(CEPSTRA)[:, None] * (np.arange(BANDS) + 0.5)[None, :] / BANDS
    basis = np.sqrt(2.0 / BANDS) * np.cos(angle)
    basis[0] /= np.sqrt(2.0)
    return np.asarray(basis)


def between_shapes(bands: Array) -> Array:
    """A change of envelopes as one of cepstra; the level, cepstrum 0, neither gives nor takes.

    Parameters
    ----------
    bands
        Matrix from log band powers to log band powers, shape (BANDS, BANDS).

    Returns
    -------
    Array
        Shape (CEPSTRA, CEPSTRA), row and column 0 are zero.
    """
    basis = cosines()
    matrix = basis @ bands @ basis.T
    matrix[0, :] = 0.0
    matrix[:, 0] = 0.0
    return np.ascontiguousarray(matrix)
