"""Make `disguise/data/strangers.npz`: how voice prints of people in general are spread.

    python -m benchmarks.disguise_strangers --voices DIR

For each embedding the mean and the covariance over many speakers; nobody's own vector is kept, so
the table is no biometric data of anybody. `hattama disguise check` needs it to say how alike two
strangers are by chance.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.disguise_corpus import others
from hattama.diarization.campplus import CampplusEmbedder
from hattama.diarization.ge2e import Ge2eEmbedder
from hattama.models.store import ModelStore

TARGET = Path(__file__).parents[1] / "disguise" / "data" / "strangers.npz"


def main() -> None:
    """Embed every voice and keep the moments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    voices = parser.parse_args().voices
    store = ModelStore.default()
    signals = [utterance.samples for utterance in others(voices)]
    table = {}
    for name, embedder in (("campplus", CampplusEmbedder(store)), ("ge2e", Ge2eEmbedder(store))):
        vectors = embedder.embed(signals).astype(np.float64)
        table[f"{name}_mean"] = vectors.mean(axis=0).astype(np.float32)
        table[f"{name}_covariance"] = np.cov(vectors.T).astype(np.float16)
        table[f"{name}_sha256"] = np.array(store.entry(name).sha256)
        scores = vectors @ vectors.T
        print(name, len(vectors), "vectors; score of two pieces", scores.mean(), scores.std())
    np.savez_compressed(TARGET, **table)
    print(TARGET, TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
