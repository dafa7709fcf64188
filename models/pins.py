"""Hashes and sizes of files that the catalogue does not know, kept from the first pull on."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

from hattama.models.errors import CorruptModelError

if TYPE_CHECKING:
    from pathlib import Path

    from hattama.models.entry import Entry, ModelFile

_HEAD = (
    "# SHA-256 of files whose hash the catalogue does not know, as they were first pulled.\n"
    "# From then on they are enforced. Delete a line to accept other bytes.\n"
)


class Pins:
    """The lock file `pins.toml` of a store.

    Parameters
    ----------
    path
        The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def apply(self, entry: Entry) -> Entry:
        """Return `entry` with the pinned sizes and hashes put in where it has none."""
        if all(file.sha256 and file.size for file in entry.files):
            return entry
        pinned = self._read().get(entry.name, {})
        return replace(entry, files=tuple(_fill(file, pinned) for file in entry.files))

    def add(self, entry: str, file: str, size: int, sha256: str) -> None:
        """Pin one file; what was pinned before stays."""
        pins = self._read()
        pins.setdefault(entry, {}).setdefault(file, (size, sha256))
        part = self._path.with_name(f"{self._path.name}.part")
        part.write_text(_HEAD + "".join(_lines(pins)), "utf-8")
        part.replace(self._path)

    def _read(self) -> dict[str, dict[str, tuple[int, str]]]:
        if not self._path.exists():
            return {}
        try:
            tables = tomllib.loads(self._path.read_text("utf-8"))
            return {
                entry: {file: (int(pin["size"]), str(pin["sha256"])) for file, pin in files.items()}
                for entry, files in tables.items()
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CorruptModelError(
                "{file} cannot be read ({reason}): restore it, or delete it and pull again.",
                file=self._path,
                reason=error,
            ) from error


def _fill(file: ModelFile, pinned: dict[str, tuple[int, str]]) -> ModelFile:
    if file.name not in pinned:
        return file
    size, sha256 = pinned[file.name]
    return replace(file, size=file.size or size, sha256=file.sha256 or sha256)


def _lines(pins: dict[str, dict[str, tuple[int, str]]]) -> list[str]:
    lines = []
    for entry, files in pins.items():
        lines.append(f'\n["{entry}"]\n')
        lines += [f'"{f}" = {{ size = {n}, sha256 = "{h}" }}\n' for f, (n, h) in files.items()]
    return lines
