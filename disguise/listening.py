"""Takes down what a microphone hears, for a sound check. Nothing leaves meanwhile."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from hattama.disguise.ear import Ear
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
    port, stop = open_port(options), threading.Event()
    ear = Ear(options.rate, options.channels, seconds)
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
