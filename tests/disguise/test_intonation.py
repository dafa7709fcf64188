"""The disguise's own pitch and voicing."""

from __future__ import annotations

import numpy as np
import pytest

from hattama.disguise.intonation import IntonationState, intonation_state, intone
from hattama.disguise.pitch import pitch_state

_LOW_RATE_HZ = 4000.0


def followed(state: IntonationState, octaves: np.ndarray, sure: float = 1.0) -> np.ndarray:
    """The disguise's pitch, in octaves about its middle, where the tracker hears such octaves."""
    pitch = pitch_state()
    found = []
    for octave in octaves:
        pitch.track[0], pitch.track[1] = _LOW_RATE_HZ / (120.0 * 2.0**octave), sure
        intone(state, pitch, sure)
        found.append(np.log2(state.pitch_hz[1] / state.middle_hz))
    return np.array(found)


def sway(depth: float, seconds: float = 20.0) -> np.ndarray:
    return depth * np.sin(2.0 * np.pi * 0.8 * np.arange(int(250 * seconds)) / 250)


def test_wide_and_narrow_intonation_come_out_alike() -> None:
    narrow, wide = (followed(intonation_state(150.0, 0.5, 1.0), sway(d)) for d in (0.2, 0.5))
    settled = slice(2500, None)
    assert 0.9 < np.std(narrow[settled]) / np.std(wide[settled]) < 1.1


def test_where_nothing_is_evened_the_range_stays() -> None:
    narrow, wide = (followed(intonation_state(150.0, 1.0, 0.0), sway(d)) for d in (0.1, 0.2))
    settled = slice(2500, None)
    assert np.std(wide[settled]) / np.std(narrow[settled]) == pytest.approx(2.0, rel=0.05)


def test_without_contour_the_voice_is_a_monotone() -> None:
    assert np.all(followed(intonation_state(150.0, 0.0, 1.0), sway(0.4)) == 0.0)


def test_the_speaker_s_own_level_of_pitch_does_not_show() -> None:
    low = followed(intonation_state(150.0, 0.5, 1.0), sway(0.2))
    high = followed(intonation_state(150.0, 0.5, 1.0), sway(0.2) + 1.0)
    np.testing.assert_allclose(low, high, atol=1e-9)


def test_a_sound_that_is_hardly_voiced_hardly_moves_the_pitch() -> None:
    state = intonation_state(150.0, 1.0, 0.0)
    followed(state, np.zeros(500))
    unsure = followed(state, np.full(10, 0.5), sure=0.02)
    assert unsure.max() < 0.05


def test_the_voicing_is_what_was_asked() -> None:
    state, pitch = intonation_state(150.0, 0.5, 1.0), pitch_state()
    for voicing in (0.3, 0.8):
        intone(state, pitch, voicing)
    assert state.voicing.tolist() == [0.3, 0.8]
