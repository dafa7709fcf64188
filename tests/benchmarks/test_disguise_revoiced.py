"""The attacker who puts the voicing back learns it, and uses what he learnt."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.disguise_corpus import RATE_HZ, Utterance
from benchmarks.disguise_revoiced import TAPS, agreement, features, learn, ways
from benchmarks.disguise_systems import System
from benchmarks.disguise_undo import hear
from hattama.disguise.cepstra import CEPSTRA

CLEAR = System("as it is", lambda _: lambda sound: sound)


def talk(seed: int, pitch_hz: float) -> Utterance:
    """A dark buzz and a bright hiss in turn, half a second each."""
    generator = np.random.default_rng(seed)
    time = np.arange(3 * RATE_HZ) / RATE_HZ
    turns = np.cumsum(1.0 + 0.3 * np.sin(2 * np.pi * 3.0 * time)) / RATE_HZ
    buzz = sum(np.cos(2 * np.pi * k * pitch_hz * turns) / k**2 for k in range(1, 20))
    hiss = np.diff(generator.standard_normal(len(time) + 1))
    sound = np.where(time % 1.0 < 0.5, 0.1 * np.asarray(buzz) + 0.01 * hiss, 0.05 * hiss)
    return Utterance(f"p{seed}", f"p{seed}.0", sound.astype(np.float32))


@pytest.fixture(name="speech", scope="module")
def _speech() -> list[Utterance]:
    return [talk(seed, 90.0 + 15.0 * seed) for seed in (0, 4, 2, 6, 1, 5, 3)]


def test_what_was_voiced_is_learnt_from_other_people(speech: list[Utterance]) -> None:
    tell = learn(CLEAR, speech[:-1], steps=300)
    assert agreement(speech[-1:], [speech[-1].samples], tell) > 90.0


def test_speech_is_made_anew_with_the_voicing_that_was_told(speech: list[Utterance]) -> None:
    one = speech[0].samples
    noise = ways(one, lambda heard: np.zeros(len(heard.bands)))
    voice = ways(one, lambda heard: np.ones(len(heard.bands)))
    assert np.array_equal(noise["as it is"], one)
    assert np.array_equal(noise["made anew"], voice["made anew"])
    whispered, spoken = (np.mean(hear(w["put back"]).voicing) for w in (noise, voice))
    assert whispered < 0.3
    assert spoken > 0.7


def test_the_network_hears_some_frames_before_and_after(speech: list[Utterance]) -> None:
    heard = hear(speech[0].samples)
    given = features(heard)
    assert given.shape == (len(heard.bands), len(TAPS) * CEPSTRA)
    now = given[:, TAPS.index(0) * CEPSTRA :][:, :CEPSTRA]
    later = given[:, TAPS.index(5) * CEPSTRA :][:, :CEPSTRA]
    np.testing.assert_array_equal(now[5:], later[:-5])
