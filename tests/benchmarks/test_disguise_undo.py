from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.disguise_undo import (
    _unmixed,
    _unwarped,
    hear,
    mean_pitch,
    repitched,
    shifted,
    speak,
    unmasked,
)
from hattama.disguise.bands import BANDS, centres
from hattama.disguise.cepstra import cosines
from hattama.disguise.population import population
from hattama.disguise.profiles import Profile
from hattama.disguise.secret import Secret
from hattama.disguise.stream import DisguiseStream
from hattama.disguise.trial import trial_voice
from hattama.disguise.voice import KNOTS_HZ, draw_voice

SECRET = Secret(bytes(range(32)))
MASK = Profile(
    "secret alone",
    0.0,
    mapping=0.0,
    mapping_high=0.0,
    remainder=0.0,
    bias=0.0,
    voicing=1.0,
    highest_pitch_hz=360.0,
    bass_from_hz=0.0,
    warp=0.3,
    bend=0.1,
    twist=0.8,
    colour=1.0,
    bass=12.0,  # more than that is lost in the noise of what it was taken from
)
"""Nothing of the speaker is taken; all that is done, the secret does."""


@pytest.fixture(scope="module")
def speech(samples: Path) -> np.ndarray:
    sound, rate = soundfile.read(samples / "civil-ru-kk.flac", dtype="float32", stop=9 * 16_000)
    assert rate == 16_000
    return sound[2 * rate :]


def disguised(sound: np.ndarray, profile: Profile) -> np.ndarray:
    stream = DisguiseStream(16_000, profile, SECRET, block_size=160)
    return np.concatenate([stream.process(sound), stream.flush()])[stream.latency :]


def apart(sound: np.ndarray, other: np.ndarray) -> float:
    """Mean distance of two envelopes, level aside, where the first is loud; natural-log power."""
    x, y = hear(sound).bands, hear(other).bands
    loud = x.mean(axis=1) > np.quantile(x.mean(axis=1), 0.5)
    x, y = x[loud], y[loud]
    difference = (x - x.mean(axis=1, keepdims=True)) - (y - y.mean(axis=1, keepdims=True))
    return float(np.mean(np.abs(difference)))


def test_speech_taken_apart_and_made_anew_has_its_envelope_and_pitch(speech: np.ndarray) -> None:
    heard = hear(speech)
    again = speak(heard, heard.bands, heard.pitch_hz)
    assert len(again) == len(speech)
    assert mean_pitch(hear(again)) == pytest.approx(mean_pitch(heard), rel=0.03)
    assert apart(speech, again) < 1.0
    assert apart(speech, np.roll(again, 4000)) > 1.3  # of moments that do not belong together


@pytest.mark.parametrize("semitones", [-6.0, 4.0])
def test_the_pitch_moves_by_the_semitones_that_are_asked(
    speech: np.ndarray, semitones: float
) -> None:
    heard = hear(speech)
    moved = hear(shifted(heard, semitones, 0.0))
    ratio = 2 ** (semitones / 12)
    assert mean_pitch(moved) == pytest.approx(ratio * mean_pitch(heard), rel=0.05)


@pytest.mark.parametrize("semitones", [-4.0, 4.0])
def test_a_formant_moves_by_the_semitones_that_are_asked(semitones: float) -> None:
    """A resonance of noise at 1500 Hz; the expected place is arithmetic."""
    t = np.arange(480) / 16_000
    ring = np.exp(-np.pi * 90 * t) * np.sin(2 * np.pi * 1500 * t)
    noise = np.random.default_rng(2).normal(0, 0.02, 32_000)
    sound = np.convolve(noise, ring)[:32_000].astype(np.float32)
    moved = hear(shifted(hear(sound), 0.0, semitones)).bands.mean(axis=0)
    peak = float(centres()[int(np.argmax(moved))])
    assert abs(12 * np.log2(peak / 1500) - semitones) < 1.5  # bands are 1 to 2 semitones wide


def test_a_warp_is_undone_where_the_synthesis_put_it() -> None:
    """An envelope is warped by the definition in `synthesis_state`, and read back."""
    voice = draw_voice(MASK, SECRET)
    knots = np.array(KNOTS_HZ)

    def shape(hz: np.ndarray) -> np.ndarray:
        return np.asarray(3 * np.cos(hz / 900) + hz / 2000)

    moved = np.minimum(knots * voice.warp, 7500)
    before = np.interp(centres(), [0.0, *moved, 8000.0], [0.0, *knots, 8000.0])
    back = _unwarped(shape(before)[None], voice.warp)[0]
    inner = (centres() > 200) & (centres() < 7000)
    assert np.max(np.abs(back - shape(centres()))[inner]) < 0.35
    assert np.max(np.abs(shape(before) - shape(centres()))[inner]) > 1.5


def test_mixing_and_colour_are_undone_exactly() -> None:
    voice = draw_voice(MASK, SECRET)
    mean, std = population()
    generator = np.random.default_rng(4)
    cepstra = mean + std * generator.normal(size=(50, len(mean)))
    normal = (cepstra - mean) / std
    mixed = cepstra + (normal @ voice.twist.T) * std + voice.colour
    back = _unmixed(mixed @ cosines(), voice.colour, voice.twist)
    assert back.shape == (50, BANDS)
    np.testing.assert_allclose(back @ cosines().T, cepstra, atol=1e-9)


def test_a_disguise_that_is_all_secret_comes_off_with_the_secret(speech: np.ndarray) -> None:
    masked = disguised(speech, MASK)[: len(speech)]
    heard = hear(masked)
    right = apart(speech, unmasked(heard, MASK, SECRET))
    # One wrong secret may happen to lie near the right one.
    wrong = [apart(speech, unmasked(heard, MASK, Secret(bytes([i] * 32)))) for i in range(8)]
    assert right < 0.75 * apart(speech, masked)
    assert right < 0.6 * np.mean(wrong)
    assert right < min(wrong)


def test_the_supposed_pitch_is_given_back(speech: np.ndarray) -> None:
    masked = hear(disguised(speech, MASK)[: len(speech)])
    low, high = (mean_pitch(hear(unmasked(masked, MASK, SECRET, hz))) for hz in (100.0, 180.0))
    assert high / low == pytest.approx(1.8, rel=0.1)
    assert low == pytest.approx(100.0, rel=0.2)  # the session's pitch is that of a running mean


def test_a_sound_without_voice_has_no_pitch_and_raises_nothing() -> None:
    silent = hear(np.zeros(8000, np.float32))
    assert mean_pitch(silent) == 0.0
    assert np.isfinite(unmasked(silent, MASK, SECRET, 120.0)).all()
    assert mean_pitch(hear(trial_voice(16_000, 1.0))) > 60.0


def test_a_pitch_is_moved_without_the_secret_and_the_intonation_is_given_back() -> None:
    """A buzz that glides by half an octave; the expected pitches are arithmetic."""
    octaves = np.interp(np.arange(32_000), [0, 31_999], [-0.25, 0.25])
    phase = np.cumsum(120.0 * 2.0**octaves / 16_000)
    buzz = np.zeros(32_000)
    buzz[np.flatnonzero(np.diff(np.floor(phase)) > 0)] = 0.3
    heard = hear(buzz.astype(np.float32))
    for contour in (1.0, 0.5):
        moved = hear(repitched(heard, 150.0, contour))
        assert mean_pitch(moved) == pytest.approx(150.0, rel=0.05)
        clear = moved.pitch_hz[moved.pitch_hz > 0.0][50:-50]
        glide = float(np.log2(np.median(clear[-20:]) / np.median(clear[:20])))
        assert glide == pytest.approx(0.5 / contour * 0.8, rel=0.25)
