"""From what the catalogue says of a source to the source itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hattama.models.entry import FolderSpec, PackageIndexSpec, SourceSpec
from hattama.models.sources.folder import FolderSource
from hattama.models.sources.hub import HubSource
from hattama.models.sources.package_index import PackageIndexSource

if TYPE_CHECKING:
    from hattama.models.sources.protocol import Source


def build_source(spec: SourceSpec) -> Source:
    """Make the source that `spec` describes; nothing is opened yet."""
    if isinstance(spec, FolderSpec):
        return FolderSource(Path(spec.path).expanduser())
    if isinstance(spec, PackageIndexSpec):
        return PackageIndexSource(spec)
    return HubSource(spec)
