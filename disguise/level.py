"""Loudness and pauses: how loud the room and the speech are, and the same range for everybody.

How far a speaker stands above the noise of his room tells recordings apart. So the level of each
frame is moved from the range that was heard into one range for all; what lies near the bottom of it
is a pause (its sound is cleared by `room.py`).

Floor and peak are quantiles, followed frame by frame (H. Robbins and S. Monro,
doi:10.1214/aoms/1177729586): the floor over all frames, the peak over frames of speech only, so
that a long silence does not raise the room to the level of a voice.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from hattama.disguise.framing import FRAMES_PER_S, Array
from hattama.disguise.kernels import kernel

FLOOR: Final = -16.5
"""Where everybody's pauses lie: mean over the bands of the natural logarithm of power."""

PEAK: Final = -7.8
"""Where everybody's loudest speech lies."""

_FLOOR_SHARE: Final = 0.05  # of all frames lie below the floor
_PEAK_SHARE: Final = 0.07  # of the frames of speech lie above the peak
_FIRST_FLOOR: Final = -15.0
_FIRST_PEAK: Final = -9.0
_FIRST_STEP: Final = 0.12  # a frame, at the start
_FIRST_S: Final = 0.25  # after so long the step is half of the first
_LAST_STEP: Final = 0.02
_LOWEST_FLOOR: Final = -20.0
_LEAST_RANGE: Final = 4.0
_LEAST_SLOPE: Final = 0.6
_MOST_SLOPE: Final = 1.8
_LOUDEST: Final = PEAK + 1.5
_BELOW_RECENT: Final = 6.9  # speech is at most 30 dB below what was just heard,
_LONG_STILL: Final = 3.0  # and where that has fallen this far below the peak,
_ABOVE_FLOOR: Final = 2.0  # stands out from the floor,
_QUIETEST: Final = -16.0  # and at most about 70 dB below full scale
_RECENT_FALL: Final = 2.0 / FRAMES_PER_S
_SPEECH_RANGE: Final = 5.8  # 25 dB below PEAK: what speech uses of everybody's range
_STILL: Final = 2.0  # this far above FLOOR a frame is the room's alone
_FADE: Final = 2.0  # and this much further up it is all speech
_LOUD: Final = 2.6  # 11 dB below PEAK a sound is still a loud one
_FAINT: Final = 5.2  # and 23 dB below it none


class LevelState(NamedTuple):
    """What is known of the room's and the speech's level."""

    track: Array
    """Floor, peak, frames so far, recent loudest frame, shape (4,)."""


def level_state() -> LevelState:
    """Nothing heard yet."""
    return LevelState(np.array([_FIRST_FLOOR, _FIRST_PEAK, 0.0, _FIRST_PEAK]))


@kernel
def _is_speech(track: Array, level: float) -> bool:
    floor, recent = track[0], max(level, track[3] - _RECENT_FALL)
    lowest = max(recent - _BELOW_RECENT, _QUIETEST)
    if recent < track[1] - _LONG_STILL:
        lowest = max(lowest, floor + _ABOVE_FLOOR)
    return bool(level > lowest)


@kernel
def follow(state: LevelState, level: float) -> bool:
    """Let a frame move floor and peak; whether it is speech, by what was heard before it."""
    track = state.track
    spoken = _is_speech(track, level)
    stands_out = spoken and level > track[0] + _ABOVE_FLOOR
    track[2] += 1.0
    track[3] = max(level, track[3] - _RECENT_FALL)
    step = 2.0 * max(_LAST_STEP, _FIRST_STEP / (1.0 + track[2] / (_FIRST_S * FRAMES_PER_S)))
    if stands_out or level > track[1]:
        over = 1.0 if level > track[1] else 0.0
        track[1] += step * (over - _PEAK_SHARE)
    under = 1.0 if level < track[0] else 0.0
    track[0] += step * (_FLOOR_SHARE - under)
    track[0] = max(_LOWEST_FLOOR, min(track[0], track[1] - _LEAST_RANGE))
    return spoken


@kernel
def place(state: LevelState, level: float) -> float:
    """Level of a frame in the range of everybody, for its `level` in the speaker's own."""
    floor, peak = float(state.track[0]), float(state.track[1])
    slope = min(_MOST_SLOPE, max(_LEAST_SLOPE, (PEAK - FLOOR) / (peak - floor)))
    return min(_LOUDEST, PEAK + slope * (level - peak))


@kernel
def squeeze(placed: float, dynamics: float) -> float:
    """A placed level with its distance to PEAK times `dynamics` in speech, and FLOOR where it was.

    Loud and soft sounds come nearer to each other, so that how a speaker stresses shows less; a
    pause stays as quiet as it is.
    """
    below = PEAK - placed
    if below <= _SPEECH_RANGE:
        return PEAK - dynamics * below
    rest = (PEAK - FLOOR - dynamics * _SPEECH_RANGE) / (PEAK - FLOOR - _SPEECH_RANGE)
    return PEAK - dynamics * _SPEECH_RANGE - rest * (below - _SPEECH_RANGE)


@kernel
def amplitude(placed: float) -> float:
    """Amplitude of a frame at a placed level, 1 at PEAK and above."""
    return min(1.0, float(np.exp(0.5 * (placed - PEAK))))


@kernel
def speech_share(placed: float) -> float:
    """How much of a frame at a placed level is speech: 0 in a pause, 1 well above the room."""
    return min(1.0, max(0.0, (placed - FLOOR - _STILL) / _FADE))


@kernel
def loud_share(placed: float) -> float:
    """How loud a sound at a placed level is: 1 near PEAK, as vowels are, 0 in faint ones."""
    return min(1.0, max(0.0, (placed - PEAK + _FAINT) / (_FAINT - _LOUD)))
