"""Loudness and pauses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hattama.disguise.level import (
    FLOOR,
    PEAK,
    follow,
    level_state,
    loud_share,
    place,
    speech_share,
    squeeze,
)

FRAMES_PER_S = 250


def talk(room: float, loudest: float, seconds: float, seed: int) -> np.ndarray:
    """Levels of somebody who speaks a second and rests half of one."""
    generator = np.random.default_rng(seed)
    count = int(seconds * FRAMES_PER_S)
    speaks = (np.arange(count) / FRAMES_PER_S) % 1.5 < 1.0
    speech = loudest - 4.0 * generator.beta(1.5, 2.0, count)
    return np.where(speaks, speech, room) + 0.2 * generator.normal(size=count)


def heard(levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Placed levels, and which frames were taken for speech."""
    state, placed, spoken = level_state(), [], []
    for level in levels:
        spoken.append(follow(state, level))
        placed.append(place(state, level))
    return np.array(placed), np.array(spoken)


def test_rooms_and_voices_of_every_level_come_to_the_same_range() -> None:
    for room, loudest in ((-16.0, -7.0), (-12.0, -6.0), (-18.0, -10.0)):
        late = heard(talk(room, loudest, 20.0, 1))[0][10 * FRAMES_PER_S :]
        low, high = np.percentile(late, [5, 95])
        assert abs(low - FLOOR) < 1.5
        assert abs(high - PEAK) < 1.0


def test_speech_is_told_from_the_room() -> None:
    levels = talk(-15.0, -6.0, 20.0, 2)
    spoken = heard(levels)[1]
    assert np.mean(spoken == (levels > -12.5)) > 0.95


def test_a_long_silence_does_not_raise_the_room_to_a_voice() -> None:
    talked = talk(-13.0, -7.0, 10.0, 3)
    still = -13.0 + 0.2 * np.random.default_rng(4).normal(size=60 * FRAMES_PER_S)
    placed, spoken = heard(np.concatenate([talked, still]))
    late = slice(len(talked) + 5 * FRAMES_PER_S, None)
    assert not np.any(spoken[late])
    assert np.max(placed[late]) < FLOOR + 3.0


def test_the_first_words_are_placed_nearly_as_the_later_ones() -> None:
    off = []
    for seed in range(12):
        room, loudest = np.random.default_rng(seed).normal((-15.8, -7.4))
        levels = talk(room, loudest, 12.0, seed)
        early, settled = levels[: 3 * FRAMES_PER_S], level_state()
        for level in levels:
            follow(settled, level)
        shares = [speech_share(place(settled, level)) for level in early]
        off.append([speech_share(placed) for placed in heard(early)[0]] - np.array(shares))
    assert np.mean(np.abs(off)) < 0.006


def test_a_pause_is_the_rooms_and_the_peak_is_all_speech() -> None:
    assert speech_share(FLOOR) == 0.0
    assert speech_share(PEAK) == 1.0


@given(st.floats(FLOOR - 3.0, PEAK + 1.5), st.floats(0.0, 3.0))
def test_a_sound_is_the_louder_the_nearer_it_is_to_the_peak(placed: float, more: float) -> None:
    assert 0.0 <= loud_share(placed) <= loud_share(placed + more) <= 1.0
    assert loud_share(PEAK - 2.5) == 1.0
    assert loud_share(PEAK - 5.3) == 0.0


def test_squeezed_speech_comes_nearer_to_its_peak_and_a_pause_stays() -> None:
    assert squeeze(PEAK, 0.5) == PEAK
    assert squeeze(PEAK - 4.0, 0.5) == PEAK - 2.0
    assert np.isclose(squeeze(FLOOR, 0.5), FLOOR)
    assert np.isclose(squeeze(FLOOR, 0.3), FLOOR)


@given(st.floats(FLOOR - 3.0, PEAK + 1.5), st.floats(0.3, 1.0))
def test_what_was_louder_stays_louder(placed: float, dynamics: float) -> None:
    assert squeeze(placed + 0.01, dynamics) > squeeze(placed, dynamics)
    assert squeeze(placed, 1.0) == pytest.approx(placed)
