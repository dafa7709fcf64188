from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from hattama.disguise.undo import turn_back

RATE = 16_000


def sung(semitones: float, seed: int, seconds: float = 4.0) -> np.ndarray:
    """A voice with an intonation of its own by seed, shifted by semitones; formants stay."""
    rng = np.random.default_rng(seed)
    n = round(seconds * RATE)
    t = np.arange(n) / RATE
    wave = sum(
        rng.normal(0, 0.12) * np.sin(2 * np.pi * f * t + rng.uniform(0, 6))
        for f in (0.4, 0.9, 1.7, 2.8)
    )
    pitch = 130.0 * 2 ** (wave + semitones / 12)
    phase = np.cumsum(pitch) / RATE
    pulses = np.diff(np.floor(phase), prepend=0.0) + rng.normal(0, 0.01, n)
    for hz, width in ((600, 90), (1300, 110), (2500, 160)):
        radius = np.exp(-np.pi * width / RATE)
        pulses = lfilter([1], [1, -2 * radius * np.cos(2 * np.pi * hz / RATE), radius**2], pulses)
    return np.asarray(0.3 * pulses / np.abs(pulses).max(), np.float32)


@pytest.mark.parametrize("semitones", [-5.0, -2.5, 0.0, 3.0, 7.0])
def test_a_shifted_voice_is_turned_back_by_the_right_amount(semitones: float) -> None:
    found = turn_back(sung(0.0, seed=1), sung(semitones, seed=1))
    assert found.succeeded
    assert abs(found.semitones - semitones) <= 0.5


def test_another_intonation_is_not_turned_back() -> None:
    assert not turn_back(sung(0.0, seed=1), sung(-4.0, seed=2)).succeeded


@pytest.mark.parametrize("sound", [np.zeros(RATE, np.float32), np.zeros(10, np.float32)])
def test_silence_is_not_turned_back(sound: np.ndarray) -> None:
    assert not turn_back(sound, sound).succeeded
