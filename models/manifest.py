"""The list of contents at the head of a bundle."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hattama.models.catalog import safe_name
from hattama.models.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


def refused(bundle: object, reason: str) -> BundleError:
    """Return the error that says why `bundle` is not imported."""
    return BundleError(
        "{bundle} is not a bundle that can be trusted: {reason}. Nothing was imported; make it "
        "again with `hattama models export`.",
        bundle=bundle,
        reason=reason,
    )


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
        if (table["format"], table["version"]) != (FORMAT, VERSION):
            raise refused(
                bundle, f"it is of version {table['version']!r}, this program reads {VERSION}"
            )
        files = tuple(
            _file(entry, fields, bundle)
            for entry, model in table["models"].items()
            for fields in model["files"]
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise refused(bundle, f"its list of contents cannot be read ({error})") from error
    if len({file.member for file in files}) != len(files):
        raise refused(bundle, "it lists a file twice")
    return files


def _file(entry: str, fields: Mapping[str, Any], bundle: object) -> BundledFile:
    file = BundledFile(entry, str(fields["name"]), int(fields["size"]), str(fields["sha256"]))
    if not (safe_name(entry) and "/" not in entry and safe_name(file.name)):
        raise refused(bundle, f"{file.member!r} would leave the store's folder")
    if not (file.size >= 0 and _SHA256.fullmatch(file.sha256)):
        raise refused(bundle, f"{file.member!r} has no size and SHA-256")
    return file
