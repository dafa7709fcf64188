"""Kernels of the likeness check; compiled at the first call and kept on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hattama.disguise.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST = 32
"""Compared samples under which a block says nothing by itself: a few are always alike."""


@kernel
def difference(
    x: NDArray[np.float32],
    column: int,
    past: NDArray[np.float32],
    y: NDArray[np.float32],
    start: int,
) -> bool:
    """Write `x[i] - x[i - stride]` of a column into `y` from `start` on.

    That is the first difference, which lifts the upper octaves so that two voices are not alike
    for their low frequencies alone, averaged over `stride` samples, so that every `stride`-th of
    it may stand for all.

    Parameters
    ----------
    x
        Shape (n, channels).
    column
        Channel of it; -1 is the mean of all.
    past
        Last `stride` samples of the column, shape (stride,), oldest first; updated.
    y
        Written at `start` to `start + n`.

    Returns
    -------
    bool
        Whether every sample was finite.
    """
    finite = True
    channels, stride = x.shape[1], past.shape[0]
    for i in range(x.shape[0]):
        value = np.float32(0.0)
        if column >= 0:
            value = x[i, column]
        else:
            for c in range(channels):
                value += x[i, c] / np.float32(channels)
        finite = finite and bool(np.isfinite(value))
        y[start + i] = value - past[i % stride]
        past[i % stride] = value
    turn = x.shape[0] % stride
    for _ in range(turn):
        first = past[0]
        for k in range(stride - 1):
            past[k] = past[k + 1]
        past[stride - 1] = first
    return finite


@kernel
def deal(
    line: NDArray[np.float32], end: int, rows: NDArray[np.float32], length: int, stride: int
) -> None:
    """Deal the samples before `end` out: `rows[p, q]` is the sample `q * stride + p` back."""
    for q in range(length):
        for p in range(rows.shape[0]):
            rows[p, q] = line[end - 1 - q * stride - p]


@kernel
def compare(  # noqa: PLR0917  Numba compiles no keyword-only arguments
    rows: NDArray[np.float32],
    said: NDArray[np.float32],
    m: int,
    sums: NDArray[np.float64],
    total: float,
    keep: float,
    floor: float,
) -> tuple[float, float, float]:
    """Correlate the output with the input at every lag.

    Parameters
    ----------
    rows
        Input by `deal`, shape (stride, at least lags + m).
    said
        Every `stride`-th sample of the output, newest first; the first `m` are compared.
    sums
        Running products and running energies of the input, shape (2, stride, lags); updated.
    total
        Running energy of the output.
    keep
        Share of the running sums that stays after this block, 0 to 1.
    floor
        Mean square under which there is nothing to compare.

    Returns
    -------
    tuple
        Likeness of this block, likeness of the running window (each 0 to 1, at the best lag), and
        the new running energy of the output.
    """
    least = floor * m
    out = np.float32(0.0)
    for i in range(m - 1):
        out += said[i] * said[i]
    edge = said[m - 1]  # its difference reaches into the block before, which may be another voice
    total = keep * total + float(out + edge * edge)
    here, running = 0.0, 0.0
    for p in range(sums.shape[1]):
        row = rows[p]
        window = 0.0
        for i in range(m - 1):
            window += row[i] * row[i]
        for lag in range(sums.shape[2]):
            near = row[lag : lag + m]
            dot = np.float32(0.0)
            for i in range(m - 1):
                dot += near[i] * said[i]
            last = near[m - 1]
            cross = keep * sums[0, p, lag] + dot + last * edge
            energy = keep * sums[1, p, lag] + window + last * last
            sums[0, p, lag], sums[1, p, lag] = cross, energy
            if m >= _FEWEST and window > least and out > least:
                here = max(here, float(dot * dot / (window * out)))
            if energy > least and total > least:
                running = max(running, float(cross * cross / (energy * total)))
            gone, come = float(near[0]), float(last)
            window = max(0.0, window + come * come - gone * gone)
    return float(np.sqrt(here)), float(np.sqrt(running)), total


@kernel
def slide(line: NDArray[np.float32], n: int, past: int) -> None:
    """Move the newest `past` samples of `line[: past + n]` to its front."""
    for i in range(past):
        line[i] = line[i + n]
