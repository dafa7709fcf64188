"""Pitch of the input."""

from __future__ import annotations

import numpy as np
import pytest
from disguise_pitches import follow

from hattama.disguise.framing import HOP, RATE_HZ
from hattama.disguise.pitch import SURELY_VOICED


@pytest.mark.parametrize("pitch_hz", [72.0, 110.0, 163.0, 220.0, 305.0, 395.0])
def test_the_pitch_of_a_buzz_is_found(pitch_hz: float) -> None:
    time = np.arange(RATE_HZ) / RATE_HZ
    buzz = sum(np.cos(2 * np.pi * k * pitch_hz * time) / k for k in range(1, 15))
    pitch, voicing = follow(0.1 * np.asarray(buzz))
    assert np.median(np.abs(pitch[30:] / pitch_hz - 1.0)) < 0.01
    assert np.mean(np.abs(pitch[30:] / pitch_hz - 1.0) < 0.03) > 0.95
    assert np.min(voicing[30:]) > 0.9


def test_noise_is_not_voiced_and_silence_has_no_pitch() -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal(RATE_HZ)
    assert np.mean(follow(noise)[1]) < 0.2
    pitch, voicing = follow(np.zeros(RATE_HZ))
    assert not np.any(pitch)
    assert not np.any(voicing)


@pytest.mark.parametrize("pitch_hz", [80.0, 110.0, 200.0, 300.0])
def test_the_end_of_a_voice_is_noticed_within_its_window(pitch_hz: float) -> None:
    time = np.arange(RATE_HZ // 2) / RATE_HZ
    buzz = sum(np.cos(2 * np.pi * k * pitch_hz * time) / k for k in range(1, 15))
    noise = 0.003 * np.random.default_rng(0).standard_normal(RATE_HZ)
    voiced = follow(noise + np.pad(0.1 * np.asarray(buzz), (0, RATE_HZ // 2)))[1] > SURELY_VOICED
    ended_s = (np.flatnonzero(voiced)[-1] + 1) * HOP / RATE_HZ
    assert 0.5 < ended_s < 0.525  # 0.532 while the window was 30 ms long
