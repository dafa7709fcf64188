"""Make disguise/data/kinds.npz: a few kinds of sound, and how everybody says them on the whole.

    python -m benchmarks.disguise_kinds --voices DIR [--map FILE]

DIR as `benchmarks/disguise_corpus.py` says; of it the other people are heard, each in a session of
his own. Kinds are clusters (k-means) of what the map says of their frames of speech. A new map
wants new kinds.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from scipy.cluster.vq import kmeans2

from benchmarks.disguise_corpus import others
from benchmarks.disguise_heard import heard, pitches_of
from benchmarks.disguise_map import Map, normalised
from benchmarks.disguise_population import envelopes, spoken

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from benchmarks.disguise_corpus import Utterance

KINDS: Final = 4
"""How many. Of 1, 2, 4, 8 and 16 the means of four differed most between people."""

_COMPARED: Final = 12  # cepstra
_ROUNDS: Final = 30


def said(one: Utterance, network: Map) -> tuple[Tensor, Tensor]:
    """Frames of speech as the normaliser leaves them and as the map says them.

    Standard deviations about everybody's mean, cepstra 1 to the last, shape (frames, CEPSTRA - 1).
    """
    padded = np.concatenate([one.samples, np.zeros(512)]).astype(np.float64)
    bands, pitch = envelopes(padded), pitches_of(one.samples)
    frames = min(len(bands), len(pitch))
    given = torch.from_numpy(heard(bands[:frames], pitch[:frames])[0])
    speech = torch.from_numpy(spoken(bands[:frames]))
    with torch.no_grad():
        mapped = network(given[None])[0] * network.contrast
    return normalised(given)[speech], mapped[speech]


def shares(mapped: Tensor, centre: Tensor) -> Tensor:
    """How far each frame is of each kind, shape (frames, kinds)."""
    off = torch.cdist(mapped[:, :_COMPARED], centre) ** 2
    return torch.softmax(-off, 1)


def kinds(natural: Tensor, mapped: Tensor) -> dict[str, NDArray[np.float32]]:
    """Kinds of sound, named as `hattama.disguise.remainder` reads them."""
    compared = mapped[:, :_COMPARED]
    found, _ = kmeans2(compared.numpy(), KINDS, _ROUNDS, minit="++", seed=0)
    centre = torch.from_numpy(found.astype(np.float32))
    share = shares(mapped, centre)
    means = {
        name: (share.T @ frames / share.sum(0)[:, None]).numpy()
        for name, frames in (("natural", natural), ("mapped", mapped))
    }
    return {"centre": centre.numpy(), **means}


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
    both = [said(one, network) for one in others(options.voices)]
    natural, mapped = (torch.cat(parts) for parts in zip(*both, strict=True))
    found = kinds(natural, mapped)
    np.savez(data / "kinds.npz", allow_pickle=False, **found)
    share = shares(mapped, torch.from_numpy(found["centre"])).mean(0)
    print(f"{len(mapped)} frames; shares of the kinds {np.round(share.numpy(), 2)}")


if __name__ == "__main__":
    main()
