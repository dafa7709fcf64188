"""The list of contents at the head of a bundle."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hattama.models.catalog import safe_name
from hattama.models.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hattama.models.entry import Entry

MANIFEST = "hattama-bundle.json"
"""Name of the bundle's first member."""
FORMAT = "hattama-bundle"
VERSION = 1
LARGEST = 1 << 20
"""Bytes of the longest manifest that is read."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class BundledFile:
    """One file in a bundle."""

    entry: str
    """Name of the model."""
    name: str
    """Name of the file in the model's folder."""
    size: int
    """Bytes."""
    sha256: str
    """SHA-256 of the bytes."""

    @property
    def member(self) -> str:
        """Name of the member in the archive."""
        return f"{self.entry}/{self.name}"


def write_manifest(entries: Iterable[Entry]) -> bytes:
    """Return the manifest of `entries`, whose hashes must all be known."""
    models = {
        entry.name: {
            "revision": entry.revision,
            "licence": entry.licence,
            "files": [
                {"name": file.name, "size": file.size, "sha256": file.sha256}
                for file in entry.files
            ],
        }
        for entry in entries
    }
    content = {"format": FORMAT, "version": VERSION, "models": models}
    return json.dumps(content, indent=1).encode()


def read_manifest(content: bytes, bundle: object) -> tuple[BundledFile, ...]:
    """Read a manifest; BundleError, naming `bundle`, where it breaks a rule."""
    try:
        table = json.loads(content)
        version = (table["format"], table["version"])
        files = tuple(
            BundledFile(entry, str(file["name"]), int(file["size"]), str(file["sha256"]))
            for entry, model in table["models"].items()
            for file in model["files"]
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BundleError(
            "{bundle} was not imported: its list of contents cannot be read ({reason}). Make it "
            "again with `hattama models export`.",
            bundle=bundle,
            reason=error,
        ) from error
    if version != (FORMAT, VERSION):
        raise BundleError(
            "{bundle} was not imported: it was made by another version of the program "
            "({version}). Make it again with `hattama models export` of this version.",
            bundle=bundle,
            version=" ".join(map(str, version)),
        )
    for file in files:
        _check(file, bundle)
    return files


def _check(file: BundledFile, bundle: object) -> None:
    safe = safe_name(file.entry) and "/" not in file.entry and safe_name(file.name)
    if not safe:
        raise BundleError(
            "{bundle} was not imported: {file} would leave the store's folder. Do not use it.",
            bundle=bundle,
            file=ascii(file.member),
        )
    if file.size < 0 or not _SHA256.fullmatch(file.sha256):
        raise BundleError(
            "{bundle} was not imported: it lists {file} without a size and SHA-256.",
            bundle=bundle,
            file=ascii(file.member),
        )
