"""What the map is trained on is what the stream gives it."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.disguise_map import TAPS, Map, features
from hattama.disguise.cepstra import CEPSTRA, cosines
from hattama.disguise.core import population
from hattama.disguise.mapping import MappingState, generalise, mapping_state, network
from hattama.disguise.normalise import learn, normaliser_state

MEAN, STD = population()


def frames(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Log band powers, and which frames are speech."""
    generator = np.random.default_rng(3)
    cepstra = MEAN + STD * generator.normal(size=(count, CEPSTRA))
    return cepstra @ cosines(), generator.random(count) < 0.7


def streamed(bands: np.ndarray, speech: np.ndarray) -> MappingState:
    """The map after it has heard every frame, one by one."""
    state, normaliser = mapping_state(), normaliser_state(MEAN, STD)
    for row, spoken in zip(bands @ cosines().T, speech, strict=True):
        if spoken:
            learn(normaliser, row)
        generalise(state, normaliser, row)
    return state


def test_features_in_training_are_those_of_the_stream() -> None:
    bands, speech = frames(120)
    given = features(bands.astype("f4"), speech.astype("f4"), MEAN, STD)
    state = streamed(bands, speech)
    taps = len(network().taps)
    past = [given[len(given) - 1 - tap, :CEPSTRA] for tap in network().taps]
    assert np.allclose(state.features[: taps * CEPSTRA], np.concatenate(past), atol=2e-3)
    assert np.allclose(state.features[taps * CEPSTRA :], given[-1, CEPSTRA:], atol=2e-3)


def test_the_network_in_training_says_what_the_stream_says() -> None:
    bands, speech = frames(60)
    given = features(bands.astype("f4"), speech.astype("f4"), MEAN, STD)
    net, weights = Map().eval(), network()
    assert tuple(weights.taps) == TAPS
    layers = [layer for layer in net.net if isinstance(layer, torch.nn.Linear)]
    with torch.no_grad():
        for layer, name in zip(layers, ("first", "second", "third"), strict=True):
            layer.weight.copy_(torch.from_numpy(getattr(weights, name)))
            layer.bias.copy_(torch.from_numpy(getattr(weights, f"{name}_bias")))
        said = net(torch.from_numpy(given)[None])[0, -1].numpy() * weights.expansion
    state = streamed(bands, speech)
    assert np.allclose((state.mapped[1:] - MEAN[1:]) / STD[1:], said, atol=5e-3)
