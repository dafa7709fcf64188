"""One desk at a time edits a record; the system frees the lock when its holder dies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO


class RecordLock:
    """An exclusive lock beside a record, with the name of its holder in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: IO[bytes] | None = None

    @property
    def held(self) -> bool:
        """Whether this process holds it."""
        return self._stream is not None

    def take(self, holder: str) -> bool:
        """Take it; False where another process has it."""
        if self._stream is not None:
            return True
        try:
            stream = self._path.open("a+b")
        except OSError:
            return False  # a folder that cannot be written cannot be edited in either
        if not _take(stream):
            stream.close()
            return False
        stream.truncate(1)
        stream.seek(1)
        stream.write(holder.encode())
        stream.flush()
        self._stream = stream
        return True

    def holder(self) -> str:
        """Who wrote the name into the lock last; empty where nobody did."""
        try:
            return self._path.read_bytes()[1:].decode(errors="replace").strip()
        except OSError:
            return ""

    def release(self) -> None:
        """Give it back."""
        if self._stream is not None:
            _release(self._stream)
            self._stream.close()
            self._stream = None


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
