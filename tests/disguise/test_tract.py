"""The length of the vocal tract."""

from __future__ import annotations

import numpy as np
import pytest

from hattama.disguise.bands import BANDS, centres
from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.population import population
from hattama.disguise.tract import (
    even_tract,
    hear_pitch,
    hear_shape,
    log_factor,
    reading_places,
    tract_state,
)

MEAN, STD = population()


def formant(hz: float) -> np.ndarray:
    """An envelope with one wide formant."""
    return np.exp(-0.5 * ((centres() - hz) / 400.0) ** 2)


def peak_hz(bands: np.ndarray) -> float:
    """Where an envelope is highest, between the bands."""
    return float(np.sum(centres() * bands**8) / np.sum(bands**8))


def heard(pitch_hz: float, seconds: float = 20.0) -> float:
    """What is told of a speaker from his pitch alone."""
    state = tract_state()
    for _ in range(int(250 * seconds)):
        hear_pitch(state, pitch_hz)
    return log_factor(state)


@pytest.mark.parametrize("factor", [0.85, 1.0, 1.15])
def test_stretching_moves_a_formant_by_the_factor(factor: float) -> None:
    bands = np.interp(reading_places(factor), np.arange(BANDS), formant(2000.0))
    assert peak_hz(bands) == pytest.approx(2000.0 * factor, rel=0.02)


def test_of_nobody_heard_nothing_is_told_and_nothing_moved() -> None:
    state, bands = tract_state(), formant(1500.0)
    even_tract(state, bands, 1.0)
    assert np.allclose(bands, formant(1500.0))


def test_the_formants_of_a_low_voice_are_moved_up_and_those_of_a_high_one_down() -> None:
    assert heard(95.0) > 0.03
    assert heard(230.0) < -0.03


def test_little_speech_moves_less_than_much() -> None:
    assert 0.0 < heard(95.0, 0.1) < 0.5 * heard(95.0)


def test_the_shape_is_told_from_the_mean_of_what_was_heard() -> None:
    state = tract_state()
    shape = np.random.default_rng(3).normal(size=CEPSTRA)
    for sign in (1.0, -1.0, 1.0, 1.0):
        hear_shape(state, MEAN + sign * STD * shape, MEAN, STD)
    assert np.allclose(state.shape[1:], 0.5 * shape[1:])
    trust = 4.0 / (4.0 + 1.5 * 250.0)
    assert log_factor(state) == pytest.approx(0.5 * trust * state.slopes[1:] @ shape[1:])


def test_an_amount_of_nothing_leaves_the_envelope_alone() -> None:
    state, bands = tract_state(), formant(1500.0)
    for _ in range(2000):
        hear_pitch(state, 90.0)
    even_tract(state, bands, 0.0)
    assert np.allclose(bands, formant(1500.0))


def test_no_speaker_moves_further_than_the_table_goes() -> None:
    state, bands = tract_state(), formant(2000.0)
    for _ in range(5000):
        hear_shape(state, MEAN + 50.0 * STD * np.sign(state.slopes), MEAN, STD)
    even_tract(state, bands, 1.0)
    assert peak_hz(bands) == pytest.approx(2000.0 * np.exp(0.24), rel=0.03)
