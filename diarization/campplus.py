"""Speaker embeddings by CAM++ (https://arxiv.org/abs/2303.00332)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from hattama.diarization.campplus_network import DIMENSION, Campplus, fuse
from hattama.diarization.kaldi_fbank import FRAME_SAMPLES, fbank
from hattama.diarization.weights import Weights, best_device, load_checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MODEL = "campplus"
CHECKPOINT = "campplus_cn_en_common.pt"
SHORTEST_SAMPLES = 1_600
"""Signals under 0.1 s are repeated up to this length."""


def load_campplus(store: Weights, device: torch.device | None = None) -> Campplus:
    """Network with the published weights, normalisations folded in, ready to run.

    Parameters
    ----------
    store
        Holds the model `campplus`.
    device
        Where it runs; CUDA when there, else the CPU, by default.
    """
    network = Campplus()
    network.load_state_dict(load_checkpoint(store.require(MODEL) / CHECKPOINT), strict=True)
    return fuse(network).to(device or best_device())


def features(waveforms: torch.Tensor) -> torch.Tensor:
    """Filterbank less its mean over time: (batch, samples) to (batch, frames, 80)."""
    bank = fbank(waveforms)
    return bank - bank.mean(dim=1, keepdim=True)


class CampplusEmbedder:
    """CAM++ behind the `Embedder` protocol."""

    def __init__(self, store: Weights, device: torch.device | None = None) -> None:
        self._network = load_campplus(store, device)
        self._device = next(self._network.parameters()).device

    @property
    def dimension(self) -> int:
        """Length of the vector, 192."""
        return DIMENSION

    def embed(self, signals: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """One unit vector for each 16 kHz mono signal, shape (len(signals), 192).

        Signals of any length over one sample; what is shorter than 0.1 s is repeated. Each signal
        is heard whole, so give at most a minute or so at a time.
        """
        vectors = [self._embed_one(signal) for signal in signals]
        return np.stack(vectors) if vectors else np.zeros((0, DIMENSION), np.float32)

    @torch.inference_mode()
    def _embed_one(self, signal: NDArray[np.float32]) -> NDArray[np.float32]:
        samples = np.resize(signal, max(len(signal), SHORTEST_SAMPLES, FRAME_SAMPLES))
        waveform = torch.from_numpy(np.ascontiguousarray(samples, np.float32))[None]
        vector = self._network(features(waveform.to(self._device)))[0]
        unit: NDArray[np.float32] = torch.nn.functional.normalize(vector, dim=0).cpu().numpy()
        return unit
