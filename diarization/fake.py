"""Fakes of the protocols, for tests of what stands on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hattama.diarization.protocols import SAMPLE_RATE_HZ
from hattama.diarization.turns import Diarization, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hattama.diarization.protocols import Progress, Samples


class FakeSamples:
    """A recording in memory.

    Parameters
    ----------
    signal
        16 kHz mono, shape (n,).
    """

    def __init__(self, signal: NDArray[np.float32]) -> None:
        self._signal = np.asarray(signal, np.float32)

    def __len__(self) -> int:
        return len(self._signal)

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Samples `start` to `stop`, clipped to the recording."""
        return self._signal[max(0, start) : max(0, stop)]


class FakeDiarizer:
    """Answers with the turns that it was given, cut at the end of the recording.

    Parameters
    ----------
    turns
        What it answers; nobody overlaps in the exclusive view, the earlier turn wins.
    """

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = tuple(sorted(turns))

    def diarize(self, samples: Samples, progress: Progress | None = None) -> Diarization:
        """The turns that were given; reports being half done and done."""
        end_s = len(samples) / SAMPLE_RATE_HZ
        for share in (0.5, 1.0):
            if progress is not None:
                progress(share)
        turns = [
            Turn(t.start, min(t.end, end_s), t.speaker) for t in self._turns if t.start < end_s
        ]
        return Diarization(tuple(turns), tuple(_one_at_a_time(turns)))


class FakeEmbedder:
    """A voice is the band in which it is loudest: tones of one pitch are one speaker.

    Parameters
    ----------
    dimension
        Number of bands from 0 to 8 kHz.
    """

    def __init__(self, dimension: int = 16) -> None:
        self._dimension = dimension

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        return self._dimension

    def embed(self, signals: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Energy in the bands, as a unit vector a signal, shape (len(signals), dimension)."""
        bands = [_bands(signal, self._dimension) for signal in signals]
        return np.array(bands, np.float32).reshape(len(bands), self._dimension)


def _bands(signal: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    power = np.abs(np.fft.rfft(signal, max(len(signal), 2 * count))) ** 2
    energy = np.array([band.sum() for band in np.array_split(power, count)])
    energy[0] += 1e-9
    unit: NDArray[np.float64] = energy / np.linalg.norm(energy)
    return unit


def _one_at_a_time(turns: Sequence[Turn]) -> list[Turn]:
    alone: list[Turn] = []
    until = 0.0
    for turn in turns:
        if turn.end > max(until, turn.start):
            alone.append(Turn(max(until, turn.start), turn.end, turn.speaker))
            until = turn.end
    return alone
