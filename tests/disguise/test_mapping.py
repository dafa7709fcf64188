"""The normaliser, the map and the voice that a secret gives."""

from __future__ import annotations

import numpy as np

from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.mapping import generalise, mapping_state, network
from hattama.disguise.normalise import learn, normalise, normaliser_state
from hattama.disguise.population import population
from hattama.disguise.profiles import STRONG, Profile
from hattama.disguise.secret import Secret
from hattama.disguise.voice import draw_voice

MEAN, STD = population()


def speaker(seed: int, frames: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    offset, spread = generator.normal(size=CEPSTRA), generator.uniform(0.6, 1.6, CEPSTRA)
    return MEAN + STD * (offset + spread * generator.normal(size=(frames, CEPSTRA)))


def test_after_some_speech_every_speaker_has_the_population_s_statistics() -> None:
    for seed in range(3):
        state, done = normaliser_state(MEAN, STD), []
        for frame in speaker(seed, 20_000):
            learn(state, frame)
            work = frame.copy()
            normalise(state, work, 1.0)
            done.append(work)
        late = np.array(done[10_000:])[:, 1:]
        assert np.max(np.abs(np.mean(late, axis=0) - MEAN[1:]) / STD[1:]) < 0.15
        assert np.max(np.abs(np.std(late, axis=0) / STD[1:] - 1.0)) < 0.15


def test_the_map_does_what_its_weights_say() -> None:
    state, normaliser, net = mapping_state(), normaliser_state(MEAN, STD), network()
    frames = speaker(7, 80)
    for frame in frames:
        generalise(state, normaliser, frame)
    past = [frames[79 - tap] for tap in net.taps]
    given = np.concatenate([*((p - MEAN) / STD for p in past), np.zeros(2 * CEPSTRA)])
    hidden = np.maximum(net.first @ given + net.first_bias, 0.0)
    hidden = np.maximum(net.second @ hidden + net.second_bias, 0.0)
    said = 0.5 * given[1:CEPSTRA] + net.third @ hidden + net.third_bias
    expected = MEAN[1:] + STD[1:] * net.expansion * said
    assert state.mapped[0] == frames[-1][0]
    assert np.allclose(state.mapped[1:], expected, atol=1e-3)


def test_a_voice_stays_within_its_profile_and_does_not_print_itself() -> None:
    for _ in range(50):
        voice = draw_voice(STRONG, Secret.fresh())
        assert STRONG.lowest_pitch_hz <= voice.pitch_hz <= STRONG.highest_pitch_hz
        widest = (1 + STRONG.warp) * (1 + STRONG.bend)
        assert np.all((voice.warp <= widest) & (voice.warp >= 1 / widest))
        assert repr(voice) == "Voice()"


def test_a_profile_without_secret_shapes_has_none() -> None:
    voice = draw_voice(
        Profile("bare", warp=0.0, bend=0.0, twist=0.0, tilt=0.0, colour=0.0, shade=0.0, bass=0.0),
        Secret.fresh(),
    )
    assert np.array_equal(voice.warp, np.ones(4))
    assert not np.any(voice.twist)
    assert not np.any(voice.colour)
