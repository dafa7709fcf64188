"""Ledger of a run: every finished piece of work on disk at once, so that a killed run goes on.

One JSON line a piece, appended and flushed to the disk. A line that a kill cut in half is
ignored. The file's name carries a digest of everything that shapes the result; other settings
therefore begin another ledger.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from hattama.engine.errors import EngineError

_LOG = logging.getLogger(__name__)


class LedgerError(EngineError, OSError):
    """The ledger cannot be written."""


class Ledger:
    """Results by key; what was put stays through a kill.

    Parameters
    ----------
    folder
        Where ledgers lie; made where it is missing.
    identity
        Everything that shapes the result, as a JSON value.
    """

    def __init__(self, folder: Path, identity: object) -> None:
        canonical = json.dumps(identity, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        self.path = folder / f"ledger-{digest[:16]}.jsonl"
        self._writing = threading.Lock()
        self._file: TextIO | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            whole = self._read()
            self._file = self.path.open("a+", encoding="utf-8")
            self._file.truncate(whole)
        except OSError as error:
            raise self._cannot(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def get(self, key: str) -> object:
        """What was put under `key`; None where nothing was."""
        return self._known.get(key)

    def put(self, key: str, value: object) -> None:
        """Keep a JSON value; it is on the disk when this returns. Any thread may call it.

        Raises
        ------
        LedgerError
            The disk is full, or the file cannot be written.
        """
        if self._file is None:
            raise ValueError("the ledger is closed")
        line = json.dumps([key, value], ensure_ascii=False) + "\n"
        with self._writing:
            try:
                self._file.write(line)
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as error:
                raise self._cannot(error) from error
            self._known[key] = value

    def _read(self) -> int:
        """Fill the table from the file; return the size of its whole lines, bytes."""
        self._known: dict[str, object] = {}
        whole = 0
        if not self.path.exists():
            return whole
        for line in self.path.read_bytes().splitlines(keepends=True):
            try:
                key, value = json.loads(line)
            except ValueError:
                _LOG.info("%s: a line was cut off and is done again", self.path)
                break
            if not line.endswith(b"\n"):
                break
            self._known[key] = value
            whole += len(line)
        return whole

    def _cannot(self, error: OSError) -> LedgerError:
        return LedgerError(
            "{path} cannot be written ({reason}); free some space or choose another folder with "
            "--work.",
            path=self.path,
            reason=error.strerror,
        )
