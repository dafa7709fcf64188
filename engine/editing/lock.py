"""One desk at a time edits a record; the system frees the lock when its holder dies."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from hattama.models.file_lock import release, take


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
        if not take(stream):
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
            release(self._stream)
            self._stream.close()
            self._stream = None
