"""The seams of diarization: samples in, turns out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hattama.diarization.turns import Diarization

SAMPLE_RATE_HZ = 16_000
"""Sample rate of everything that the networks hear."""

Progress = Callable[[float], None]
"""Called with the share of the work that is done, 0 to 1. An exception that it raises cancels."""


class Samples(Protocol):
    """A mono recording at 16 kHz that is read piece by piece, so that hours need no memory."""

    def __len__(self) -> int:
        """Length in samples."""
        ...

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Samples `start` to `stop` (clipped to the recording), shape (n,), -1 to 1."""
        ...


class Diarizer(Protocol):
    """Finds who speaks when."""

    def diarize(self, samples: Samples, progress: Progress | None = None) -> Diarization:
        """Turns of the whole recording."""
        ...


class Embedder(Protocol):
    """Turns speech into a vector that tells speakers apart by its direction."""

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        ...

    def embed(self, signals: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """One unit vector for each 16 kHz mono signal, shape (len(signals), dimension)."""
        ...
