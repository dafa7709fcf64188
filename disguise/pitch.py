"""Pitch and voicing of the input, from the past alone.

Normalised cross-correlation on the band below 1 kHz at 4 kHz (after D. Talkin, "A robust
algorithm for pitch tracking", 1995), with a preference for short lags and for the last period.
The result only steers the disguise's own track; it lags the envelope by half its window, which
intonation, moving over tenths of a second, does not mind. Voicing minds a little, so the window is
short.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from hattama.disguise.framing import RATE_HZ, Array
from hattama.disguise.kernels import kernel
from hattama.disguise.lowpass import low_pass

_DECIMATION: Final = 4
_LOW_RATE_HZ: Final = RATE_HZ // _DECIMATION
_SPAN: Final = 88  # 22 ms
_SHORTEST: Final = 9  # 444 Hz
_LONGEST: Final = 68  # 59 Hz
_RING: Final = 512
_TAPS: Final = 33
_NEAR_OCTAVES: Final = 0.25
_BENT: Final = -1e-6

SURELY_VOICED: Final = 0.5
"""A pitch is believed where the tracker is this sure of a voice."""


class PitchState(NamedTuple):
    """What the tracker keeps."""

    taps: Array
    """Low-pass before the decimation, shape (_TAPS,)."""

    ring: Array
    """Last samples at 4 kHz, shape (_RING,)."""

    heard: Array
    """Samples at 4 kHz so far, shape (1,)."""

    recent: Array
    """Scratch: what one frame looks at, in a row, shape (_SPAN + _LONGEST + 1,)."""

    scores: Array
    """Correlation at each lag, shape (_LONGEST + 2,)."""

    track: Array
    """Last period in samples at 4 kHz (0: none) and voicing 0 to 1, shape (2,)."""


def pitch_state() -> PitchState:
    """A tracker that has heard nothing."""
    return PitchState(
        low_pass(1000.0, _TAPS),
        np.zeros(_RING),
        np.zeros(1),
        np.zeros(_SPAN + _LONGEST + 1),
        np.zeros(_LONGEST + 2),
        np.zeros(2),
    )


@kernel
def decimate(ring: Array, end: int, hop: int, state: PitchState) -> None:
    """Take in the last `hop` samples (a multiple of four) that end before sample `end`."""
    mask = ring.shape[0] - 1
    count = int(state.heard[0])
    for at in range(end - hop + _DECIMATION, end + 1, _DECIMATION):
        total = 0.0
        for i in range(_TAPS):
            total += ring[(at - _TAPS + i) & mask] * state.taps[i]
        state.ring[count & (_RING - 1)] = total
        count += 1
    state.heard[0] = count


@kernel
def _correlate(state: PitchState) -> None:
    """Write the normalised correlation at every lag to `state.scores`."""
    recent, scores = state.recent, state.scores
    now = _LONGEST + 1
    start = int(state.heard[0]) - _SPAN - now
    for i in range(_SPAN + now):
        recent[i] = state.ring[(start + i) & (_RING - 1)]
    here, there = 1e-9, 1e-9
    for i in range(_SPAN):
        here += recent[now + i] * recent[now + i]
        there += recent[now - _SHORTEST + 1 + i] * recent[now - _SHORTEST + 1 + i]
    for lag in range(_SHORTEST - 1, _LONGEST + 2):
        first = now - lag
        cross = 0.0
        for i in range(_SPAN):
            cross += recent[first + i] * recent[now + i]
        scores[lag] = cross / np.sqrt(here * max(there, 1e-9))
        if lag <= _LONGEST:
            came, went = recent[first - 1], recent[first + _SPAN - 1]
            there += came * came - went * went


@kernel
def track(state: PitchState) -> None:
    """Find the period of the last 22 ms and how voiced they are; leave both in `state.track`."""
    _correlate(state)
    scores, last = state.scores, state.track[0]
    best, best_rank = 0, 0.0
    for lag in range(_SHORTEST, _LONGEST + 1):
        if scores[lag] >= scores[lag - 1] and scores[lag] >= scores[lag + 1]:
            rank = scores[lag] - 0.0015 * lag
            if last > 0.0 and abs(np.log2(lag / last)) < _NEAR_OCTAVES:
                rank += 0.08
            if rank > best_rank:
                best, best_rank = lag, rank
    if best == 0:
        state.track[0], state.track[1] = 0.0, 0.0
        return
    left, middle, right = scores[best - 1], scores[best], scores[best + 1]
    bend = left - 2.0 * middle + right
    shift = 0.5 * (left - right) / bend if bend < _BENT else 0.0
    state.track[1] = min(1.0, max(0.0, (middle - 0.45) / 0.35))
    state.track[0] = best + shift if state.track[1] > 0.0 else 0.0


@kernel
def frequency(state: PitchState) -> float:
    """Last pitch in Hz, 0 where there is none."""
    return _LOW_RATE_HZ / state.track[0] if state.track[0] > 0.0 else 0.0
