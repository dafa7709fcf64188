from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from hattama.engine.speech.intervals import speech_intervals
from hattama.engine.speech.vad import FakeVoiceActivity, GainOptions, SileroVad, speech_gain


class Array:
    def __init__(self, samples: np.ndarray) -> None:
        self.samples = samples.astype(np.float32)

    def __len__(self) -> int:
        return len(self.samples)

    def read(self, start: int, stop: int) -> np.ndarray:
        return self.samples[start:stop]


@pytest.fixture(scope="module")
def hearing(samples: Path) -> np.ndarray:
    return soundfile.read(samples / "civil-ru-kk.flac", dtype="float32")[0]


def test_speech_of_the_hearing_starts_within_a_tenth_of_a_second_of_the_reference(
    samples: Path, hearing: np.ndarray
) -> None:
    found = speech_intervals(SileroVad().probabilities(Array(hearing)))
    starts = np.array([interval[0] for interval in found])
    lines = (samples / "civil-ru-kk.stm").read_text(encoding="utf-8").splitlines()
    # The one phrase that begins inside another one has no pause before it.
    phrases = [float(line.split()[3]) for line in lines if line.split()[3] != "57.457"]
    errors = [np.min(np.abs(starts - phrase)) for phrase in phrases]
    assert np.median(errors) < 0.05
    assert max(errors) < 0.15


def test_blocks_of_a_long_recording_join_without_a_seam(hearing: np.ndarray) -> None:
    # 106 s are two blocks; the same sound 30 s later falls on other block edges.
    later = np.concatenate([np.zeros(30 * 16_000 // 512 * 512, np.float32), hearing])
    vad = SileroVad(gain=GainOptions(most=1.0))
    plain = vad.probabilities(Array(hearing))
    shifted = vad.probabilities(Array(later))[-len(plain) :]
    assert np.mean((plain > 0.5) != (shifted > 0.5)) < 0.01


def test_speech_thirty_decibels_down_is_still_found(hearing: np.ndarray) -> None:
    vad = SileroVad()
    loud = vad.probabilities(Array(hearing)) > 0.5
    quiet = vad.probabilities(Array(hearing * 10 ** (-30 / 20))) > 0.5
    assert np.mean(loud & ~quiet) < 0.03


def test_the_gain_brings_speech_to_its_level_and_stays_within_its_bound() -> None:
    tone = np.sin(np.arange(160_000) * 0.1).astype(np.float32) * 0.02 * np.sqrt(2)
    assert speech_gain(Array(tone), GainOptions()) == pytest.approx(4.0, rel=0.02)
    assert speech_gain(Array(tone * 0.01), GainOptions()) == 10.0
    assert speech_gain(Array(tone * 50), GainOptions()) == 1.0


def test_digital_silence_is_no_speech_and_no_division_by_zero() -> None:
    probabilities = SileroVad().probabilities(Array(np.zeros(32_000)))
    assert len(probabilities) == 63
    assert probabilities.max() < 0.3


def test_an_empty_recording_has_no_frames() -> None:
    assert len(SileroVad().probabilities(Array(np.zeros(0)))) == 0
    assert len(FakeVoiceActivity().probabilities(Array(np.zeros(0)))) == 0


def test_progress_ends_at_one(hearing: np.ndarray) -> None:
    shares: list[float] = []
    FakeVoiceActivity().probabilities(Array(hearing), shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
