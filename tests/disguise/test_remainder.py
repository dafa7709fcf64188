"""What of the speaker is left behind the map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hattama.disguise import remainder
from hattama.disguise.blend import blend
from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.core import frame, make_core
from hattama.disguise.framing import FRAMES_PER_S, HOP
from hattama.disguise.level import loud_share
from hattama.disguise.normalise import normaliser_state
from hattama.disguise.population import population
from hattama.disguise.profiles import STRONG, Profile
from hattama.disguise.remainder import (
    Kinds,
    RemainderState,
    hear_remainder,
    remainder_state,
    take_remainder,
)
from hattama.disguise.secret import Secret
from hattama.disguise.voice import draw_voice

MEAN, STD = population()
BLEND = blend(1.0, 0.6)
EVERYBODY = normaliser_state(MEAN, STD)
SIZE = CEPSTRA - 1
BIAS = 0.5 * np.random.default_rng(10).normal(size=2 * SIZE)
"""A speaker's mean that is not among the ways in which people differ, in standard deviations."""


def clear_kinds(few: int = 8, ways: int = 10) -> Kinds:
    """Kinds that no sound lies between."""
    generator = np.random.default_rng(1)
    mapped = generator.normal(size=(few, SIZE))
    mapped[:, :12] *= 6.0
    return Kinds(
        centre=mapped[:, :12],
        natural=generator.normal(size=(few, SIZE)),
        mapped=mapped,
        scatter=0.09 * np.eye(2 * SIZE),
        ways=0.3 * generator.normal(size=(few, 2 * SIZE, ways)),
    )


CLEAR = clear_kinds()


@pytest.fixture
def clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """A state is made of clear kinds and not of those that come with the program."""
    monkeypatch.setattr(remainder, "kinds", lambda: CLEAR)


@dataclass(frozen=True)
class Frames:
    """Frames before the map goes into them, in standard deviations about everybody's mean."""

    own: np.ndarray
    mapped: np.ndarray

    def __add__(self, apart: np.ndarray) -> Frames:
        """The same further on by `apart`: normalised speech, then map, shape (..., 2 * SIZE)."""
        return Frames(self.own + apart[..., :SIZE], self.mapped + apart[..., SIZE:])


def usual_of(state: RemainderState, share: np.ndarray) -> Frames:
    """What everybody says of such kinds."""
    return Frames(*np.split(share @ state.usual, 2, axis=1))


def cepstra(said: np.ndarray) -> np.ndarray:
    return MEAN + STD * np.pad(said, ((0, 0), (1, 0)))


def mixture(frames: Frames) -> np.ndarray:
    """The frames once the map is in them, in cepstra."""
    own, mapped = cepstra(frames.own), cepstra(frames.mapped)
    return own + (mapped - own) @ BLEND.T


def passed(
    state: RemainderState, frames: Frames, counted: float = 1.0, loud: float = 1.0
) -> np.ndarray:
    """What becomes of the frames."""
    result = mixture(frames)
    for own, mapped, one in zip(cepstra(frames.own), cepstra(frames.mapped), result, strict=True):
        hear_remainder(state, EVERYBODY, own, mapped, counted)
        take_remainder(state, one, loud)
    return result


def sounds(state: RemainderState, count: int, seed: int = 3) -> np.ndarray:
    """How far each of some sounds is of each kind: wholly of one."""
    kind = np.random.default_rng(seed).integers(0, len(state.usual), count)
    return np.asarray(np.eye(len(state.usual))[kind])


def anything(count: int, seed: int) -> Frames:
    said = np.random.default_rng(seed).normal(size=(count, 2 * SIZE))
    return Frames(said[:, :SIZE], said[:, SIZE:])


def speaker(seed: int = 5) -> np.ndarray:
    """What sets a speaker apart in each of the clear kinds, shape (kinds, 2 * SIZE)."""
    return CLEAR.ways @ np.random.default_rng(seed).normal(size=CLEAR.ways.shape[2])


@pytest.mark.usefixtures("clear")
def test_how_a_speaker_forms_each_kind_of_sound_comes_to_everybody_s_way() -> None:
    state = remainder_state(STD, BLEND, 1.0, 0.0)
    share = sounds(state, 12_000)
    expected = usual_of(state, share)
    noise = 0.3 * np.random.default_rng(5).normal(size=(len(share), 2 * SIZE))
    said = expected + share @ speaker() + noise
    apart = (mixture(said) - mixture(expected), passed(state, said) - mixture(expected))
    kind = share[6000:].argmax(1)
    for k in range(len(state.usual)):
        before, after = (np.linalg.norm((a[6000:][kind == k].mean(0) / STD)[1:]) for a in apart)
        assert after < 0.3 * before


@pytest.mark.usefixtures("clear")
def test_what_was_heard_tells_of_kinds_that_were_not() -> None:
    state = remainder_state(STD, BLEND, 1.0, 0.0)
    habit, share = speaker(), sounds(state, 6000)
    said = usual_of(state, share) + share @ habit
    said += 0.1 * np.random.default_rng(8).normal(size=(len(share), 2 * SIZE))
    heard = share.argmax(1) < len(state.usual) // 2
    passed(state, Frames(said.own[heard], said.mapped[heard]))
    unheard, wanted = slice(len(state.usual) // 2, None), habit @ state.mixed.T
    missed = np.sum((wanted - state.left)[unheard] ** 2 / STD**2)
    assert missed < 0.2 * np.sum(wanted[unheard] ** 2 / STD**2)


@pytest.mark.usefixtures("clear")
def test_the_estimate_is_that_of_least_squares_with_a_prior() -> None:
    state = remainder_state(STD, BLEND, 1.2, 2.0)
    share = sounds(state, 16 * 20 + 1)
    passed(state, usual_of(state, share) + share @ speaker() + BIAS, counted=0.7)
    surer = np.eye(state.ways.shape[2]) + np.tensordot(state.weight, state.surer, 1)
    weights = np.linalg.solve(surer, np.einsum("kcr,kc->r", state.told, state.sums))
    told = state.ways @ weights
    missed = (state.sums @ state.mixed.T - state.weight[:, None] * told).sum(0)
    missed /= state.weight.sum() + 80.0
    expected = 1.2 * told + 2.0 * missed * (np.arange(CEPSTRA) > 0)
    np.testing.assert_allclose(state.left, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.usefixtures("clear")
def test_the_mean_that_no_way_tells_goes_as_well() -> None:
    left = {}
    for bias in (0.0, 1.0):
        state = remainder_state(STD, BLEND, 1.0, bias)
        usual = usual_of(state, sounds(state, 3000))
        left[bias] = (passed(state, usual + BIAS) - mixture(usual))[1500:].mean(0)
    before = np.linalg.norm(state.mixed @ BIAS / STD)
    assert np.linalg.norm(left[0.0] / STD) > 0.2 * before
    assert np.linalg.norm(left[1.0] / STD) < 0.05 * before


@pytest.mark.usefixtures("clear")
def test_a_session_of_hours_goes_on_learning() -> None:
    state = remainder_state(STD, BLEND, 1.0, 0.0)
    state.weight[:] = 1e6
    habit, share = speaker(), sounds(state, 20_000)
    passed(state, usual_of(state, share) + share @ habit)
    assert state.weight.sum() <= 60.0 * FRAMES_PER_S
    wanted = habit @ state.mixed.T
    assert np.abs(state.left - wanted).max() < 0.5 * np.abs(wanted).max()


@pytest.mark.usefixtures("clear")
def test_who_says_every_kind_as_everybody_is_left_alone() -> None:
    state = remainder_state(STD, BLEND, 3.0, 4.0)
    said = usual_of(state, sounds(state, 500))
    assert np.allclose(passed(state, said), mixture(said))


def test_a_new_speaker_is_taken_for_everybody() -> None:
    state = remainder_state(STD, BLEND, 1.0, 1.0)
    apart = np.random.default_rng(9).normal(size=2 * SIZE)
    said = usual_of(state, sounds(state, 1)) + apart
    taken = mixture(said) - passed(state, said)
    assert np.linalg.norm(taken / STD) < 0.1 * np.linalg.norm(state.mixed @ apart / STD)


@pytest.mark.parametrize(
    ("times", "counted", "loud"), [(0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)]
)
def test_nothing_is_taken_where_none_is_asked_or_nobody_was_heard_or_it_is_faint(
    times: float, counted: float, loud: float
) -> None:
    said = anything(400, 6)
    state = remainder_state(STD, BLEND, times, times)
    assert np.array_equal(passed(state, said, counted, loud), mixture(said))


def test_half_as_loud_a_sound_loses_half() -> None:
    said = anything(400, 11)
    half, whole = (
        mixture(said) - passed(remainder_state(STD, BLEND, 1.0, 1.0), said, loud=loud)
        for loud in (0.5, 1.0)
    )
    np.testing.assert_allclose(half, 0.5 * whole, atol=1e-9)
    assert np.abs(whole).max() > 0.1


def test_the_level_stays() -> None:
    said = anything(400, 7) + np.ones(2 * SIZE)
    late = passed(remainder_state(STD, BLEND, 2.0, 3.0), said)
    assert np.array_equal(late[:, 0], mixture(said)[:, 0])


def test_a_profile_that_asks_for_the_mean_alone_has_it_taken() -> None:
    alone = replace(STRONG, mapping=0.0, mapping_high=0.0, remainder=0.0, bias=1.5)
    core = make_core(alone, draw_voice(alone, Secret(bytes(32))))
    assert core.settings.mapped
    assert (core.remainder.times, core.remainder.bias) == (0.0, 1.5)


def envelopes(sound: np.ndarray, profile: Profile) -> np.ndarray:
    """What the disguise makes of the envelopes of 16 kHz speech, shape (frames, BANDS)."""
    core = make_core(profile, draw_voice(profile, Secret(bytes(32))))
    ring = np.zeros(1 << len(sound).bit_length())
    ring[: len(sound)] = sound
    found = []
    for end in range(HOP, len(sound), HOP):
        frame(core, ring, end)
        found.append(core.bands.copy())
    return np.array(found)


def test_it_is_taken_off_loud_sounds_and_not_off_faint_ones(samples: Path) -> None:
    sound, _ = soundfile.read(samples / "civil-ru-kk.flac", stop=20 * 16_000)
    plain = replace(
        STRONG, remainder=0.0, bias=0.0, twist=0.0, colour=0.0, shade=0.0, tilt=0.0, bass=0.0
    )
    before = envelopes(sound, plain)
    changed = np.abs(envelopes(sound, replace(plain, remainder=1.0)) - before).max(axis=1)
    loud = np.array([loud_share(level) for level in before.mean(axis=1)])
    assert np.all(changed[loud == 0.0] < 1e-9)
    assert np.median(changed[loud == 1.0]) > 0.1
    assert min(np.mean(loud == 0.0), np.mean(loud == 1.0)) > 0.1
