"""Fourier transform inside the kernels (Numba has none of its own).

Radix-2 decimation in time: J. W. Cooley and J. W. Tukey, doi:10.1090/S0025-5718-1965-0178586-1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hattama.disguise.framing import FFT, Array
from hattama.disguise.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


class FourierTables(NamedTuple):
    """Constants of a transform of FFT points."""

    cosine: Array
    """cos(2 pi k / FFT), shape (FFT / 2,)."""

    sine: Array
    """-sin(2 pi k / FFT), shape (FFT / 2,)."""

    reverse: NDArray[np.int64]
    """Index with its bits in reverse order, shape (FFT,)."""


def fourier_tables() -> FourierTables:
    """Compute the constants."""
    angle = 2.0 * np.pi * np.arange(FFT // 2) / FFT
    bits = FFT.bit_length() - 1
    reverse = np.array([int(format(i, f"0{bits}b")[::-1], 2) for i in range(FFT)], dtype=np.int64)
    return FourierTables(np.cos(angle), -np.sin(angle), reverse)


@kernel
def transform(real: Array, imaginary: Array, tables: FourierTables) -> None:
    """Forward transform in place, shapes (FFT,).

    The inverse is the same call with `real` and `imaginary` exchanged, divided by FFT.
    """
    cosine, sine, reverse = tables.cosine, tables.sine, tables.reverse
    size = real.shape[0]
    for i in range(size):
        j = reverse[i]
        if i < j:
            real[i], real[j] = real[j], real[i]
            imaginary[i], imaginary[j] = imaginary[j], imaginary[i]
    half = 1
    while half < size:
        step = size // (2 * half)
        for start in range(0, size, 2 * half):
            for k in range(half):
                c, s = cosine[k * step], sine[k * step]
                a, b = start + k, start + k + half
                re = real[b] * c - imaginary[b] * s
                im = real[b] * s + imaginary[b] * c
                real[b], imaginary[b] = real[a] - re, imaginary[a] - im
                real[a], imaginary[a] = real[a] + re, imaginary[a] + im
        half *= 2
