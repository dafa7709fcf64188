"""Word and character errors by Levenshtein alignment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class ErrorCounts:
    """Errors against a reference of known length."""

    substitutions: int
    """Reference items that came out as others."""
    deletions: int
    """Reference items that are missing."""
    insertions: int
    """Items that the reference does not have."""
    reference: int
    """Items of the reference."""

    @property
    def errors(self) -> int:
        """All of them."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float:
        """Errors an item of the reference, from 0, above 1 possible; NaN without a reference."""
        return self.errors / self.reference if self.reference else float("nan")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an alignment."""

    reference: int | None
    """Index in the reference; None for an insertion."""
    found: int | None
    """Index in what was found; None for a deletion."""
    equal: bool
    """Whether the two items are the same."""


def align(reference: Sequence[str], found: Sequence[str]) -> tuple[Step, ...]:
    """Align with the fewest substitutions, deletions and insertions."""
    steps: list[Step] = []
    for block in Levenshtein.opcodes(reference, found):
        expected = range(block.src_start, block.src_end)
        given = range(block.dest_start, block.dest_end)
        if block.tag == "delete":
            steps += [Step(i, None, equal=False) for i in expected]
        elif block.tag == "insert":
            steps += [Step(None, j, equal=False) for j in given]
        else:
            equal = block.tag == "equal"
            steps += [Step(i, j, equal=equal) for i, j in zip(expected, given, strict=True)]
    return tuple(steps)


def count(steps: Sequence[Step]) -> ErrorCounts:
    """Errors of an alignment."""
    deletions = sum(step.found is None for step in steps)
    insertions = sum(step.reference is None for step in steps)
    substitutions = sum(not step.equal for step in steps) - deletions - insertions
    return ErrorCounts(substitutions, deletions, insertions, len(steps) - insertions)


def character_errors(reference: str, found: str) -> ErrorCounts:
    """Errors by character, spaces among them."""
    # The expected number of errors only sets the band that is searched first.
    expected = max(len(reference), len(found)) // 8
    edits = Levenshtein.editops(reference, found, score_hint=expected)
    kinds = Counter(edit.tag for edit in edits)
    return ErrorCounts(kinds["replace"], kinds["delete"], kinds["insert"], len(reference))
