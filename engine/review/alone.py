"""One desk at a time does a piece of work that several would want: decoding, making a picture."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hattama.models.file_lock import release, take

LOOK_AGAIN_S = 1.0


class StoppedError(Exception):
    """The desk closes."""


@contextmanager
def alone(path: Path, stop: threading.Event) -> Iterator[None]:
    """Hold a lock; wait while another process holds it.

    Parameters
    ----------
    path
        The lock's file; its folder is made. The system frees the lock when its holder dies.
    stop
        Ends the wait.

    Raises
    ------
    StoppedError
        `stop` was set while another process held it.
    OSError
        The file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        while not take(stream):
            if stop.wait(LOOK_AGAIN_S):
                raise StoppedError
        try:
            yield
        finally:
            release(stream)
