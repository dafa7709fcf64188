"""The voice source."""

from __future__ import annotations

import numpy as np
import pytest

from hattama.disguise.excitation import excite, source_state
from hattama.disguise.framing import HOP, RATE_HZ

PITCH_HZ = 250.0
SECONDS = 8


def source(breath: float, voicing: float) -> np.ndarray:
    """Some seconds of it at one pitch."""
    state = source_state(7, 4500.0, breath)
    hops = []
    for i in range(SECONDS * RATE_HZ // HOP):
        excite(state, i * HOP, np.full(2, PITCH_HZ), np.full(2, voicing))
        hops.append(state.excitation.copy())
    return np.concatenate(hops)[RATE_HZ:]


def power(sound: np.ndarray, low_hz: float, high_hz: float) -> float:
    """Mean power density between two frequencies."""
    density = np.abs(np.fft.rfft(sound)) ** 2 / len(sound)
    hz = np.fft.rfftfreq(len(sound), 1.0 / RATE_HZ)
    return float(np.mean(density[(hz >= low_hz) & (hz < high_hz)]))


def valleys(sound: np.ndarray, low_hz: float, high_hz: float) -> float:
    """Mean power density halfway between harmonics."""
    odd = np.arange(low_hz + 0.5 * PITCH_HZ, high_hz, PITCH_HZ)
    return float(np.mean([power(sound, hz - 40.0, hz + 40.0) for hz in odd]))


@pytest.mark.parametrize("breath", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("voicing", [0.0, 0.6, 1.0])
def test_the_source_is_flat_whatever_it_is_made_of(breath: float, voicing: float) -> None:
    sound = source(breath, voicing)
    for low, high in ((250, 750), (2000, 4000), (5500, 7500)):
        assert power(sound, low, high) == pytest.approx(1.0, abs=0.2)


def test_breath_fills_what_is_between_the_harmonics_where_formants_lie() -> None:
    assert valleys(source(0.0, 1.0), 2000.0, 3500.0) < 0.01
    assert valleys(source(0.5, 1.0), 2000.0, 3500.0) == pytest.approx(0.5, abs=0.1)


def test_the_lowest_harmonics_stay_clear_of_breath() -> None:
    assert valleys(source(0.5, 1.0), 250.0, 750.0) < 0.02
