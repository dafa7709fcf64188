"""Make disguise/data/kinds.npz: kinds of sound, how everybody says them, and how people differ.

    python -m benchmarks.disguise_kinds --voices DIR [--map FILE]

DIR as `benchmarks/disguise_corpus.py` says; of it the other people are heard, each piece in a
session of its own. Kinds are clusters (k-means) of what the map says of their frames of speech. How
people differ in all kinds at once is found by factor analysis: eigenvoices (R. Kuhn et al.,
doi:10.1109/89.876308) of what is left of them, taught as by P. Kenny et al.,
doi:10.1109/TSA.2004.840940, with their step of least divergence. A new map wants new kinds.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from scipy.cluster.vq import kmeans2

from benchmarks.disguise_corpus import others
from benchmarks.disguise_heard import heard, pitches_of
from benchmarks.disguise_map import Map, normalised
from benchmarks.disguise_population import counted, envelopes
from hattama.disguise.remainder import ALIKE_FRAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.disguise_corpus import Utterance

    Array = NDArray[np.float64]

KINDS: Final = 16
"""How many."""

WAYS: Final = 30
"""Ways in which people differ that are kept."""

_COMPARED: Final = 12  # cepstra
_ROUNDS: Final = 30


@dataclass(frozen=True)
class Said:
    """Frames of speech of one piece, in standard deviations about everybody's mean."""

    speaker: str
    """Who speaks."""

    natural: Array
    """As the normaliser leaves them, cepstra 1 to the last, shape (frames, CEPSTRA - 1)."""

    mapped: Array
    """As the map says them, likewise."""

    counted: Array
    """How much each counts, 0 to 1, shape (frames,)."""


def said(one: Utterance, network: Map) -> Said:
    """What the disguise makes of a piece, in a session of its own."""
    padded = np.concatenate([one.samples, np.zeros(512)]).astype(np.float64)
    bands, pitch = envelopes(padded), pitches_of(one.samples)
    frames = min(len(bands), len(pitch))
    given = torch.from_numpy(heard(bands[:frames], pitch[:frames])[0])
    weight = counted(bands[:frames])
    with torch.no_grad():
        mapped = network(given[None])[0] * network.contrast
    speech = weight > 0.0
    return Said(
        one.speaker,
        normalised(given)[speech].double().numpy(),
        mapped[speech].double().numpy(),
        weight[speech],
    )


def shares(mapped: Array, centre: Array) -> Array:
    """How far each frame is of each kind, shape (frames, kinds)."""
    off = ((mapped[:, None, : centre.shape[1]] - centre) ** 2).sum(-1)
    near = np.exp(off.min(1, keepdims=True) - off)
    return np.asarray(near / near.sum(1, keepdims=True))


def kinds(speech: list[Said], count: int = KINDS) -> dict[str, Array]:
    """Kinds of sound and everybody's mean of each, as `hattama.disguise.remainder` reads them."""
    mapped = np.concatenate([one.mapped for one in speech])
    natural = np.concatenate([one.natural for one in speech])
    compared = mapped[:, :_COMPARED]
    centre, _ = kmeans2(compared, count, _ROUNDS, minit="++", rng=0)
    share = shares(mapped, centre)
    weight = share.sum(0)[:, None]
    return {
        "centre": centre,
        "natural": share.T @ natural / weight,
        "mapped": share.T @ mapped / weight,
    }


def remainders(speech: list[Said], found: dict[str, Array]) -> tuple[Array, Array, Array]:
    """What sets each speaker apart from everybody.

    Returns
    -------
    tuple
        How much was heard of each kind, shape (speakers, kinds); the sum of what sets those frames
        apart, as the normaliser leaves them and as the map says them, shape (speakers, kinds,
        2 * (CEPSTRA - 1)); the covariance of that, shape (2 * (CEPSTRA - 1),) * 2.
    """
    names = sorted({one.speaker for one in speech})
    usual = np.concatenate([found["natural"], found["mapped"]], axis=1)
    count = np.zeros((len(names), len(usual)))
    total = np.zeros((len(names), *usual.shape))
    scatter = np.zeros((usual.shape[1],) * 2)
    for one in speech:
        share = shares(one.mapped, found["centre"])
        apart = np.concatenate([one.natural, one.mapped], axis=1) - share @ usual
        belongs = share * one.counted[:, None]
        count[names.index(one.speaker)] += belongs.sum(0)
        total[names.index(one.speaker)] += belongs.T @ apart
        scatter += (apart * one.counted[:, None]).T @ apart
    return count, total, scatter / count.sum()


def ways(
    count: Array, total: Array, scatter: Array, rank: int = WAYS, rounds: int = _ROUNDS
) -> Array:
    """The main ways in which people differ, by expectation and maximisation.

    Parameters
    ----------
    count, total, scatter
        What `remainders` found.
    rank
        How many ways.
    rounds
        Of the expectation and maximisation.

    Returns
    -------
    Array
        Shape (kinds, 2 * (CEPSTRA - 1), rank); a speaker is a sum of them with weights that are
        normally distributed, of variance one.
    """
    kind, size = total.shape[1:]
    generator = np.random.default_rng(0)
    found = 0.1 * generator.standard_normal((kind, size, rank))
    precision = np.linalg.inv(scatter) / ALIKE_FRAMES
    for _ in range(rounds):
        pulled = precision @ found
        inner = np.einsum("kcr,kcs->krs", found, pulled)
        squares = np.zeros((kind, rank, rank))
        products = np.zeros((kind, size, rank))
        varied = np.zeros((rank, rank))
        for heard_of, apart in zip(count, total, strict=True):
            spread = np.linalg.inv(np.eye(rank) + np.tensordot(heard_of, inner, 1))
            weight = spread @ np.einsum("kcr,kc->r", pulled, apart)
            square = spread + np.outer(weight, weight)
            varied += square / len(count)
            squares += heard_of[:, None, None] * square
            products += apart[..., None] * weight
        found = np.linalg.solve(squares + 1e-6 * np.eye(rank), products.swapaxes(1, 2))
        # A way that hardly anybody takes would otherwise grow without end, and be believed at once.
        found = found.swapaxes(1, 2) @ np.linalg.cholesky(varied)
    return found


def main() -> None:
    """Listen to the voices, write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    data = Path(__file__).parents[1] / "disguise" / "data"
    parser.add_argument("--map", type=Path, default=data / "map.npz")
    options = parser.parse_args()
    network = Map()
    network.load(options.map)
    network.eval()
    speech = [said(one, network) for one in others(options.voices)]
    found = kinds(speech)
    count, total, scatter = remainders(speech, found)
    arrays = {**found, "scatter": scatter, "ways": ways(count, total, scatter)}
    np.savez(
        data / "kinds.npz",
        allow_pickle=False,
        **{name: array.astype(np.float32) for name, array in arrays.items()},
    )
    share = count.sum(0) / count.sum()
    print(f"{sum(len(one.counted) for one in speech)} frames; shares of the kinds {share.round(2)}")


if __name__ == "__main__":
    main()
