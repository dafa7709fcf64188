"""What of the speaker is left behind the map."""

from __future__ import annotations

import numpy as np
import pytest

from hattama.disguise.blend import blend
from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.normalise import normaliser_state
from hattama.disguise.population import population
from hattama.disguise.remainder import RemainderState, kinds, remainder_state, take_remainder

MEAN, STD = population()
BLEND = blend(1.0, 0.6)
EVERYBODY = normaliser_state(MEAN, STD)


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


def test_how_a_speaker_forms_each_kind_of_sound_comes_to_everybody_s_way() -> None:
    mapped, share = sounds(12_000)
    generator = np.random.default_rng(5)
    habit = STD * generator.normal(size=(len(kinds().centre), CEPSTRA))
    state = remainder_state(MEAN, STD, BLEND, 1.0)
    usual = state.usual.copy()
    expected = share @ usual
    said = expected + share @ habit + 0.3 * STD * generator.normal(size=mapped.shape)
    apart = (said - expected, passed(state, mapped, said, 1.0) - expected)
    kind = share[6000:].argmax(1)
    for k in range(len(usual)):
        before, after = (np.abs(a[6000:][kind == k].mean(0))[1:].max() for a in apart)
        assert after < 0.25 * before


def test_who_says_every_kind_as_everybody_is_left_alone() -> None:
    mapped, share = sounds(500)
    state = remainder_state(MEAN, STD, BLEND, 3.0)
    said = share @ state.usual
    assert np.allclose(passed(state, mapped, said, 1.0), said)


def test_a_new_speaker_is_taken_for_everybody() -> None:
    mapped, _ = sounds(1)
    said = MEAN + STD
    state = remainder_state(MEAN, STD, BLEND, 1.0)
    assert np.allclose(passed(state, mapped, said[None], 1.0)[0], said, atol=0.05)


@pytest.mark.parametrize(("times", "counted"), [(0.0, 1.0), (1.0, 0.0)])
def test_nothing_is_taken_where_none_is_asked_or_nobody_was_heard(
    times: float, counted: float
) -> None:
    mapped, _ = sounds(400)
    said = MEAN + STD * np.random.default_rng(6).normal(size=mapped.shape)
    assert np.array_equal(
        passed(remainder_state(MEAN, STD, BLEND, times), mapped, said, counted), said
    )


def test_the_level_stays() -> None:
    mapped, _ = sounds(400)
    said = MEAN + STD * (1.0 + np.random.default_rng(7).normal(size=mapped.shape))
    late = passed(remainder_state(MEAN, STD, BLEND, 2.0), mapped, said, 1.0)
    assert np.array_equal(late[:, 0], said[:, 0])
