"""SHA-256 of files, and a memory of the files already hashed."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from hattama.models.watch import Watch

BLOCK = 1 << 20
"""Bytes read at once."""

_log = logging.getLogger(__name__)


def sha256_of(path: Path, watch: Watch | None = None) -> str:
    """Return the SHA-256 of a file as 64 lower-case hexadecimal digits."""
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            done += len(block)
            if watch:
                watch.report(done)
    return digest.hexdigest()


def copy_hashed(
    source: BinaryIO, target: BinaryIO, watch: Watch, start: int = 0
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
        watch.report(start + done)
    return done, digest.hexdigest()


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

    def sha256(self, path: Path, *, fresh: bool = False, watch: Watch | None = None) -> str:
        """Return the SHA-256 of `path`, computed now where it is not remembered or `fresh`."""
        key, state = str(path.resolve()), _state(path)
        known = self._read()
        if not fresh and known.get(key, {}).get("state") == state:
            return str(known[key]["sha256"])
        digest = sha256_of(path, watch)
        if _state(path) == state:
            self._write({**self._read(), key: {"state": state, "sha256": digest}})
        return digest

    def _read(self) -> dict[str, dict[str, object]]:
        try:
            known = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

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
