"""CAM++'s frames over a long recording: every second is heard once, in blocks of 10 s.

Segmentation windows overlap four times over, but the frames before pooling do not depend on who
speaks, so the runs of all windows are pooled from the same frames. On the development hearings
that is as accurate as hearing each window by itself and takes a quarter of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from hattama.diarization.campplus import SHORTEST_SAMPLES, features
from hattama.diarization.kaldi_fbank import FRAME_SAMPLES, HOP_SAMPLES
from hattama.diarization.protocols import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hattama.diarization.campplus_network import Campplus
    from hattama.diarization.protocols import Samples

BLOCK_SAMPLES = 10 * SAMPLE_RATE_HZ
STEP_SAMPLES = 2 * HOP_SAMPLES
"""One frame in 20 ms."""


class VoiceFrames:
    """Frames of a recording, computed when a stretch is first asked for and then forgotten.

    Parameters
    ----------
    samples
        The recording; stretches must be asked for from its start to its end.
    network
        CAM++, ready to run.
    """

    def __init__(self, samples: Samples, network: Campplus) -> None:
        self._samples = samples
        self._network = network
        self._device = next(network.parameters()).device
        self._blocks: dict[int, tuple[torch.Tensor, NDArray[np.int64]]] = {}

    def between(self, start: int, stop: int) -> tuple[torch.Tensor, NDArray[np.int64]]:
        """Frames of the blocks that touch samples `start` to `stop`.

        Returns
        -------
        Tensor, ndarray
            Shape (512, frames), and the sample in the middle of each frame, shape (frames,).
        """
        last = max(1, -(-min(stop, len(self._samples)) // BLOCK_SAMPLES))
        wanted = range(min(start // BLOCK_SAMPLES, last - 1), last)
        self._blocks = {
            block: self._blocks[block] if block in self._blocks else self._hear(block)
            for block in wanted
        }
        frames, middles = zip(*self._blocks.values(), strict=True)
        return torch.cat(frames, dim=-1), np.concatenate(middles)

    @torch.inference_mode()
    def _hear(self, block: int) -> tuple[torch.Tensor, NDArray[np.int64]]:
        """Frames of one block; the last one reaches back, because features need their mean."""
        stop = min((block + 1) * BLOCK_SAMPLES, len(self._samples))
        start = max(0, stop - BLOCK_SAMPLES)
        heard = self._samples.read(start, stop)
        heard = np.pad(heard, (0, max(0, SHORTEST_SAMPLES - len(heard))))
        waveform = torch.from_numpy(np.ascontiguousarray(heard))[None].to(self._device)
        frames = self._network.trunk(features(waveform))[0]
        middles = start + FRAME_SAMPLES // 2 + STEP_SAMPLES * np.arange(frames.shape[-1])
        new = middles >= block * BLOCK_SAMPLES
        return frames[:, torch.from_numpy(new).to(self._device)], middles[new]
