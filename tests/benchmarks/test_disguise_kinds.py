"""Kinds of sound are found where they are known, and told as the stream tells them."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.disguise_kinds import KINDS, kinds, shares
from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.normalise import normaliser_state
from hattama.disguise.population import population
from hattama.disguise.remainder import kinds as shipped
from hattama.disguise.remainder import remainder_state, take_remainder


def test_kinds_that_lie_apart_are_found_with_their_means() -> None:
    torch.manual_seed(2)
    known = 3.0 * torch.randn(KINDS, CEPSTRA - 1)
    member = torch.arange(4000) % KINDS
    mapped = known[member] + 0.1 * torch.randn(4000, CEPSTRA - 1)
    natural = 2.0 * known[member] + 0.1 * torch.randn(4000, CEPSTRA - 1)
    found = kinds(natural, mapped)
    order = np.argsort(found["mapped"][:, 0])
    wanted = known[known[:, 0].argsort()].numpy()
    np.testing.assert_allclose(found["mapped"][order], wanted, atol=0.05)
    np.testing.assert_allclose(found["natural"][order], 2.0 * wanted, atol=0.05)


def test_the_stream_tells_kinds_as_they_were_made() -> None:
    mean, std = population()
    said = np.random.default_rng(8).normal(size=CEPSTRA - 1)
    state = remainder_state(mean, std, np.eye(CEPSTRA), 1.0)
    mapped = mean + std * np.concatenate([[0.0], said])
    take_remainder(state, normaliser_state(mean, std), mapped, mean.copy(), 1.0)
    wanted = shares(torch.from_numpy(said)[None], torch.from_numpy(shipped().centre))[0]
    np.testing.assert_allclose(state.share, wanted.numpy(), atol=1e-6)
