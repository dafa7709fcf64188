"""Patches: what an edit changed, so that it can be taken back at the same small cost."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hattama.engine.document.model import Segment, Speaker, State, Transcript


@dataclass(frozen=True, slots=True)
class Splice:
    """Segments at one place that became others."""

    at: int
    """Index of the first, in the record before the patch."""
    removed: tuple[Segment, ...]
    inserted: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """The difference of two records; it holds what changed and shares it with both."""

    splices: tuple[Splice, ...]
    """By `at`; none overlaps another."""
    speakers: tuple[tuple[Speaker, ...], tuple[Speaker, ...]] | None = None
    """Before and after; None where they stayed."""
    state: tuple[State, State] | None = None
    """Before and after; None where it stayed."""

    def apply(self, transcript: Transcript) -> Transcript:
        """The record after; `transcript` must be the record before."""
        segments = list(transcript.segments)
        self.change(segments)
        return replace(self.change_rest(transcript), segments=tuple(segments))

    def change(self, segments: list[Segment]) -> None:
        """Make the segments before into the segments after, in place: nothing else is touched."""
        for splice in reversed(self.splices):
            segments[splice.at : splice.at + len(splice.removed)] = splice.inserted

    def change_rest(self, transcript: Transcript) -> Transcript:
        """The record with the speakers and the state after, and the segments that it has."""
        if self.speakers is None and self.state is None:
            return transcript
        return replace(
            transcript,
            speakers=self.speakers[1] if self.speakers else transcript.speakers,
            state=self.state[1] if self.state else transcript.state,
        )

    @property
    def inverse(self) -> Patch:
        """The patch that takes this one back."""
        shift, splices = 0, []
        for splice in self.splices:
            splices.append(Splice(splice.at + shift, splice.inserted, splice.removed))
            shift += len(splice.inserted) - len(splice.removed)
        return Patch(
            tuple(splices),
            (self.speakers[1], self.speakers[0]) if self.speakers else None,
            (self.state[1], self.state[0]) if self.state else None,
        )


def difference(before: Transcript, after: Transcript) -> Patch:
    """What changed, told by identity: operations share whatever they do not touch."""
    return Patch(
        _splices(before.segments, after.segments),
        None if before.speakers is after.speakers else (before.speakers, after.speakers),
        None if before.state is after.state else (before.state, after.state),
    )


def _splices(old: tuple[Segment, ...], new: tuple[Segment, ...]) -> tuple[Splice, ...]:
    if len(old) == len(new):
        return tuple(
            Splice(i, (a,), (b,))
            for i, (a, b) in enumerate(zip(old, new, strict=True))
            if a is not b
        )
    shortest = min(len(old), len(new))
    head = next((i for i in range(shortest) if old[i] is not new[i]), shortest)
    tail = next(
        (i for i in range(shortest - head) if old[-1 - i] is not new[-1 - i]), shortest - head
    )
    return (Splice(head, old[head : len(old) - tail], new[head : len(new) - tail]),)
