"""Local speakers by the segmentation network of pyannote.audio.

Plaquet and Bredin, "Powerset multi-class cross entropy loss for neural speaker diarization",
Interspeech 2023, https://arxiv.org/abs/2310.13025. In windows of 10 s the network tells up to three
speakers apart, two of them at a time. Which of the three is who changes from window to window; the
clustering of `hattama.diarization.clustering` finds that out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from hattama.diarization.libraries import import_pyannote
from hattama.diarization.protocols import SAMPLE_RATE_HZ, Samples
from hattama.diarization.weights import Weights, best_device, load_checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MODEL = "segmentation-3.0"
CHECKPOINT = "pytorch_model.bin"
WINDOW_S = 10.0
WINDOW_SAMPLES = int(WINDOW_S * SAMPLE_RATE_HZ)
FRAME_SAMPLES = 270
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ
"""Step of the network's frames: 16.875 ms."""
FIRST_FRAME_S = 991 / 2 / SAMPLE_RATE_HZ
"""Middle of the first frame in the window: half of the network's receptive field of 991 samples."""
LOCAL_SPEAKERS = 3
POWERSET = ((), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2))
"""Speakers of each class of the network."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Scores of a batch of windows."""

    starts: NDArray[np.int64]
    """First sample of each window, shape (windows,)."""
    scores: NDArray[np.float32]
    """Probability that each local speaker speaks, shape (windows, frames, 3)."""


class Segmenter:
    """The segmentation network over a long recording."""

    def __init__(self, store: Weights, device: torch.device | None = None) -> None:
        self._device = device or best_device()
        self._network = load_network(store).to(self._device)
        table = torch.zeros(len(POWERSET), LOCAL_SPEAKERS)
        for index, members in enumerate(POWERSET):
            table[index, list(members)] = 1.0
        self._table = table.to(self._device)

    def windows(self, samples: Samples, step_s: float, batch: int) -> Iterator[Windows]:
        """Score windows that begin every `step_s` seconds, `batch` at a time.

        Parameters
        ----------
        samples
            The recording; only the windows of one batch are in memory.
        step_s
            Step of the windows, over 0 to 10 s.
        batch
            Windows at a time, at least 1.
        """
        starts = window_starts(len(samples), round(step_s * SAMPLE_RATE_HZ))
        for first in range(0, len(starts), batch):
            part = starts[first : first + batch]
            heard = np.stack([_read(samples, int(start)) for start in part])
            yield Windows(part, self.scores(heard))

    @torch.inference_mode()
    def scores(self, waveforms: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of each local speaker, (windows, 160000) to (windows, frames, 3)."""
        heard = torch.from_numpy(waveforms)[:, None].to(self._device)
        classes: torch.Tensor = self._network(heard).exp()
        probabilities: NDArray[np.float32] = (classes @ self._table).cpu().numpy()
        return probabilities


def load_network(store: Weights) -> Any:
    """PyanNet with the published weights, ready to run.

    The checkpoint is read without running pickled code: beside tensors only the four classes that
    describe the task are let in.
    """
    task = import_pyannote("pyannote.audio.core.task")
    pyannet = import_pyannote("pyannote.audio.models.segmentation").PyanNet
    safe = [task.Specifications, task.Problem, task.Resolution, torch.torch_version.TorchVersion]
    checkpoint = load_checkpoint(store.require(MODEL) / CHECKPOINT, safe)
    network = pyannet(**checkpoint["hyper_parameters"])
    network.specifications = checkpoint["pyannote.audio"]["specifications"]
    network.build()
    network.load_state_dict(checkpoint["state_dict"], strict=True)
    return network.eval()


def window_starts(samples: int, step: int) -> NDArray[np.int64]:
    """First samples of the windows over a recording: every `step`, the last reaching the end."""
    beyond = max(0, samples - WINDOW_SAMPLES)
    return np.arange(0, beyond + step, step, dtype=np.int64)


def _read(samples: Samples, start: int) -> NDArray[np.float32]:
    window = np.zeros(WINDOW_SAMPLES, np.float32)
    heard = samples.read(start, min(start + WINDOW_SAMPLES, len(samples)))
    window[: len(heard)] = heard
    return window
