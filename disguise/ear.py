"""Keeps what is heard in a sound check, for as long as it was asked to."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hattama.disguise.protocols import Floats


class Ear:
    """Keeps what it is given until it is full.

    Parameters
    ----------
    rate
        Samples a second.
    channels
        1 and more.
    seconds
        How much is kept.
    """

    def __init__(self, rate: int, channels: int, seconds: float) -> None:
        wanted = round(seconds * rate)
        shape = (wanted,) if channels == 1 else (wanted, channels)
        self.sound = np.zeros(shape, np.float32)
        """Everything: shape (n,) for one channel, else (n, channels)."""
        self.full = threading.Event()
        """Set when nothing more is wanted."""
        self._end = 0

    @property
    def share(self) -> float:
        """How full, 0 to 1."""
        return self._end / len(self.sound)

    def take(self, block: Floats) -> None:
        """Keep a block, shape (n,) or (n, channels)."""
        rest = self.sound[self._end : self._end + len(block)]
        np.copyto(rest, block.reshape(-1, *self.sound.shape[1:])[: len(rest)])
        self._end += len(rest)
        if self._end == len(self.sound):
            self.full.set()
