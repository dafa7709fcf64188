"""Kinds of sound are found where they are known, and told as the stream tells them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.disguise_kinds import Said, kinds, remainders, shares, ways
from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.normalise import normaliser_state
from hattama.disguise.population import population
from hattama.disguise.remainder import ALIKE_FRAMES, hear_remainder, remainder_state
from hattama.disguise.remainder import kinds as shipped

FEW = 4
SIZE = CEPSTRA - 1


@pytest.fixture(name="centres")
def _centres() -> np.ndarray:
    return 3.0 * np.random.default_rng(2).normal(size=(FEW, SIZE))


def people(centres: np.ndarray, habits: np.ndarray, frames: int = 2000) -> list[Said]:
    """Pieces of speakers with such habits, shape (speakers, FEW, 2 * SIZE)."""
    generator = np.random.default_rng(3)
    kind = np.arange(frames) % FEW
    found = []
    for number, habit in enumerate(habits):
        noise = 0.3 * generator.normal(size=(frames, 2 * SIZE))
        natural, mapped = np.split(noise + habit[kind], 2, axis=1)
        found.append(
            Said(
                str(number),
                2.0 * centres[kind] + natural,
                centres[kind] + mapped,
                generator.uniform(0.2, 1.0, frames),
            )
        )
    return found


def test_kinds_that_lie_apart_are_found_with_their_means(centres: np.ndarray) -> None:
    found = kinds(people(centres, np.zeros((3, FEW, 2 * SIZE))), FEW)
    order, wanted = np.argsort(found["mapped"][:, 0]), centres[centres[:, 0].argsort()]
    np.testing.assert_allclose(found["mapped"][order], wanted, atol=0.05)
    np.testing.assert_allclose(found["natural"][order], 2.0 * wanted, atol=0.05)


def test_the_ways_in_which_people_differ_are_found(centres: np.ndarray) -> None:
    generator = np.random.default_rng(4)
    true = 0.2 * generator.normal(size=(FEW, 2 * SIZE, 2))
    habits = np.einsum("kcr,sr->skc", true, generator.normal(size=(60, 2)))
    speech = people(centres, habits)
    found = kinds(speech, FEW)
    order = np.argsort(((found["mapped"][:, None] - centres) ** 2).sum(-1).argmin(1))
    count, total, scatter = remainders(speech, found)
    spanned = ways(count, total, scatter, rank=2, rounds=30)[order].reshape(-1, 2)
    wanted = true.reshape(-1, 2)
    missed = wanted - spanned @ np.linalg.lstsq(spanned, wanted)[0]
    assert np.sum(missed**2) < 0.05 * np.sum(wanted**2)


def test_the_stream_tells_kinds_as_they_were_made() -> None:
    mean, std = population()
    said = np.random.default_rng(8).normal(size=SIZE)
    state = remainder_state(std, np.eye(CEPSTRA), 1.0, 1.0)
    mapped = mean + std * np.concatenate([[0.0], said])
    hear_remainder(state, normaliser_state(mean, std), mean, mapped, 1.0)
    wanted = shares(said[None], shipped().centre)[0]
    np.testing.assert_allclose(state.share, wanted, atol=1e-6)


def test_a_speaker_takes_each_way_about_once(centres: np.ndarray) -> None:
    """So much is what the stream supposes of a speaker before it has heard him."""
    generator = np.random.default_rng(4)
    true = 0.2 * generator.normal(size=(FEW, 2 * SIZE, 2))
    speech = people(centres, np.einsum("kcr,sr->skc", true, generator.normal(size=(60, 2))))
    count, total, scatter = remainders(speech, kinds(speech, FEW))
    found = ways(count, total, scatter, rank=3, rounds=30)
    told = np.linalg.solve(scatter, found) / ALIKE_FRAMES
    inner = np.einsum("kcr,kcs->krs", found, told)
    squares = []
    for heard_of, apart in zip(count, total, strict=True):
        spread = np.linalg.inv(np.eye(3) + np.tensordot(heard_of, inner, 1))
        weight = spread @ np.einsum("kcr,kc->r", told, apart)
        squares.append(spread + np.outer(weight, weight))
    np.testing.assert_allclose(np.mean(squares, axis=0), np.eye(3), atol=0.1)
