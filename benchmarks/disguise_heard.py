"""What the stream tells its map of a piece of speech: the stream's own kernels, frame by frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from hattama.disguise.bands import BANDS
from hattama.disguise.cepstra import CEPSTRA, cosines
from hattama.disguise.framing import HOP
from hattama.disguise.kernels import kernel
from hattama.disguise.level import LevelState, follow, level_state
from hattama.disguise.normalise import NormaliserState, learn, normaliser_state
from hattama.disguise.pitch import SURELY_VOICED, decimate, frequency, pitch_state, track
from hattama.disguise.population import population
from hattama.disguise.tract import TractState, even_tract, hear_pitch, hear_shape, tract_state

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_LEAST_SPREAD = 0.01  # as in `mapping.py`


def pitches(path: Path) -> Array:
    """Pitch of every frame of a 16 kHz file that is surely voiced, Hz, else 0, shape (frames,)."""
    return pitches_of(soundfile.read(path)[0])


def pitches_of(samples: NDArray[np.floating[Any]]) -> Array:
    """The same of 16 kHz samples, shape (n,)."""
    samples = np.concatenate([samples, np.zeros(512)])
    ring = np.zeros(1 << int(len(samples) + 1024).bit_length())
    ring[512 : 512 + len(samples)] = samples
    state, found = pitch_state(), []
    for end in range(512 + HOP, 512 + len(samples), HOP):
        decimate(ring, end, HOP, state)
        track(state)
        found.append(frequency(state) if state.track[1] > SURELY_VOICED else 0.0)
    return np.asarray(found)


def heard(bands: Array, pitch: Array) -> tuple[NDArray[np.float32], Array]:
    """What the map is given of a session that begins with this speech, and the evened envelopes.

    Parameters
    ----------
    bands
        Log band powers, shape (frames, BANDS).
    pitch
        Hz, 0 where it is not surely voiced, shape (frames,).

    Returns
    -------
    tuple
        A frame about the speaker's mean so far, then his statistics, shape (frames, 3 * CEPSTRA);
        log band powers as from everybody's tract, shape (frames, BANDS).
    """
    even = np.array(bands, np.float64)
    given = np.zeros((len(bands), 3 * CEPSTRA), np.float32)
    known = normaliser_state(*population())
    _hear(level_state(), tract_state(), known, (even, pitch, cosines()), given)
    return given, even


@kernel
def _hear(
    level: LevelState,
    tract: TractState,
    known: NormaliserState,
    speech: tuple[Array, Array, Array],
    given: NDArray[np.float32],
) -> None:
    bands, pitch, basis = speech
    cepstra = np.zeros(CEPSTRA)
    for row in range(bands.shape[0]):
        spoken = follow(level, float(np.mean(bands[row])))
        if pitch[row] > 0.0:
            hear_pitch(tract, pitch[row])
        if spoken:
            _to_cepstra(bands[row], basis, cepstra)
            hear_shape(tract, cepstra, known.population_mean, known.population_std)
        even_tract(tract, bands[row], 1.0)
        _to_cepstra(bands[row], basis, cepstra)
        if spoken:
            learn(known, cepstra)
        for i in range(CEPSTRA):
            shift = known.mean[i] - known.population_mean[i]
            spread = np.sqrt(max(known.square[i] - shift * shift, _LEAST_SPREAD))
            given[row, i] = (cepstra[i] - known.mean[i]) / known.population_std[i]
            given[row, CEPSTRA + i] = shift / known.population_std[i]
            given[row, 2 * CEPSTRA + i] = np.log(spread / known.population_std[i])


@kernel
def _to_cepstra(bands: Array, basis: Array, cepstra: Array) -> None:
    for i in range(CEPSTRA):
        cepstra[i] = 0.0
        for b in range(BANDS):
            cepstra[i] += basis[i, b] * bands[b]
