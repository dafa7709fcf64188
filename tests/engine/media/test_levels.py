"""Levels against what was put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import soxr

from hattama.engine.media.decode import decode
from hattama.engine.media.levels import Levels, Meter

if TYPE_CHECKING:
    from pathlib import Path

RATE = 16_000


def measured(signal: np.ndarray, block: int = 4096) -> Levels:
    meter = Meter()
    signal = signal.astype(np.float32)
    for start in range(0, len(signal), block):
        meter.source(signal[start : start + block])
        meter.resampled(signal[start : start + block])
    return meter.levels()


def tone(amplitude: float, seconds: float = 2.0) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * 440 * np.arange(int(seconds * RATE)) / RATE)


def test_a_tone_has_its_level_and_its_peak() -> None:
    levels = measured(tone(0.5))
    assert levels.peak_db == pytest.approx(-6.02, abs=0.01)
    assert levels.rms_db == pytest.approx(-9.03, abs=0.01)
    assert levels.clipped == 0
    assert levels.silent == 0


def test_digital_silence_has_no_level() -> None:
    levels = measured(np.zeros(RATE))
    assert levels.is_silent
    assert levels.rms_db == float("-inf")
    assert levels.bandwidth_hz is None
    assert not levels.is_telephone


def test_half_silence_is_half_silent() -> None:
    levels = measured(np.concatenate([tone(0.1, 4.096), np.zeros(65_536)]))
    assert levels.silent == pytest.approx(0.5, abs=0.01)
    assert not levels.is_silent


def test_overload_is_counted() -> None:
    levels = measured(np.clip(tone(2.0), -1, 1))
    # |2 sin x| is 1 or more for two thirds of its period.
    assert levels.clipped == pytest.approx(2 / 3, abs=0.01)


def test_block_sizes_do_not_change_the_figures() -> None:
    signal = np.random.default_rng(2).normal(0, 0.05, 3 * RATE)
    first = measured(signal, 4096)
    for block in (1024, 1021, 48_000):
        other = measured(signal, block)
        assert other.bandwidth_hz == first.bandwidth_hz
        assert other.silent == first.silent
        assert other.rms == pytest.approx(first.rms, rel=1e-6)


def test_real_wide_speech_is_not_a_telephone(samples: Path, tmp_path: Path) -> None:
    (track,) = decode(samples / "civil-ru-kk.flac", tmp_path).tracks
    assert track.levels.bandwidth_hz is not None
    assert track.levels.bandwidth_hz > 6000


def test_speech_through_a_telephone_is_recognised_as_such(samples: Path, tmp_path: Path) -> None:
    (track,) = decode(samples / "civil-ru-kk.flac", tmp_path).tracks
    wide = track.read(0, 60 * RATE)
    narrow = soxr.resample(soxr.resample(wide, RATE, 8000), 8000, RATE)
    levels = measured(narrow)
    assert levels.is_telephone
    assert levels.bandwidth_hz == pytest.approx(3900, abs=200)
