"""What the catalogue says of one model: its task, its files and where they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Task = Literal["recognition", "segmentation", "embedding", "diarization", "vad"]


@dataclass(frozen=True)
class ModelFile:
    """One file of a model."""

    name: str
    """Path inside the model's folder, with forward slashes."""
    size: int | None
    """Bytes; None where it is learned when the file is first pulled."""
    sha256: str | None
    """64 lower-case hexadecimal digits; None where it is pinned when first pulled."""


@dataclass(frozen=True)
class WheelPart:
    """Bytes of one member of a wheel on the package index."""

    requirement: str
    """Pinned requirement, `name==version`."""
    member: str
    """Path inside the wheel."""


@dataclass(frozen=True)
class FolderSpec:
    """A folder that holds the files under their catalogue names."""

    path: str
    """Path of the folder; `~` is the user's home."""


@dataclass(frozen=True)
class PackageIndexSpec:
    """Files inside wheels; several parts of one file are joined in their order."""

    files: Mapping[str, tuple[WheelPart, ...]]
    """Parts of each file, by the file's name."""


@dataclass(frozen=True)
class HubSpec:
    """A repository of a model hub at one revision."""

    repository: str
    """Owner and name."""
    revision: str
    """Commit, so that the bytes never change."""
    gated: bool = False
    """Whether the hub asks for a token of somebody who accepted the conditions."""
    paths: Mapping[str, str] | None = None
    """Path in the repository by the file's name, where the two differ."""


SourceSpec = FolderSpec | PackageIndexSpec | HubSpec


@dataclass(frozen=True)
class Entry:
    """One model of the catalogue."""

    name: str
    """Name that commands and options use."""
    task: Task
    """What the model does."""
    architecture: str
    """Which code runs it, for example `whisper-ct2`."""
    licence: str
    """SPDX identifier of the weights' licence."""
    languages: tuple[str, ...]
    """ISO 639-1 codes that this project uses it for, or `any`."""
    revision: str
    """Which published version of the weights this is."""
    description: str
    """One line for people."""
    main: str
    """Name of the file that holds the weights."""
    files: tuple[ModelFile, ...]
    """Every file, the weights among them."""
    sources: tuple[SourceSpec, ...]
    """Where the files come from, in the order in which to try."""
    rank: Mapping[str, int]
    """For recognisers: the higher, the better, for each language."""
    word_errors: Mapping[str, float] = field(default_factory=dict)
    """For recognisers: published word error rate on read speech (FLEURS) by language, percent;
    only of those languages for which one is published."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the weights' file; empty while it has not been pinned."""
        return self.file(self.main).sha256 or ""

    @property
    def size(self) -> int:
        """Bytes of all files whose size is known."""
        return sum(file.size or 0 for file in self.files)

    def file(self, name: str) -> ModelFile:
        """Return the file called `name`; KeyError where there is none."""
        for file in self.files:
            if file.name == name:
                return file
        raise KeyError(name)
