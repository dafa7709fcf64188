"""Make disguise/data/people.npz: how people differ.

    python -m benchmarks.disguise_people --voices DIR

DIR holds `train-clean/*.flac` (LibriSpeech, one file a speaker). For each speaker an affine map is
fitted by ridge regression from the average voice saying his words (`disguise_teacher.py`) to his
own normalised cepstra; what all have in common is taken off, and the main directions of the rest
are kept. The same for the speakers' mean spectra.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.disguise_corpus import trainers
from benchmarks.disguise_teacher import Lessons, lessons
from hattama.disguise.cepstra import CEPSTRA, cosines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_RIDGE: Final = 150.0  # frames that speak for no difference
_DIRECTIONS: Final = 40
_SPECTRA: Final = 10


def differences(taught: Lessons) -> tuple[Array, Array]:
    """What each speaker does to the average voice, and his mean spectrum, less everybody's.

    Returns
    -------
    tuple
        Affine maps of normalised cepstra 1 to the last, the constant in the last row, shape
        (speakers, CEPSTRA, CEPSTRA - 1); means in cepstra, shape (speakers, CEPSTRA - 1).
    """
    average = ((taught.target - taught.mean) / taught.std)[:, 1:]
    own = ((taught.normal - taught.mean) / taught.std)[:, 1:]
    given = np.concatenate([average, np.ones((len(average), 1))], axis=1)
    rows = [
        np.flatnonzero(taught.speech & (taught.speaker == s)) for s in np.unique(taught.speaker)
    ]
    every = np.concatenate(rows)
    common = _fit(given[every], own[every], 1.0)
    fits = np.stack([_fit(given[r], own[r] - given[r] @ common, _RIDGE) for r in rows])
    means = np.stack([taught.bands[r].mean(axis=0) @ cosines().T for r in rows])[:, 1:]
    return fits - fits.mean(axis=0), means - means.mean(axis=0)


def directions(rows: Array, count: int) -> Array:
    """The main directions of centred rows, each as long as the rows' deviation along it."""
    _, size, axes = np.linalg.svd(rows, full_matrices=False)
    return np.asarray(axes[:count] * (size[:count] / np.sqrt(len(rows)))[:, None])


def main() -> None:
    """Listen to the voices, write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    target = Path(__file__).parents[1] / "disguise" / "data" / "people.npz"
    taught = lessons(trainers(parser.parse_args().voices))
    fits, means = differences(taught)
    kept = directions(fits.reshape(len(fits), -1), _DIRECTIONS).reshape(-1, CEPSTRA, CEPSTRA - 1)
    mixing = np.zeros((len(kept), CEPSTRA, CEPSTRA), dtype=np.float32)
    mixing[:, 1:, 1:] = kept[:, :-1].transpose(0, 2, 1)
    offset = np.zeros((len(kept), CEPSTRA), dtype=np.float32)
    offset[:, 1:] = kept[:, -1] * taught.std[1:]
    spectrum = np.zeros((_SPECTRA, CEPSTRA), dtype=np.float32)
    spectrum[:, 1:] = directions(means, _SPECTRA)
    np.savez(target, mixing=mixing, offset=offset, spectrum=spectrum)
    print(f"{len(fits)} speakers; mixing {np.sqrt(np.mean(mixing**2)):.4f} root mean square")


def _fit(given: Array, wanted: Array, ridge: float) -> Array:
    weight = given.T @ given + ridge * np.eye(given.shape[1])
    return np.asarray(np.linalg.solve(weight, given.T @ wanted))


if __name__ == "__main__":
    main()
