"""A source that gives bytes out of memory, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hattama.models.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hattama.models.entry import Entry, ModelFile
    from hattama.models.watch import Meter


@dataclass
class FakeSource:
    """Gives the bytes it was made with and remembers what it was asked for."""

    content: Mapping[str, bytes]
    """Bytes by the file's name."""
    remote: bool = True
    """Whether it counts as remote."""
    label: str = "fake"
    """What it is called in messages."""
    asked: list[str] = field(default_factory=list)
    """Names of the files asked for, in order."""

    def fetch(self, entry: Entry, file: ModelFile, part: Path, scratch: Path, meter: Meter) -> None:
        """Write the bytes, or raise SourceError where there are none."""
        del scratch
        self.asked.append(file.name)
        if file.name not in self.content:
            raise SourceError("{model} has no {file} here.", model=entry.name, file=file.name)
        part.write_bytes(self.content[file.name])
        meter.report(len(self.content[file.name]))
