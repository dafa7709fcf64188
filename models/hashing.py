"""SHA-256 of files, and a memory of the files already hashed."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from hattama.models.watch import Meter

BLOCK = 1 << 20
"""Bytes read at once."""


class Readable(Protocol):
    """Anything that gives bytes until it has no more."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""


class Writable(Protocol):
    """Anything that takes bytes."""

    def write(self, block: bytes, /) -> object:
        """Take a block."""


_log = logging.getLogger(__name__)


def sha256_of(path: Path, meter: Meter | None = None) -> str:
    """Return the SHA-256 of a file as 64 lower-case hexadecimal digits."""
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            done += len(block)
            if meter:
                meter.report(done)
    return digest.hexdigest()


def copy_hashed(
    source: Readable, target: Writable, meter: Meter, start: int = 0
) -> tuple[int, str]:
    """Copy a stream to its end; return bytes copied and their SHA-256.

    `start` is added to the bytes that `watch` is told.
    """
    digest = hashlib.sha256()
    done = 0
    while block := source.read(BLOCK):
        target.write(block)
        digest.update(block)
        done += len(block)
        meter.report(start + done)
    return done, digest.hexdigest()


class HashedReader(io.RawIOBase):
    """A stream that is hashed as it is read.

    Parameters
    ----------
    stream
        What is read.
    meter
        Told the bytes read.
    """

    def __init__(self, stream: Readable, meter: Meter) -> None:
        super().__init__()
        self._stream = stream
        self._meter = meter
        self._digest = hashlib.sha256()
        self._done = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes."""
        block = self._stream.read(size)
        self._digest.update(block)
        self._done += len(block)
        self._meter.report(self._done)
        return block

    @property
    def sha256(self) -> str:
        """SHA-256 of all that has been read."""
        return self._digest.hexdigest()


class HashMemory:
    """Hashes of files that have not changed since they were computed.

    A file counts as unchanged while its size, modification and change times and inode are the
    same. The memory saves time and is no protection against somebody who may write in the store;
    `ModelStore.verify` does not use it.

    Parameters
    ----------
    path
        JSON file that keeps the memory; where it cannot be written, hashes are computed again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def sha256(self, path: Path, fresh: Meter | None = None) -> str:
        """Return the SHA-256 of `path`; given a meter, compute it even if it is remembered."""
        key, state = str(path.resolve()), _state(path)
        known = self._read()
        if fresh is None and known.get(key, {}).get("state") == state:
            return str(known[key]["sha256"])
        digest = sha256_of(path, fresh)
        if _state(path) == state:
            self._write({**self._read(), key: {"state": state, "sha256": digest}})
        return digest

    def _read(self) -> dict[str, dict[str, object]]:
        try:
            known = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        found = known.items() if isinstance(known, dict) else ()
        return {path: note for path, note in found if isinstance(note, dict) and "sha256" in note}

    def _write(self, known: dict[str, dict[str, object]]) -> None:
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        try:
            part.write_text(json.dumps(known, indent=1), "utf-8")
            part.replace(self._path)
        except OSError as error:
            _log.debug("Hashes are not remembered: %s", error)
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _state(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
