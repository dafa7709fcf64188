"""What a recogniser hears in an envelope: the encoder of whisper-base, differentiable.

The map of the disguise is trained so that the encoder hears the same in what it makes as in the
speech it was given (`benchmarks/disguise_map.py`). There is no sound in between: the log mel
spectrogram is computed from the envelope, as noise of that envelope would have it on average.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from torch import Tensor
from torch.nn import functional

from benchmarks.peers.whisper_weights import convert
from hattama.disguise.framing import HOP, RATE_HZ
from hattama.disguise.synthesis import moved_reading
from hattama.disguise.voice import KNOTS_HZ
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FFT: Final = 400
_MELS: Final = 80
_STEP_S: Final = 0.01
_WINDOW_S: Final = 0.025
_WINDOW_POWER: Final = 150.0  # sum of the squares of a Hann window of _FFT samples
_HEAD: Final = 64
_WIDTH: Final = 512
_PERSONAL: Final = 24
_POOLED: Final = 5  # frames of the disguise in one of the encoder's


class Listener:
    """The encoder and the way to it."""

    def __init__(self) -> None:
        model = ModelStore.default().require("whisper-base")
        with TemporaryDirectory() as folder:
            read = torch.load(convert(model, Path(folder) / "base.pt"))
        state = read["model_state_dict"]
        self._weights = {
            name.removeprefix("encoder."): tensor.float()
            for name, tensor in state.items()
            if name.startswith("encoder.")
        }
        self._layers = 1 + max(int(n.split(".")[1]) for n in self._weights if n[:6] == "blocks")
        filters = FeatureExtractor.get_mel_filters(RATE_HZ, _FFT, _MELS)
        self._filters = torch.from_numpy(filters.astype(np.float32))
        self._personal = torch.zeros(_WIDTH, 0)
        self._scale = torch.ones(_WIDTH)

    def meet(self, people: Sequence[Tensor]) -> None:
        """Learn in what, on the whole, people sound unlike each other: that is not asked for.

        Parameters
        ----------
        people
            Log band powers of what each says, shape (1, frames, BANDS).
        """
        straight = [np.ones(len(KNOTS_HZ))]
        with torch.no_grad():
            heard = [self.hear(self.mel(one, straight))[0] for one in people]
        self._scale = torch.cat(heard).std(0) + 0.05
        means = torch.stack([one.mean(0) for one in heard]) / self._scale
        _, _, axes = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        self._personal = axes[:_PERSONAL].T.contiguous()

    def mel(self, bands: Tensor, warps: Sequence[Array]) -> Tensor:
        """Log mel spectrogram as Whisper wants it.

        Parameters
        ----------
        bands
            Log power, shape (batch, frames, BANDS).
        warps
            Factors on the formants of each at KNOTS_HZ, length batch.

        Returns
        -------
        Tensor
            Shape (batch, 80, frames * 0.4).
        """
        over_time = _frames(bands.shape[1])
        found = []
        for one, warp in zip(bands, warps, strict=True):
            power = torch.exp(one.clamp(-25.0, 5.0) @ _spread(warp).T)
            found.append(self._filters @ (_WINDOW_POWER * (over_time @ power)).T)
        log = torch.log10(torch.stack(found).clamp_min(1e-10))
        return (torch.maximum(log, log.amax((1, 2), keepdim=True) - 8.0) + 4.0) / 4.0

    def hear(self, mel: Tensor) -> Tensor:
        """What the encoder makes of it, shape (batch, frames * 0.2, 512)."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return self._hear(mel).float()

    def _hear(self, mel: Tensor) -> Tensor:
        w = self._weights
        x = functional.gelu(functional.conv1d(mel, w["conv1.weight"], w["conv1.bias"], padding=1))
        x = functional.conv1d(x, w["conv2.weight"], w["conv2.bias"], stride=2, padding=1)
        x = functional.gelu(x).transpose(1, 2)
        x = x + w["positional_embedding"][: x.shape[1]]
        for layer in range(self._layers):
            x = x + self._attend(self._norm(x, f"blocks.{layer}.attn_ln"), f"blocks.{layer}.attn")
            inner = self._norm(x, f"blocks.{layer}.mlp_ln")
            inner = functional.gelu(self._linear(inner, f"blocks.{layer}.mlp.0"))
            x = x + self._linear(inner, f"blocks.{layer}.mlp.2")
        return self._norm(x, "ln_post")

    def apart(self, said: Tensor, meant: Tensor, warps: Sequence[Array], speech: Tensor) -> Tensor:
        """How far what is heard in `said` lies from what is heard in `meant`.

        Parameters
        ----------
        said, meant
            Log band powers, shape (batch, frames, BANDS).
        warps
            Factors on the formants of `said` at KNOTS_HZ.
        speech
            Weight of each frame, shape (batch, frames).

        Returns
        -------
        Tensor
            Mean square over the frames, each of the encoder's values scaled by its spread; what
            stays the same over the whole piece and tells people apart does not count.
        """
        with torch.no_grad():
            wanted = self.hear(self.mel(meant, [np.ones(len(KNOTS_HZ))] * len(meant)))
        off = (self.hear(self.mel(said, warps)) - wanted) / self._scale
        off = off - (off.mean(1, keepdim=True) @ self._personal) @ self._personal.T
        weight = functional.avg_pool1d(speech[:, None], _POOLED)[:, 0][:, : off.shape[1]]
        return ((off**2).mean(-1) * weight).sum() / weight.sum()

    def _norm(self, x: Tensor, name: str) -> Tensor:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return functional.layer_norm(x, weight.shape, weight, bias)

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return functional.linear(
            x, self._weights[f"{name}.weight"], self._weights.get(f"{name}.bias")
        )

    def _attend(self, x: Tensor, name: str) -> Tensor:
        batch, time, size = x.shape
        query, key, value = (
            self._linear(x, f"{name}.{part}").view(batch, time, -1, _HEAD).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(query, key, value)
        return self._linear(mixed.transpose(1, 2).reshape(batch, time, size), f"{name}.out")


def _spread(warp: Array) -> Tensor:
    """From bands to the bins of the encoder's transform, the formants moved by `warp`."""
    hz = np.arange(_FFT // 2 + 1) * RATE_HZ / _FFT
    return torch.from_numpy(moved_reading(hz, np.array(KNOTS_HZ), warp).astype(np.float32))


def _frames(count: int) -> Tensor:
    """From frames of the disguise to the encoder's, by its squared Hann window."""
    hop_s = HOP / RATE_HZ
    middle = np.arange(int(count * hop_s / _STEP_S)) * _STEP_S
    away = (np.arange(count)[None] * hop_s - middle[:, None]) / _WINDOW_S
    weight = np.where(np.abs(away) < 0.5, np.cos(np.pi * away) ** 4, 0.0)
    return torch.from_numpy((weight / weight.sum(1, keepdims=True)).astype(np.float32))
