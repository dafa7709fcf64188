"""The room of one desk: the record under edit, its pages, its sound, and a lock around them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from hattama.engine.editing.errors import LookingOnlyError
from hattama.engine.editing.history import Change
from hattama.engine.editing.operations import Operation
from hattama.engine.editing.record import EditedRecord
from hattama.engine.hearing import Hearing
from hattama.engine.review.desks import Desks
from hattama.engine.review.placing import WordPlacing
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
    placing: WordPlacing | None = None
    """Finds the words of edits in the sound."""
    desks: Desks = field(default_factory=Desks)
    """The open pages."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while the record is read or edited."""

    def edit(self, operation: Operation, *, group: str, base: int) -> Change:
        """Do an operation, and find the words that it brings in the sound; one undo for both."""
        step = group or f"edit {self.record.version}"
        change = self.record.do(operation, group=step, base=base)
        recording = self.sound.recording if self.sound and not self.sound.other else None
        if self.placing is not None:
            for times in self.placing.operations(self.record.transcript, change, recording):
                change += self.record.do(times, group=step)
        return change

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
