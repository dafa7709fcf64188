"""Streaming change of sample rate by a short windowed sinc with a known delay.

The kernel spans `HALF_WIDTH` samples of the lower rate to each side, so that the two changes of
rate, into the core and out of it, cost 1.5 ms together. Positions are integers over the reduced
ratio of the rates: nothing drifts, however long the session is.
"""

from __future__ import annotations

from math import ceil, gcd
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hattama.disguise.framing import RATE_HZ
from hattama.disguise.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF_WIDTH: Final = 12
"""Half of the sinc's length, in samples of the lower rate."""

_KAISER_BETA: Final = 5.7  # 60 dB in the stop band


class Conversion(NamedTuple):
    """Constants of a change from one rate to another."""

    taps: NDArray[np.float64]
    """Polyphase kernel, shape (phases, 2 * reach)."""

    step: int
    """Advance of one output sample in units of 1 / phases input samples."""

    reach: int
    """Input samples needed after the position of an output sample."""


def conversion(source_hz: int, target_hz: int) -> Conversion:
    """Design the change from `source_hz` to `target_hz`.

    Parameters
    ----------
    source_hz, target_hz
        Sample rates, positive integers.
    """
    divisor = gcd(source_hz, target_hz)
    phases, step = target_hz // divisor, source_hz // divisor
    lower = min(source_hz, target_hz)
    reach = ceil(HALF_WIDTH * source_hz / lower)
    offset = np.arange(1 - reach, reach + 1)[None, :] - (np.arange(phases) / phases)[:, None]
    position = offset * (lower / source_hz)
    inside = np.clip(1.0 - (position / HALF_WIDTH) ** 2, 0.0, None)
    taps = np.sinc(position) * np.i0(_KAISER_BETA * np.sqrt(inside)) / np.i0(_KAISER_BETA)
    taps *= inside > 0.0
    taps /= np.sum(taps, axis=1, keepdims=True)
    return Conversion(taps, step, reach)


def stream_delay(rate_hz: int, core_delay: int) -> tuple[int, int]:
    """Delay before and after the core, in whole samples of the outer rate.

    Parameters
    ----------
    rate_hz
        Outer sample rate.
    core_delay
        Delay of the core, in samples at RATE_HZ.

    Returns
    -------
    tuple[int, int]
        Samples that have to arrive before the core can hear a moment, and samples that pass
        from there until its disguise leaves.
    """
    lower = min(rate_hz, RATE_HZ)
    before = ceil(HALF_WIDTH * rate_hz / lower)
    after = ceil(core_delay * rate_hz / RATE_HZ) + ceil(HALF_WIDTH * rate_hz / lower) + 1
    return before, after


def twice(size: int) -> NDArray[np.float64]:
    """A silent ring for the last `size` samples, a power of two, kept twice in a row.

    So any `size` of them that follow each other stand side by side, and no place has to be worked
    out for each: a channel at 48 kHz takes a tenth less time.
    """
    return np.zeros(2 * size)


@kernel
def remember(ring: NDArray[np.float64], at: int, value: float) -> None:
    """Write sample number `at` into a ring of `twice`."""
    half = ring.shape[0] // 2
    place = at & (half - 1)
    ring[place] = value
    ring[place + half] = value


@kernel
def interpolate(
    ring: NDArray[np.float64], position: int, phase: int, taps: NDArray[np.float64], reach: int
) -> float:
    """Value of the signal in `ring` at `position + phase / phases`.

    Parameters
    ----------
    ring
        Last samples of the signal, as `remember` wrote them.
    position, phase
        Whole and fractional part of the place; samples up to `position + reach` are present.
    taps, reach
        Of the `Conversion`.
    """
    first = (position + 1 - reach) & (ring.shape[0] // 2 - 1)
    heard, weights = ring[first : first + 2 * reach], taps[phase]
    total = 0.0
    for i in range(heard.shape[0]):
        total += heard[i] * weights[i]
    return total
