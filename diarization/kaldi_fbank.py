"""Log mel filterbank energies as Kaldi computes them, in batches.

The recipe is that of Kaldi's `compute-fbank-feats` with its defaults, 80 bands, no dither:
25 ms frames every 10 ms that lie wholly inside the signal, mean removed, pre-emphasis 0.97,
Povey window, power spectrum of 512 points, triangles on the mel scale 1127 ln(1 + f/700).
`tests/diarization/test_kaldi_fbank.py` compares it with torchaudio's port.
"""

from __future__ import annotations

from functools import cache

import torch

SAMPLE_RATE_HZ = 16_000
FRAME_SAMPLES = 400
HOP_SAMPLES = 160
FFT_SAMPLES = 512
BANDS = 80
LOWEST_HZ = 20.0
PREEMPHASIS = 0.97
FLOOR = torch.finfo(torch.float32).eps


def frame_count(samples: int) -> int:
    """Number of frames of a signal of `samples` samples; 0 when it is shorter than one frame."""
    return max(0, 1 + (samples - FRAME_SAMPLES) // HOP_SAMPLES)


def fbank(waveforms: torch.Tensor) -> torch.Tensor:
    """Log mel energies of 16 kHz mono signals.

    Parameters
    ----------
    waveforms
        Shape (batch, samples), float32, at least `FRAME_SAMPLES` samples, -1 to 1.

    Returns
    -------
    Tensor
        Shape (batch, frames, 80), natural logarithm, not mean-normalised.
    """
    frames = waveforms.unfold(-1, FRAME_SAMPLES, HOP_SAMPLES)
    frames = frames - frames.mean(dim=-1, keepdim=True)
    previous = torch.cat([frames[..., :1], frames[..., :-1]], dim=-1)
    frames = (frames - PREEMPHASIS * previous) * _povey_window(waveforms.device)
    power = torch.fft.rfft(frames, FFT_SAMPLES).abs().square()
    energies: torch.Tensor = power @ _mel_bank(waveforms.device)
    return energies.clamp(min=FLOOR).log()


@cache
def _povey_window(device: torch.device) -> torch.Tensor:
    return torch.hann_window(FRAME_SAMPLES, periodic=False, device=device).pow(0.85)


def _mel(hz: torch.Tensor) -> torch.Tensor:
    return 1127.0 * torch.log1p(hz / 700.0)


@cache
def _mel_bank(device: torch.device) -> torch.Tensor:
    """Triangles, shape (257, 80); the bin of the Nyquist frequency has no weight, as in Kaldi."""
    bins = FFT_SAMPLES // 2
    low, high = _mel(torch.tensor([LOWEST_HZ, SAMPLE_RATE_HZ / 2.0], dtype=torch.float64))
    edges = torch.linspace(float(low), float(high), BANDS + 2, dtype=torch.float64)
    mels = _mel(torch.arange(bins, dtype=torch.float64) * (SAMPLE_RATE_HZ / FFT_SAMPLES))[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (mels - left) / (centre - left), (right - mels) / (right - centre)
    triangles = torch.minimum(rising, falling).clamp(min=0.0)
    nyquist = torch.zeros(1, BANDS, dtype=torch.float64)
    return torch.cat([triangles, nyquist]).to(device, torch.float32)
