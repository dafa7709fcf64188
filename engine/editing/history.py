"""History: undo, redo and rolling back, as deep as the journal."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hattama.engine.document.model import State, Transcript
from hattama.engine.editing.errors import EditError, NothingToUndoError, SignedError
from hattama.engine.editing.operations import Operation, apply
from hattama.engine.editing.patch import Patch, difference

Change = tuple[Patch, ...]
"""Patches in the order in which they are applied."""


@dataclass(slots=True)
class _Step:
    """What one undo takes back."""

    change: Change
    group: str


class History:
    """A record and the way it came to be; memory grows with the edits, not with the record.

    Every act is one version. Undo and redo are acts too, so that nothing that ever stood in the
    record is out of reach: `roll_back` finds every version. Undo and redo cost what they change,
    whatever the length of the record: the frozen document is made when it is next asked for.

    Parameters
    ----------
    transcript
        The record to begin with.
    """

    def __init__(self, transcript: Transcript) -> None:
        self._standing: Transcript | None = transcript
        self._rest = transcript  # everything but the segments as they stand
        self._segments = list(transcript.segments)
        self._log: list[Change] = []
        self._done: list[_Step] = []
        self._undone: list[_Step] = []

    @property
    def transcript(self) -> Transcript:
        """The record as it stands."""
        if self._standing is None:
            self._standing = replace(self._rest, segments=tuple(self._segments))
        return self._standing

    @property
    def state(self) -> State:
        """State of the record as it stands."""
        return self._rest.state

    @property
    def version(self) -> int:
        """Number of acts so far."""
        return len(self._log)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step back."""
        return bool(self._done) and self.state is not State.SIGNED

    @property
    def can_redo(self) -> bool:
        """Whether there is a step forward."""
        return bool(self._undone) and self.state is not State.SIGNED

    def do(self, operation: Operation, group: str = "") -> Change:
        """Apply an operation; steps in a row with the same group are undone together."""
        after = apply(self.transcript, operation)
        change = (difference(self.transcript, after),)
        self._undone.clear()
        if group and self._done and self._done[-1].group == group:
            self._done[-1].change += change
        else:
            self._done.append(_Step(change, group))
        self._take(change)
        self._standing = after
        return change

    def check_undo(self) -> None:
        """Raise where there is no step back."""
        self._refuse_signed()
        if not self._done:
            raise NothingToUndoError("There is nothing to undo.")

    def check_redo(self) -> None:
        """Raise where there is no step forward."""
        self._refuse_signed()
        if not self._undone:
            raise NothingToUndoError("There is nothing to redo.")

    def check_roll_back(self, version: int) -> None:
        """Raise where there is no such earlier version."""
        self._refuse_signed()
        if not 0 <= version < self.version:
            raise EditError(
                "There is no earlier version {given}; there are {count}.",
                given=version, count=self.version,
            )  # fmt: skip

    def undo(self) -> Change:
        """Take the last step back."""
        self.check_undo()
        step = self._done.pop()
        self._undone.append(step)
        return self._take(_inverse(step.change))

    def redo(self) -> Change:
        """Do again what was taken back last."""
        self.check_redo()
        step = self._undone.pop()
        # A group ends where it was undone: what is typed next is a step of its own.
        self._done.append(_Step(step.change, ""))
        return self._take(step.change)

    def roll_back(self, version: int) -> Change:
        """Make the record as it was at a version; the way there stays and can be undone."""
        self.check_roll_back(version)
        goal = self.at(version)
        change = (difference(self.transcript, goal),)
        self._undone.clear()
        self._done.append(_Step(change, ""))
        return self._take(change)

    def at(self, version: int) -> Transcript:
        """The record as it was at a version."""
        transcript = self.transcript
        for change in reversed(self._log[version:]):
            for patch in _inverse(change):
                transcript = patch.apply(transcript)
        return transcript

    def changes_since(self, version: int) -> Change:
        """Patches that lead from a version to the record as it stands."""
        return tuple(patch for change in self._log[version:] for patch in change)

    def _take(self, change: Change) -> Change:
        for patch in change:
            patch.change(self._segments)
            self._rest = patch.change_rest(self._rest)
        self._standing = None
        self._log.append(change)
        return change

    def _refuse_signed(self) -> None:
        if self.state is State.SIGNED:
            raise SignedError("The record is signed; nothing in it can be changed.")


def _inverse(change: Change) -> Change:
    return tuple(patch.inverse for patch in reversed(change))
