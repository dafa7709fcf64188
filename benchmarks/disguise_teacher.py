"""Who teaches the map: how other people say the same thing.

For every 20 ms of speech, the frames of *other* speakers that whisper-base's encoder finds most
alike are looked up, and their normalised cepstra averaged: the average voice saying that moment.
After M. Baas, B. van Niekerk, H. Kamper, "Voice conversion with just nearest neighbors",
arXiv:2305.18975, there with one target speaker, here with everybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile
from faster_whisper import WhisperModel

from benchmarks.disguise_population import envelopes, spoken
from hattama.disguise.cepstra import cosines
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float32]

INNER: Final = 5
"""Frames of the disguise in one of the encoder's, 4 ms in 20 ms."""

_NEIGHBOURS: Final = 16
_SHARPNESS: Final = 0.05
_COMPARED: Final = 30_000
_KEPT: Final = 128
_STRIDE: Final = 320


@dataclass(frozen=True)
class Lessons:
    """Frames of many speakers with what the map should make of them."""

    bands: Array
    """Log band powers, shape (frames, BANDS)."""

    speech: NDArray[np.bool_]
    """Which frames are speech, shape (frames,)."""

    speaker: NDArray[np.int64]
    """Number of the speaker, shape (frames,)."""

    normal: Array
    """Cepstra with the speaker's mean and spread replaced by everybody's, (frames, CEPSTRA)."""

    target: Array
    """Average of other people's cepstra at the same sound, shape (frames, CEPSTRA)."""

    content: Array
    """The encoder's view, 128 main directions, one row for INNER frames."""

    mean: NDArray[np.float64]
    """Population's mean, shape (CEPSTRA,)."""

    std: NDArray[np.float64]
    """Population's standard deviation, shape (CEPSTRA,)."""


def lessons(paths: list[Path]) -> Lessons:
    """Listen to one file a speaker, 16 kHz mono, and look up everybody's neighbours."""
    return look_up(*listened(paths))


def listened(paths: list[Path]) -> tuple[Array, NDArray[np.float64], NDArray[np.int64]]:
    """Listen to one file a speaker, 16 kHz mono.

    Returns
    -------
    tuple
        The encoder's vectors; log band powers, INNER frames for each of them; number of the
        speaker of each vector.
    """
    folder = ModelStore.default().require("whisper-base")
    model = WhisperModel(str(folder), device="cpu", compute_type="int8")
    content, bands, speaker = [], [], []
    for number, path in enumerate(paths):
        samples, _ = soundfile.read(path, dtype="float32")
        whole = len(samples) // _STRIDE
        heard = model.feature_extractor(samples[: whole * _STRIDE])[:, : 2 * whole]
        vectors = np.asarray(model.encode(heard))[0][:whole]
        padded = np.concatenate([samples[: whole * _STRIDE], np.zeros(512, np.float32)])
        content.append(vectors.astype(np.float32))
        bands.append(envelopes(padded.astype(np.float64))[: INNER * len(vectors)])
        speaker.append(np.full(len(vectors), number))
    return np.concatenate(content), np.concatenate(bands), np.concatenate(speaker)


def look_up(content: Array, bands: NDArray[np.float64], coarse: NDArray[np.int64]) -> Lessons:
    """Look up everybody's neighbours in what was `listened`."""
    speaker = np.repeat(coarse, INNER)
    names = np.unique(coarse)
    speech = np.concatenate([spoken(bands[speaker == s]) for s in names])
    cepstra = bands @ cosines().T
    means = np.stack([cepstra[(speaker == s) & speech].mean(axis=0) for s in names])
    spreads = np.stack([cepstra[(speaker == s) & speech].std(axis=0) for s in names])
    mean, std = means.mean(axis=0), np.sqrt((spreads**2).mean(axis=0))
    normal = ((cepstra - means[speaker]) * (std / spreads[speaker]) + mean).astype(np.float32)
    content = _strip(content, coarse)
    return Lessons(
        bands.astype(np.float32),
        speech,
        speaker,
        normal,
        _average(content, normal, coarse),
        content,
        mean,
        std,
    )


def _strip(content: Array, coarse: NDArray[np.int64]) -> Array:
    """Take each speaker's mean off the encoder's vectors; keep the main directions."""
    means = np.stack([content[coarse == s].mean(axis=0) for s in np.unique(coarse)])
    content = content - means[coarse]
    content /= content.std(axis=0) + 1e-6
    _, axes = np.linalg.eigh(np.cov(content[::7].T))
    return np.asarray(content @ axes[:, -_KEPT:], np.float32)


def _average(content: Array, normal: Array, coarse: NDArray[np.int64]) -> Array:
    """Mean of the nearest frames of other speakers, weighted by likeness."""
    unit = content / np.linalg.norm(content, axis=1, keepdims=True)
    generator = np.random.default_rng(0)
    size = min(_COMPARED, len(unit))
    base = np.sort(generator.choice(len(unit), size, replace=False))
    blocks = normal.reshape(len(unit), INNER, -1)
    target = np.empty_like(blocks)
    for start in range(0, len(unit), 2000):
        rows = slice(start, start + 2000)
        likeness = unit[rows] @ unit[base].T
        likeness[coarse[rows, None] == coarse[base][None]] = -1.0
        best = np.argpartition(-likeness, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
        score = np.take_along_axis(likeness, best, axis=1) / _SHARPNESS
        weight = np.exp(score - score.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        target[rows] = np.einsum("nk,nkfc->nfc", weight, blocks[base[best]])
    return target.reshape(len(normal), -1)
