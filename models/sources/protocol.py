"""What a source of model files does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from hattama.models.entry import Entry, ModelFile
    from hattama.models.watch import Meter


class Source(Protocol):
    """Gives files of one catalogue entry. The store checks what it gets, not the source."""

    @property
    def remote(self) -> bool:
        """Whether it needs a network, so that `HATTAMA_OFFLINE=1` forbids it."""

    @property
    def label(self) -> str:
        """What it is called in messages."""

    def fetch(self, entry: Entry, file: ModelFile, part: Path, scratch: Path, meter: Meter) -> None:
        """Write the bytes of `file` to `part`.

        Parameters
        ----------
        entry
            The model that the file belongs to.
        file
            The file wanted.
        part
            Where to write. What an earlier, broken run left there may be continued.
        scratch
            Folder for anything else; shared by the files of one pull and removed after it.
        meter
            Told the bytes done; may raise PullCancelledError.

        Raises
        ------
        SourceError
            The file cannot be had here; the next source is tried.
        """
