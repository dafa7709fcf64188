"""Fetching one model's files from its sources into a store."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hattama.models.entry import Entry, ModelFile
from hattama.models.errors import (
    CorruptModelError,
    GatedModelError,
    ModelsError,
    OfflineError,
    SourceError,
)
from hattama.models.hashing import sha256_of
from hattama.models.sources.protocol import Source
from hattama.models.watch import Watch

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


def fetch_file(
    entry: Entry,
    file: ModelFile,
    part: Path,
    sources: Sequence[Source],
    scratch: Path,
    watch: Watch,
) -> str:
    """Write `file`, checked, to `part` from the first source that has it; return its SHA-256.

    Raises
    ------
    ModelsError
        No source could give the right bytes; with several sources the message names each.
    """
    failures: list[tuple[str, ModelsError]] = []
    for source in sources:
        try:
            return _checked(entry, file, part, source, scratch, watch)
        except (SourceError, CorruptModelError) as error:
            _log.warning("%s: %s", source.label, error)
            failures.append((source.label, error))
    raise _explain(entry, file, failures)


def _checked(
    entry: Entry, file: ModelFile, part: Path, source: Source, scratch: Path, watch: Watch
) -> str:
    """Fetch and check; a part that an earlier run began is given up once its hash is wrong."""
    begun = part.exists()
    source.fetch(entry, file, part, scratch, watch)
    got = sha256_of(part)
    if file.sha256 and got != file.sha256 and begun:
        part.unlink()
        source.fetch(entry, file, part, scratch, watch)
        got = sha256_of(part)
    try:
        check(entry, file, part.stat().st_size, got, source.label)
    except CorruptModelError:
        part.unlink()
        raise
    return got


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
    """One error for all failures: a gate or the only failure itself, else their list."""
    gate = next((error for _, error in failures if isinstance(error, GatedModelError)), None)
    if len(failures) == 1:
        return failures[0][1]
    reasons = "; ".join(f"{label}: {error}" for label, error in failures if error is not gate)
    if gate is not None and all(isinstance(error, SourceError) for _, error in failures):
        _log.info("Before the gate: %s", reasons)
    return SourceError(
        "{file} of {model} could not be fetched. {reasons}",
        file=file.name,
        model=entry.name,
        reasons="; ".join(f"{label}: {error}" for label, error in failures),
    )
