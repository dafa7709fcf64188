"""Whether the channels of a recording really are different microphones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hattama.diarization.protocols import Samples

PIECE_SAMPLES = 160_000
"""10 s are read at a time."""
MOST_PIECES = 180
"""Pieces that are compared, spread over the recording: half an hour at most."""
DEAD_DB = -75.0
"""A channel whose loudest piece is below this holds no microphone."""
SAME_CORRELATION = 0.98
"""Channels that correlate more than this carry the same sound."""


@dataclass(frozen=True, slots=True)
class Channels:
    """What the channels of a recording hold."""

    dead: tuple[int, ...]
    """Channels with nothing but silence."""
    copies: tuple[tuple[int, ...], ...]
    """Groups of channels that carry one and the same sound, each with two members at least."""

    @property
    def all_the_same(self) -> bool:
        """Whether every live channel is a copy of one sound."""
        return self._live > 1 and any(len(group) == self._live for group in self.copies)

    _live: int = 0


def compare_channels(tracks: Sequence[Samples]) -> Channels:
    """Find dead channels and copies among tracks of one length."""
    products, loudest = _products(tracks)
    dead = 10 * np.log10(loudest + 1e-20) < DEAD_DB
    norms = np.sqrt(np.maximum(np.diag(products), 1e-20))
    same = np.abs(products / norms / norms[:, None]) > SAME_CORRELATION
    same[dead] = False
    same[:, dead] = False
    groups = {tuple(int(c) for c in np.flatnonzero(row)) for row in same}
    copies = tuple(sorted(group for group in groups if len(group) > 1))
    silent = tuple(int(channel) for channel in np.flatnonzero(dead))
    return Channels(silent, copies, len(tracks) - len(silent))


def _products(tracks: Sequence[Samples]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Inner products of the tracks, and the greatest mean power of a piece of each."""
    length = min(len(track) for track in tracks)
    products = np.zeros((len(tracks), len(tracks)))
    loudest = np.zeros(len(tracks))
    stride = max(1, length // PIECE_SAMPLES // MOST_PIECES) * PIECE_SAMPLES
    for first in range(0, length, stride):
        last = min(first + PIECE_SAMPLES, length)
        heard = np.stack([track.read(first, last) for track in tracks])
        heard -= heard.mean(axis=1, keepdims=True)
        part = (heard @ heard.T).astype(np.float64)
        products += part
        loudest = np.maximum(loudest, np.diag(part) / (last - first))
    return products, loudest
