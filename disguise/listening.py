"""Takes down what a microphone hears, for a sound check. Nothing leaves meanwhile."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from hattama.disguise.ports import open_port

if TYPE_CHECKING:
    from hattama.disguise.live import LiveOptions
    from hattama.disguise.protocols import Floats, Progress

_LOOK_S = 0.1


def listen(options: LiveOptions, seconds: float, progress: Progress | None = None) -> Floats:
    """What the microphone of a live session hears.

    Parameters
    ----------
    options
        Of the session: its microphone, rate, channels and block.
    seconds
        How long.
    progress
        Told the share of the time that is over. An exception that it raises ends the listening.

    Returns
    -------
    Floats
        Shape (n,) for one channel, else (n, channels).

    Raises
    ------
    DeviceError
        When there is no such microphone.
    DeviceLostError
        When it went away.
    """
    tell = progress or (lambda _share: None)
    port, ear, stop = open_port(options), _Ear(options, seconds), threading.Event()
    with ThreadPoolExecutor(1) as threads:
        listening = threads.submit(port.listen, ear.take, stop)
        try:
            while not ear.full.wait(_LOOK_S) and not listening.done():
                tell(ear.share)
        finally:
            stop.set()
        listening.result()
    tell(1.0)
    return ear.sound


class _Ear:
    """Keeps what it is given until it is full."""

    def __init__(self, options: LiveOptions, seconds: float) -> None:
        wanted = round(seconds * options.rate)
        shape = (wanted,) if options.channels == 1 else (wanted, options.channels)
        self.sound = np.zeros(shape, np.float32)
        """Everything."""
        self.full = threading.Event()
        """Set when nothing more is wanted."""
        self._end = 0

    @property
    def share(self) -> float:
        """How full, 0 to 1."""
        return self._end / len(self.sound)

    def take(self, block: Floats) -> None:
        """Keep a block."""
        rest = self.sound[self._end : self._end + len(block)]
        np.copyto(rest, block.reshape(-1, *self.sound.shape[1:])[: len(rest)])
        self._end += len(rest)
        if self._end == len(self.sound):
            self.full.set()
