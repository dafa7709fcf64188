"""One process at a time fills a store; the system frees the lock when its holder dies."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hattama.models.errors import StoreBusyError
from hattama.models.file_lock import release, take

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hattama.models.watch import Watch

WAIT_S = 1800.0
"""How long to wait for another process that fills the same store."""

_POLL_S = 0.2


@contextmanager
def exclusive(path: Path, watch: Watch, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the lock file at `path`, waiting up to `wait_s` seconds for it.

    Raises
    ------
    StoreBusyError
        Another process still holds it.
    PullCancelledError
        The watch was cancelled while waiting.
    """
    deadline = time.monotonic() + wait_s
    with path.open("a+b") as stream:
        while not take(stream):
            watch.check()
            if time.monotonic() >= deadline:
                raise StoreBusyError(
                    "Another process is filling {folder}; wait until it ends and try again.",
                    folder=path.parent,
                )
            time.sleep(_POLL_S)
        try:
            yield
        finally:
            release(stream)
