"""Locks on open files; the system frees them when their holder dies."""

from __future__ import annotations

import sys
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def take(stream: IO[bytes]) -> bool:
        """Lock an open file for this process alone; False where another has it."""
        stream.seek(0)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def release(stream: IO[bytes]) -> None:
        """Undo `take`."""
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def take(stream: IO[bytes]) -> bool:
        """Lock an open file for this process alone; False where another has it."""
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(stream: IO[bytes]) -> None:
        """Undo `take`."""
        fcntl.flock(stream, fcntl.LOCK_UN)
