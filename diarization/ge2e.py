"""Speaker embeddings by a GE2E network: the second, independent opinion on who speaks.

Wan, Wang, Papir, Lopez Moreno, "Generalized end-to-end loss for speaker verification",
ICASSP 2018, https://doi.org/10.1109/ICASSP.2018.8462665. The weights are those that the
Resemblyzer package carries: a three-layer LSTM of 256 cells over 40 mel bands, windows of 1.6 s.
Long pauses are cut by level here, where that package uses the WebRTC detector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy.ndimage import binary_dilation
from torch import Tensor, nn

from hattama.diarization.weights import Weights, best_device, load_checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MODEL = "ge2e"
CHECKPOINT = "pretrained.pt"
DIMENSION = 256
SAMPLE_RATE_HZ = 16_000
FFT_SAMPLES = 400
HOP_SAMPLES = 160
BANDS = 40
WINDOW_FRAMES = 160
WINDOW_STEP_FRAMES = 77
"""1.3 windows a second."""
LEVEL_DBFS = -30.0
"""Quieter signals are raised to this level."""
SPEECH_BELOW_PEAK_DB = 35.0
"""Frames more than this below the 95th percentile of the level are a pause."""
LONGEST_PAUSE_FRAMES = 18
FEWEST_CELLS_FILLED = 0.75
"""The last window counts when at least this share of it is signal."""


class Ge2eNetwork(nn.Module):
    """Three LSTM layers and a rectified projection."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(BANDS, DIMENSION, num_layers=3, batch_first=True)
        self.linear = nn.Linear(DIMENSION, DIMENSION)

    def forward(self, mels: Tensor) -> Tensor:
        """Map (batch, frames, 40) mel energies to (batch, 256) unit vectors."""
        _, (hidden, _) = self.lstm(mels)
        return nn.functional.normalize(torch.relu(self.linear(hidden[-1])), dim=-1)


class Ge2eEmbedder:
    """GE2E behind the `Embedder` protocol."""

    def __init__(self, store: Weights, device: torch.device | None = None) -> None:
        state = load_checkpoint(store.require(MODEL) / CHECKPOINT)["model_state"]
        network = Ge2eNetwork()
        wanted = {name: state[name] for name in network.state_dict()}
        network.load_state_dict(wanted, strict=True)
        self._device = device or best_device()
        self._network = network.eval().to(self._device)

    @property
    def dimension(self) -> int:
        """Length of the vector, 256."""
        return DIMENSION

    def embed(self, signals: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """One unit vector for each 16 kHz mono signal, shape (len(signals), 256).

        A signal shorter than one window of 1.6 s is filled up with silence.
        """
        vectors = [self._embed_one(signal) for signal in signals]
        return np.stack(vectors) if vectors else np.zeros((0, DIMENSION), np.float32)

    @torch.inference_mode()
    def _embed_one(self, signal: NDArray[np.float32]) -> NDArray[np.float32]:
        speech = cut_pauses(raise_level(np.asarray(signal, np.float32)))
        starts = window_starts(len(speech))
        filled = np.zeros((starts[-1] + WINDOW_FRAMES) * HOP_SAMPLES, np.float32)
        filled[: min(len(speech), len(filled))] = speech[: len(filled)]
        mels = mel_energies(torch.from_numpy(filled))
        windows = torch.stack([mels[start : start + WINDOW_FRAMES] for start in starts])
        mean = self._network(windows.to(self._device)).mean(dim=0)
        unit: NDArray[np.float32] = nn.functional.normalize(mean, dim=0).cpu().numpy()
        return unit


def window_starts(samples: int) -> list[int]:
    """First frames of the windows over a signal; there is always one."""
    frames = -(-(samples + 1) // HOP_SAMPLES)
    count = max(1, frames - WINDOW_FRAMES + WINDOW_STEP_FRAMES + 1)
    starts = list(range(0, count, WINDOW_STEP_FRAMES))
    filled = (samples / HOP_SAMPLES - starts[-1]) / WINDOW_FRAMES
    return starts[:-1] if filled < FEWEST_CELLS_FILLED and len(starts) > 1 else starts


def raise_level(signal: NDArray[np.float32]) -> NDArray[np.float32]:
    """The signal, amplified to -30 dBFS where it is quieter (silence stays silence)."""
    rms = float(np.sqrt(np.mean(np.square(signal, dtype=np.float64)))) if len(signal) else 0.0
    target = 10 ** (LEVEL_DBFS / 20)
    return signal if rms == 0 or rms >= target else signal * np.float32(target / rms)


def cut_pauses(signal: NDArray[np.float32]) -> NDArray[np.float32]:
    """The signal with every pause cut down to at most 0.18 s; whole where all of it is a pause."""
    frames = len(signal) // HOP_SAMPLES
    if frames == 0:
        return signal
    shaped = signal[: frames * HOP_SAMPLES].reshape(frames, HOP_SAMPLES)
    level_db = 10 * np.log10(np.mean(np.square(shaped, dtype=np.float64), axis=1) + 1e-12)
    loud = level_db > np.percentile(level_db, 95) - SPEECH_BELOW_PEAK_DB
    near = binary_dilation(loud, np.ones(LONGEST_PAUSE_FRAMES + 1, bool))
    return shaped[near].reshape(-1) if near.any() else signal


def mel_energies(signal: Tensor) -> Tensor:
    """Mel power spectrogram, shape (frames, 40), of a 16 kHz signal (samples,); not logarithmic."""
    spectrum = torch.stft(
        signal,
        FFT_SAMPLES,
        HOP_SAMPLES,
        window=torch.hann_window(FFT_SAMPLES),
        pad_mode="constant",
        return_complex=True,
    )
    return spectrum.abs().square().T @ _slaney_bank()


def _slaney_bank() -> Tensor:
    """Triangles of equal area on Slaney's mel scale, shape (201, 40)."""
    hz = np.linspace(0, SAMPLE_RATE_HZ / 2, FFT_SAMPLES // 2 + 1)
    edges = _slaney_hz(np.linspace(0, _slaney_mel(SAMPLE_RATE_HZ / 2), BANDS + 2))
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rising = (hz[:, None] - left) / (centre - left)
    falling = (right - hz[:, None]) / (right - centre)
    bank = np.maximum(0, np.minimum(rising, falling)) * (2.0 / (right - left))
    return torch.from_numpy(bank.astype(np.float32))


_LINEAR_HZ_PER_MEL = 200.0 / 3
_LOG_START_HZ = 1000.0
_LOG_START_MEL = _LOG_START_HZ / _LINEAR_HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27.0


def _slaney_mel(hz: float) -> float:
    """Mel of a frequency above 1 kHz on Slaney's scale (linear below, logarithmic above)."""
    return float(_LOG_START_MEL + np.log(hz / _LOG_START_HZ) / _LOG_STEP)


def _slaney_hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = mels * _LINEAR_HZ_PER_MEL
    logarithmic = _LOG_START_HZ * np.exp(_LOG_STEP * (mels - _LOG_START_MEL))
    return np.where(mels < _LOG_START_MEL, linear, logarithmic)
