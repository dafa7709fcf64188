"""The filterbank equals torchaudio's port of Kaldi's."""

from __future__ import annotations

import pytest
import torch

from hattama.diarization.kaldi_fbank import fbank, frame_count
from hattama.diarization.libraries import import_torchaudio


def _noise(samples: int, level: float) -> torch.Tensor:
    generator = torch.Generator().manual_seed(80)
    return torch.randn(3, samples, generator=generator) * level


@pytest.mark.parametrize("level", [1e-3, 0.1, 0.9])
def test_each_band_equals_the_reference(level: float) -> None:
    kaldi = import_torchaudio().compliance.kaldi

    waveforms = _noise(16_123, level)
    expected = [
        kaldi.fbank(one[None], num_mel_bins=80, sample_frequency=16_000, dither=0.0)
        for one in waveforms
    ]
    # Relative to energies of e^-20 to e^10; float32 sums differ in order only.
    torch.testing.assert_close(fbank(waveforms), torch.stack(expected), atol=2e-3, rtol=1e-4)


def test_silence_is_the_floor_and_finite() -> None:
    bank = fbank(torch.zeros(1, 16_000))
    assert torch.isfinite(bank).all()
    assert bank.unique().numel() == 1


@pytest.mark.parametrize(("samples", "frames"), [(0, 0), (399, 0), (400, 1), (559, 1), (560, 2)])
def test_only_whole_frames_count(samples: int, frames: int) -> None:
    assert frame_count(samples) == frames
    if frames:
        assert fbank(torch.zeros(1, samples)).shape == (1, frames, 80)
