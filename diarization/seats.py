"""People who share a microphone, told apart by their voices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hattama.diarization.clustering import SEED_S, people
from hattama.diarization.options import DiarizationOptions
from hattama.diarization.protocols import SAMPLE_RATE_HZ
from hattama.diarization.spans import chopped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hattama.diarization.protocols import Embedder, Samples
    from hattama.diarization.spans import Span

SURELY_ONE = 0.4
"""Two people at one microphone must be at least so far apart: a false second person at a
microphone is worse than two people under one role, which a clerk hears at once."""
SURELY_TWO = 0.7
PIECE_SAMPLES = 3 * SAMPLE_RATE_HZ
"""Voices are compared in pieces of about 3 s."""
GRAIN_SAMPLES = SAMPLE_RATE_HZ // 4
"""Pieces are cut to a multiple of this, so that the network sees few different lengths."""
LEAST_S = 3.0
"""Speech that a second person must have, seconds."""
BATCH = 64
"""Pieces in memory at a time."""


def who_sits(
    samples: Samples, runs: Sequence[Span], embedder: Embedder, seats: int | None
) -> NDArray[np.int64]:
    """Person of each run at one microphone: 0 for who speaks most, then 1, ….

    Parameters
    ----------
    samples
        The microphone.
    runs
        Samples of each run, as (first, after last), by start.
    embedder
        Hears voices.
    seats
        People at the microphone; found where it is None.
    """
    if seats == 1 or not runs:
        return np.zeros(len(runs), np.int64)
    pieces, owners = _pieces(runs)
    lengths_s = np.array([(b - a) / SAMPLE_RATE_HZ for a, b in pieces], np.float32)
    if seats is None and (lengths_s >= SEED_S).sum() < 2:  # noqa: PLR2004  two voices to compare
        return np.zeros(len(runs), np.int64)
    voices = _voices(samples, pieces, embedder)
    options = DiarizationOptions(speakers=seats, surely_one=SURELY_ONE, surely_two=SURELY_TWO)
    likeness = voices @ people(voices, lengths_s, options).T
    spoken = np.zeros((len(runs), likeness.shape[1]), np.float32)
    np.add.at(spoken, owners, likeness * lengths_s[:, None])
    person: NDArray[np.int64] = spoken.argmax(axis=1)
    return _by_speech(person, runs, keep_all=seats is not None)


def _pieces(runs: Sequence[Span]) -> tuple[list[Span], NDArray[np.int64]]:
    pieces: list[Span] = []
    owners: list[int] = []
    for owner, run in enumerate(runs):
        for start, end in chopped([run], PIECE_SAMPLES):
            length = max(GRAIN_SAMPLES, (end - start) // GRAIN_SAMPLES * GRAIN_SAMPLES)
            pieces.append((start, start + length))
            owners.append(owner)
    return pieces, np.array(owners, np.int64)


def _voices(samples: Samples, pieces: Sequence[Span], embedder: Embedder) -> NDArray[np.float32]:
    vectors = [
        embedder.embed([samples.read(*piece) for piece in pieces[first : first + BATCH]])
        for first in range(0, len(pieces), BATCH)
    ]
    return np.concatenate(vectors)


def _by_speech(
    person: NDArray[np.int64], runs: Sequence[Span], *, keep_all: bool
) -> NDArray[np.int64]:
    """People numbered by how much they speak; who hardly speaks is nobody apart."""
    lengths = np.array([end - start for start, end in runs]) / SAMPLE_RATE_HZ
    spoken = np.bincount(person, lengths)
    order = np.argsort(-spoken, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    if not keep_all:
        rank[spoken < LEAST_S] = 0
    ranked: NDArray[np.int64] = rank[person]
    return ranked
