"""CAM++ as a model of pyannote.audio, for pyannote's own pipelines.

Hattama's diarizer runs the trunk once a window and does not need this; it makes a plain pyannote
`SpeakerDiarization` pipeline of the same weights possible, against which Hattama is measured.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import torch

from hattama.diarization.campplus import features, load_campplus
from hattama.diarization.campplus_network import DIMENSION
from hattama.diarization.libraries import import_pyannote

if TYPE_CHECKING:
    from torch import Tensor

    from hattama.diarization.campplus_network import Campplus
    from hattama.diarization.weights import Weights


def campplus_model(store: Weights) -> Any:
    """A `pyannote.audio.Model` with `forward(waveforms, weights=None)` and `dimension` 192.

    `waveforms` is (batch, 1, samples) at 16 kHz, `weights` (batch, frames) of any number of
    frames, 0 to 1; the embeddings are (batch, 192) and not of unit length.
    """
    return _model_class()(load_campplus(store, torch.device("cpu")))


@cache
def _model_class() -> type:
    base: Any = import_pyannote("pyannote.audio.core.model").Model

    class CampplusModel(base):  # type: ignore[misc]
        """CAM++ behind pyannote's interface."""

        def __init__(self, network: Campplus) -> None:
            super().__init__(sample_rate=16_000, num_channels=1)
            self.network = network

        @property
        def dimension(self) -> int:
            """Length of an embedding."""
            return DIMENSION

        def forward(self, waveforms: Tensor, weights: Tensor | None = None) -> Tensor:
            """Embeddings of waveforms, pooled by weights where they are given."""
            frames = self.network.trunk(features(waveforms[:, 0]))
            if weights is None:
                return self.network.pool(frames)
            stretched = torch.nn.functional.interpolate(weights[:, None], size=frames.shape[-1])
            return self.network.pool(frames, stretched)[:, 0]

    return CampplusModel
