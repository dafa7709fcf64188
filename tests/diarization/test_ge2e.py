"""GE2E: features by the textbook, windows that cover the speech, voices told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from hattama.diarization.ge2e import (
    Ge2eEmbedder,
    cut_pauses,
    mel_energies,
    raise_level,
    window_starts,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hattama.models.store import ModelStore


def _buzz(f0_hz: float, tilt: float, seconds: float = 3.0) -> NDArray[np.float32]:
    t = np.arange(int(seconds * 16_000)) / 16_000
    harmonics = np.arange(1, int(7_000 / f0_hz))
    wave = sum(np.sin(2 * np.pi * f0_hz * k * t + k * k) * k**-tilt for k in harmonics)
    return (0.05 * np.asarray(wave)).astype(np.float32)


def test_a_tone_lands_in_the_mel_band_around_it() -> None:
    t = torch.arange(16_000) / 16_000
    bands = mel_energies(torch.sin(2 * np.pi * 1000 * t))[50].argmax()
    # Slaney's scale has 15 mel at 1 kHz and 45.2 at 8 kHz: 1 kHz is 13.6 of 41 edges up.
    assert int(bands) == 13


def test_bands_have_equal_area() -> None:
    energies = mel_energies(torch.randn(320_000, generator=torch.Generator().manual_seed(4)))
    mean = energies.mean(0)
    assert float(mean.std() / mean.mean()) < 0.25


@pytest.mark.parametrize("samples", [0, 1, 8_000, 25_600, 30_000, 160_000, 161_234])
def test_windows_cover_a_signal_but_for_a_remainder(samples: int) -> None:
    starts = window_starts(samples)
    assert starts[0] == 0
    assert samples / 160 - (starts[-1] + 160) < 77 + 160
    assert len(starts) == 1 or samples / 160 >= starts[-1] + 0.75 * 160


def test_quiet_speech_is_raised_and_silence_stays() -> None:
    quiet = _buzz(120, 1.0) * np.float32(0.01)
    rms = np.sqrt(np.mean(raise_level(quiet) ** 2))
    assert 20 * np.log10(rms) == pytest.approx(-30, abs=0.01)
    assert not raise_level(np.zeros(100, np.float32)).any()


def test_a_long_pause_is_cut_and_a_short_one_kept() -> None:
    speech = _buzz(120, 1.0, 1.0)
    pause = np.zeros(32_000, np.float32)
    long = cut_pauses(np.concatenate([speech, pause, speech]))
    short = cut_pauses(np.concatenate([speech, pause[:1_600], speech]))
    assert len(long) < 2 * len(speech) + 0.25 * 16_000
    assert len(short) == 2 * len(speech) + 1_600


@pytest.mark.weights
def test_two_voices_are_further_apart_than_one_voice_from_itself(store: ModelStore) -> None:
    embedder = Ge2eEmbedder(store)
    low, again, high = embedder.embed([_buzz(100, 1.2), _buzz(100, 1.2, 5), _buzz(260, 0.7)])
    assert float(low @ again) > 0.95
    assert float(low @ high) < float(low @ again) - 0.1
    assert np.linalg.norm(low) == pytest.approx(1, abs=1e-5)
