"""A folder of files: a share, a USB stick, another store, what a browser downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from hattama.models.errors import SourceError
from hattama.models.hashing import copy_hashed, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hattama.models.entry import Entry, ModelFile
    from hattama.models.watch import Meter


@dataclass(frozen=True)
class FolderSource:
    """Files in a folder, under the entry's name or loose."""

    path: Path
    """The folder; it is only read."""

    @property
    def remote(self) -> bool:
        """A folder works without a network."""
        return False

    @property
    def label(self) -> str:
        """The folder's path."""
        return str(self.path)

    def find(self, entry: Entry, file: ModelFile) -> Path | None:
        """Return the file here that is `file`, or None.

        `<folder>/<entry>/<file>` counts by its name alone, so that a wrong byte in it is told
        rather than passed over. A loose file must have the right name, size and hash, since
        several models have a `config.json`.
        """
        named = self.path / entry.name / file.name
        if named.is_file():
            return named
        return next((loose for loose in self._loose(file) if sha256_of(loose) == file.sha256), None)

    def fetch(self, entry: Entry, file: ModelFile, part: Path, scratch: Path, meter: Meter) -> None:
        """Copy the file; SourceError where it is not here or cannot be read."""
        del scratch
        try:
            found = self.find(entry, file)
            if found is None:
                raise SourceError(
                    "{folder} does not hold {file} of {model}.",
                    folder=self.path,
                    file=file.name,
                    model=entry.name,
                )
            stream = found.open("rb")
        except OSError as error:
            raise SourceError(
                "{folder} cannot be read: {reason}.", folder=self.path, reason=error.strerror
            ) from error
        with stream, part.open("wb") as target:
            copy_hashed(stream, target, meter)

    def _loose(self, file: ModelFile) -> Iterator[Path]:
        if file.sha256 is None:
            return
        names = dict.fromkeys((file.name, PurePosixPath(file.name).name))
        for name in names:
            candidates = (self.path / name, *self.path.glob(f"*/{name}"))
            for candidate in candidates:
                if candidate.is_file() and file.size in {None, candidate.stat().st_size}:
                    yield candidate
