"""One process at a time fills a store; the system frees the lock when its holder dies."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from hattama.models.errors import StoreBusyError

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
        while not _take(stream):
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
            _release(stream)


if sys.platform == "win32":
    import msvcrt

    def _take(stream: IO[bytes]) -> bool:
        stream.seek(0)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(stream: IO[bytes]) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(stream: IO[bytes]) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(stream: IO[bytes]) -> None:
        fcntl.flock(stream, fcntl.LOCK_UN)
