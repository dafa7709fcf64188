"""The diarizer that everybody would write: pyannote's own pipeline with the same two networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from hattama.diarization.campplus_model import campplus_model
from hattama.diarization.community import from_pyannote
from hattama.diarization.libraries import import_pyannote
from hattama.diarization.segmentation import load_network

if TYPE_CHECKING:
    from hattama.diarization.protocols import Samples
    from hattama.diarization.turns import Diarization
    from hattama.diarization.weights import Weights

THRESHOLD = 0.5
"""Distance at which clusters are joined; 0.45 to 0.5 was the best on the project's hearings."""


def plain_pipeline(store: Weights, threshold: float = THRESHOLD) -> Any:
    """`SpeakerDiarization` with its usual step of 1 s and centroid clustering."""
    pipelines = import_pyannote("pyannote.audio.pipelines")
    plda = import_pyannote("pyannote.audio.core.plda").PLDA
    pipeline = pipelines.SpeakerDiarization(
        segmentation=load_network(store),
        embedding=campplus_model(store),
        embedding_exclude_overlap=True,
        plda=plda.__new__(plda),  # asked for even where the clustering never uses it (#2044)
        clustering="AgglomerativeClustering",
        segmentation_batch_size=32,
        embedding_batch_size=32,
    )
    clustering = {"method": "centroid", "min_cluster_size": 12, "threshold": threshold}
    pipeline.instantiate({"segmentation": {"min_duration_off": 0.0}, "clustering": clustering})
    return pipeline


def diarize_plainly(pipeline: Any, samples: Samples, speakers: int | None = None) -> Diarization:
    """Turns as the plain pipeline finds them."""
    waveform = torch.from_numpy(samples.read(0, len(samples)))[None]
    file = {"waveform": waveform, "sample_rate": 16_000, "uri": "recording"}
    return from_pyannote(pipeline(file, num_speakers=speakers))
