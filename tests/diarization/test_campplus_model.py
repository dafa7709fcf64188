"""CAM++ inside pyannote's own pipelines."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hattama.diarization.campplus import CampplusEmbedder
from hattama.diarization.campplus_model import campplus_model
from hattama.diarization.libraries import import_pyannote
from hattama.models.store import ModelStore

pytestmark = pytest.mark.weights


def test_pyannote_takes_it_as_a_speaker_embedding(store: ModelStore) -> None:
    verification = import_pyannote("pyannote.audio.pipelines.speaker_verification")
    embedding = verification.PretrainedSpeakerEmbedding(campplus_model(store))
    assert embedding.dimension == 192
    assert embedding.metric == "cosine"
    waveforms = 0.05 * torch.randn(2, 1, 32_000, generator=torch.Generator().manual_seed(6))
    masks = torch.zeros(2, 117)
    masks[:, :60] = 1
    found = embedding(waveforms, masks=masks)
    assert found.shape == (2, 192)
    assert np.isfinite(found).all()
    assert embedding.min_num_samples <= 1_600


def test_without_weights_it_is_the_embedder_of_the_whole_signal(store: ModelStore) -> None:
    signal = 0.05 * torch.randn(32_000, generator=torch.Generator().manual_seed(7))
    with torch.inference_mode():
        vector = campplus_model(store)(signal[None, None])[0]
    expected = CampplusEmbedder(store, torch.device("cpu")).embed([signal.numpy()])[0]
    np.testing.assert_allclose((vector / vector.norm()).numpy(), expected, atol=1e-4)
