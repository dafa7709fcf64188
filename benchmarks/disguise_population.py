"""Make disguise/data/population.npz: how people's cepstra lie and spread.

    python -m benchmarks.disguise_population --voices DIR

DIR holds `train-clean/*.flac` (LibriSpeech, one file a speaker). Each speaker counts alike: the
mean is the mean of the speakers' means, the standard deviation the root of the mean of their
variances, over frames of speech.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.disguise_corpus import trainers
from hattama.disguise.bands import BANDS, analyse, band_tables
from hattama.disguise.cepstra import cosines
from hattama.disguise.fourier import fourier_tables
from hattama.disguise.framing import FFT, HOP, RATE_HZ
from hattama.disguise.level import amplitude, follow, level_state, place

Array = NDArray[np.float64]


def envelopes(samples: Array) -> Array:
    """Log band powers of every frame of 16 kHz `samples`, shape (frames, BANDS)."""
    size = 1 << int(len(samples) + 1024).bit_length()
    ring = np.zeros(size)
    ring[512 : 512 + len(samples)] = samples
    tables, fourier, work = band_tables(), fourier_tables(), np.zeros((4, FFT))
    ends = range(512 + HOP, 512 + len(samples), HOP)
    result = np.zeros((len(ends), BANDS))
    for row, end in zip(result, ends, strict=True):
        analyse(ring, end, (tables, fourier), work, row)
    return result


def counted(bands: Array) -> Array:
    """How much each frame counts for the disguise, by its loudness; 0 without speech, (frames,)."""
    state = level_state()
    return np.array(
        [
            amplitude(place(state, level)) if follow(state, level) else 0.0
            for level in np.mean(bands, axis=1)
        ]
    )


def spoken(bands: Array) -> NDArray[np.bool_]:
    """Which frames the disguise takes for speech, shape (frames,)."""
    return counted(bands) > 0.0


def main() -> None:
    """Read the voices, write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    target = Path(__file__).parents[1] / "disguise" / "data" / "population.npz"
    means, variances = [], []
    for path in trainers(parser.parse_args().voices):
        samples, rate_hz = soundfile.read(path)
        if rate_hz != RATE_HZ:
            raise SystemExit(f"{path.name} is at {rate_hz} Hz; give 16 kHz files")
        bands = envelopes(samples)
        cepstra = bands[spoken(bands)] @ cosines().T
        means.append(np.mean(cepstra, axis=0))
        variances.append(np.var(cepstra, axis=0))
    mean = np.mean(means, axis=0).astype(np.float32)
    std = np.sqrt(np.mean(variances, axis=0)).astype(np.float32)
    np.savez(target, mean=mean, std=std)
    print(f"{len(means)} speakers\nmean {np.round(mean, 2)}\nstd {np.round(std, 2)}")


if __name__ == "__main__":
    main()
