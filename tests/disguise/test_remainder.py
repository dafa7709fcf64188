"""What of the speaker is left behind the map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hattama.disguise.blend import blend
from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.core import make_core
from hattama.disguise.framing import FRAMES_PER_S
from hattama.disguise.normalise import normaliser_state
from hattama.disguise.population import population
from hattama.disguise.profiles import STRONG
from hattama.disguise.remainder import RemainderState, kinds, remainder_state, take_remainder
from hattama.disguise.secret import Secret
from hattama.disguise.voice import draw_voice

MEAN, STD = population()
BLEND = blend(1.0, 0.6)
EVERYBODY = normaliser_state(MEAN, STD)
BIAS = STD * np.concatenate([[0.0], 0.5 * np.random.default_rng(10).normal(size=CEPSTRA - 1)])
"""A speaker's mean that is not among the ways in which people differ."""


def sounds(count: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """What the map says of sounds that lie where a kind does, and how far each is of each kind."""
    generator, centre = np.random.default_rng(seed), kinds().centre
    kind = generator.integers(0, len(centre), count)
    mapped = np.tile(MEAN, (count, 1))
    mapped[:, 1 : 1 + centre.shape[1]] += centre[kind] * STD[1 : 1 + centre.shape[1]]
    off = ((centre[kind][:, None] - centre[None]) ** 2).sum(-1)
    return mapped, np.exp(-off) / np.exp(-off).sum(1, keepdims=True)


def passed(
    state: RemainderState, mapped: np.ndarray, frames: np.ndarray, counted: float
) -> np.ndarray:
    result = frames.copy()
    for said, frame in zip(mapped, result, strict=True):
        take_remainder(state, EVERYBODY, said, frame, counted)
    return result


def speaker(state: RemainderState, seed: int = 5) -> np.ndarray:
    """What sets a speaker apart in each kind, as people differ."""
    return state.ways @ np.random.default_rng(seed).normal(size=state.ways.shape[2])


def test_how_a_speaker_forms_each_kind_of_sound_comes_to_everybody_s_way() -> None:
    mapped, share = sounds(12_000)
    generator = np.random.default_rng(5)
    state = remainder_state(MEAN, STD, BLEND, 1.0, 0.0)
    habit = speaker(state)
    usual = state.usual.copy()
    expected = share @ usual
    said = expected + share @ habit + 0.3 * STD * generator.normal(size=mapped.shape)
    apart = (said - expected, passed(state, mapped, said, 1.0) - expected)
    kind = share[6000:].argmax(1)
    for k in range(len(usual)):
        before, after = (np.linalg.norm((a[6000:][kind == k].mean(0) / STD)[1:]) for a in apart)
        assert after < 0.3 * before


def test_what_was_heard_tells_of_kinds_that_were_not() -> None:
    state = remainder_state(MEAN, STD, BLEND, 1.0, 0.0)
    habit = speaker(state)
    mapped, share = sounds(6000)
    heard = share.argmax(1) < len(state.usual) // 2
    said = share @ (state.usual + habit)
    said += 0.1 * STD * np.random.default_rng(8).normal(size=mapped.shape)
    passed(state, mapped[heard], said[heard], 1.0)
    unheard = slice(len(state.usual) // 2, None)
    missed = np.sum((habit - state.left)[unheard] ** 2 / STD**2)
    assert missed < 0.2 * np.sum(habit[unheard] ** 2 / STD**2)


def test_the_estimate_is_that_of_least_squares_with_a_prior() -> None:
    state = remainder_state(MEAN, STD, BLEND, 1.2, 2.0)
    mapped, share = sounds(16 * 20 + 1)
    said = share @ (state.usual + speaker(state)) + BIAS
    passed(state, mapped, said, 0.7)
    surer = np.eye(state.ways.shape[2]) + np.tensordot(state.weight, state.surer, 1)
    weights = np.linalg.solve(surer, np.einsum("kcr,kc->r", state.told, state.sums))
    told = state.ways @ weights
    missed = (state.sums - state.weight[:, None] * told).sum(0) / (state.weight.sum() + 25.0)
    expected = 1.2 * told + 2.0 * missed * (np.arange(CEPSTRA) > 0)
    np.testing.assert_allclose(state.left, expected, rtol=1e-9, atol=1e-12)


def test_the_mean_that_no_way_tells_goes_as_well() -> None:
    mapped, share = sounds(3000)
    left = {}
    for bias in (0.0, 1.0):
        state = remainder_state(MEAN, STD, BLEND, 1.0, bias)
        usual = share @ state.usual
        left[bias] = (passed(state, mapped, usual + BIAS, 1.0) - usual)[1500:].mean(0)
    assert np.linalg.norm(left[0.0] / STD) > 0.2 * np.linalg.norm(BIAS / STD)
    assert np.linalg.norm(left[1.0] / STD) < 0.05 * np.linalg.norm(BIAS / STD)


def test_a_session_of_hours_goes_on_learning() -> None:
    state = remainder_state(MEAN, STD, BLEND, 1.0, 0.0)
    state.weight[:] = 1e6
    mapped, share = sounds(20_000)
    habit = speaker(state)
    passed(state, mapped, share @ (state.usual + habit), 1.0)
    assert state.weight.sum() <= 60.0 * FRAMES_PER_S
    assert np.abs(state.left - habit).max() < 0.5 * np.abs(habit).max()


def test_who_says_every_kind_as_everybody_is_left_alone() -> None:
    mapped, share = sounds(500)
    state = remainder_state(MEAN, STD, BLEND, 3.0, 4.0)
    said = share @ state.usual
    assert np.allclose(passed(state, mapped, said, 1.0), said)


def test_a_new_speaker_is_taken_for_everybody() -> None:
    mapped, share = sounds(1)
    state = remainder_state(MEAN, STD, BLEND, 1.0, 1.0)
    apart = STD * np.random.default_rng(9).normal(size=CEPSTRA)
    said = share @ state.usual + apart
    taken = said - passed(state, mapped, said, 1.0)
    assert np.linalg.norm(taken / STD) < 0.1 * np.linalg.norm(apart / STD)


@pytest.mark.parametrize(("times", "counted"), [(0.0, 1.0), (1.0, 0.0)])
def test_nothing_is_taken_where_none_is_asked_or_nobody_was_heard(
    times: float, counted: float
) -> None:
    mapped, _ = sounds(400)
    said = MEAN + STD * np.random.default_rng(6).normal(size=mapped.shape)
    assert np.array_equal(
        passed(remainder_state(MEAN, STD, BLEND, times, times), mapped, said, counted), said
    )


def test_the_level_stays() -> None:
    mapped, _ = sounds(400)
    said = MEAN + STD * (1.0 + np.random.default_rng(7).normal(size=mapped.shape))
    late = passed(remainder_state(MEAN, STD, BLEND, 2.0, 3.0), mapped, said, 1.0)
    assert np.array_equal(late[:, 0], said[:, 0])


def test_a_profile_that_asks_for_the_mean_alone_has_it_taken() -> None:
    alone = replace(STRONG, mapping=0.0, mapping_high=0.0, remainder=0.0, bias=1.5)
    core = make_core(alone, draw_voice(alone, Secret(bytes(32))))
    assert core.settings.mapped
    assert (core.remainder.times, core.remainder.bias) == (0.0, 1.5)
