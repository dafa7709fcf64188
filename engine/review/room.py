"""The room of one desk: the record under edit, its pages, its sound, and a lock around them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from hattama.engine.editing.errors import LookingOnlyError
from hattama.engine.editing.record import EditedRecord
from hattama.engine.hearing import Hearing
from hattama.engine.review.desks import Desks
from hattama.engine.review.preferences import Preferences
from hattama.engine.review.rerun import Reruns
from hattama.engine.review.sound import SoundRoom


@dataclass(slots=True)
class Room:
    """Everything that an endpoint needs."""

    record: EditedRecord
    """The record."""
    sound: SoundRoom | None
    """The recording; None where it is not there."""
    reruns: Reruns
    """Passages heard again."""
    preferences: Preferences
    """What the clerk chose for the page."""
    hearing: Hearing | None = None
    """Title block of exports."""
    media: Path | None = None
    """Where the recording is."""
    desks: Desks = field(default_factory=Desks)
    """The open pages."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while the record is read or edited."""

    def claim(self, desk: str) -> None:
        """Make sure that this page may edit.

        Raises
        ------
        LookingOnlyError
            Another page does.
        """
        if not self.desks.arrive(desk):
            raise LookingOnlyError(
                "{holder} edits this record; this desk may look only.", holder=self.record.holder
            )
