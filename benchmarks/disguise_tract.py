"""Make disguise/data/tract.npz: how pitch and mean cepstra tell the length of a vocal tract.

    python -m benchmarks.disguise_tract --voices DIR

DIR holds `train-clean/*.flac` (LibriSpeech, one file a speaker). For each speaker the factor is
sought that brings his envelopes, stretched and normalised, nearest to the average voice saying the
same (`disguise_teacher.py`). A ridge regression then tells it from his mean pitch and cepstra,
under colours of microphones and rooms drawn at random, so that it does not go by those.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile

from benchmarks.disguise_corpus import trainers
from benchmarks.disguise_teacher import Lessons, lessons
from hattama.disguise.cepstra import CEPSTRA, cosines
from hattama.disguise.framing import HOP
from hattama.disguise.pitch import SURELY_VOICED, decimate, frequency, pitch_state, track
from hattama.disguise.tract import reading_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_LOGS: Final = np.linspace(-0.2, 0.2, 17)
_COMPARED: Final = slice(1, 13)  # cepstra that show formants
_COLOURS: Final = 20  # drawn a speaker, the first of them none
_COLOUR_SPREAD: Final = np.array([0.26, 0.32, 0.26, 0.25, 0.18, 0.22])  # of cepstra 1 to 6
_RIDGE: Final = np.array([1e-4] + [0.05] * (CEPSTRA - 1))
_REACH: Final = 1.3
"""What is said falls short of what is, as ridge and little speech pull it in; of 1, 1.3 and 1.5 the
second hid the readers of the tests about as well as the third."""


def stretched(bands: Array, log: float) -> Array:
    """Envelopes with formants moved up by a factor of which the logarithm is given."""
    place = reading_places(float(np.exp(log)))
    below = np.minimum(place.astype(int), bands.shape[1] - 2)
    part = place - below
    return np.asarray((1.0 - part) * bands[:, below] + part * bands[:, below + 1])


def best_logs(taught: Lessons) -> Array:
    """The logarithm of the factor that suits each speaker, less everybody's, shape (speakers,)."""
    spread = taught.std[_COMPARED]
    found = []
    for speaker in np.unique(taught.speaker):
        rows = np.flatnonzero(taught.speech & (taught.speaker == speaker))
        wanted = taught.target[rows][:, _COMPARED]
        wanted = (wanted - wanted.mean(axis=0)) / spread
        costs = []
        for log in _LOGS:
            own = stretched(taught.bands[rows], log) @ cosines().T[:, _COMPARED]
            own = (own - own.mean(axis=0)) / own.std(axis=0)
            costs.append(np.mean((own - wanted) ** 2))
        found.append(_lowest(np.array(costs)))
    return np.asarray(found) - np.mean(found)


def _lowest(costs: Array) -> float:
    """Where a parabola through the least cost and its neighbours is lowest."""
    at = int(np.clip(np.argmin(costs), 1, len(costs) - 2))
    left, middle, right = costs[at - 1 : at + 2]
    shift = 0.5 * (left - right) / (left - 2.0 * middle + right)
    return float(_LOGS[at] + np.clip(shift, -1.0, 1.0) * (_LOGS[1] - _LOGS[0]))


def octaves(paths: Sequence[Path]) -> Array:
    """Median log2 pitch of each file, shape (files,)."""
    found = []
    for path in paths:
        samples, _ = soundfile.read(path)
        ring = np.zeros(1 << int(len(samples) + 1024).bit_length())
        ring[512 : 512 + len(samples)] = samples
        state, heard = pitch_state(), []
        for end in range(512 + HOP, 512 + len(samples), HOP):
            decimate(ring, end, HOP, state)
            track(state)
            if state.track[1] > SURELY_VOICED:
                heard.append(np.log2(frequency(state)))
        found.append(np.median(heard))
    return np.asarray(found)


def slopes(logs: Array, octave: Array, shapes: Array) -> Array:
    """How to tell the logarithm of the factor.

    Parameters
    ----------
    logs
        What suits each speaker, shape (speakers,).
    octave
        His pitch above everybody's, shape (speakers,).
    shapes
        His mean cepstra about the population's, in its deviations, shape (speakers, CEPSTRA - 1).
    """
    generator = np.random.default_rng(1)
    given = []
    for draw in range(_COLOURS):
        coloured = shapes.copy()
        if draw:
            size = (len(shapes), len(_COLOUR_SPREAD))
            coloured[:, : size[1]] += (
                generator.normal(size=size) * _COLOUR_SPREAD * generator.uniform(size=(size[0], 1))
            )
        given.append(np.concatenate([octave[:, None], coloured], axis=1))
    every = np.concatenate(given)
    weight = every.T @ every + len(every) * np.diag(_RIDGE)
    return np.asarray(np.linalg.solve(weight, every.T @ np.tile(logs, _COLOURS)))


def main() -> None:
    """Listen to the voices, write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    target = Path(__file__).parents[1] / "disguise" / "data" / "tract.npz"
    paths = trainers(parser.parse_args().voices)
    taught = lessons(paths)
    logs, heard = best_logs(taught), octaves(paths)
    usual = float(np.mean(heard))
    rows = [taught.speech & (taught.speaker == s) for s in np.unique(taught.speaker)]
    means = np.stack([taught.bands[r].mean(axis=0) @ cosines().T for r in rows])
    shapes = ((means - taught.mean) / taught.std)[:, 1:]
    found = slopes(logs, heard - usual, shapes)
    told = np.concatenate([(heard - usual)[:, None], shapes], axis=1) @ found
    np.savez(target, octave=np.float32(usual), slopes=(_REACH * found).astype(np.float32))
    left = 1.0 - np.mean((logs - told) ** 2) / np.var(logs)
    print(f"{len(logs)} speakers; factors spread by {np.std(logs):.3f}, {left:.2f} of it is told")


if __name__ == "__main__":
    main()
