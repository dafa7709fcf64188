"""Spans: runs of True in a row of frames, as (first, after last)."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

Span = tuple[int, int]


def spans(marked: NDArray[np.bool_]) -> list[Span]:
    """Runs of True, by start."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]])))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def hysteresis(scores: NDArray[np.float32], onset: float, offset: float) -> list[Span]:
    """Runs at `offset` or over that reach `onset` somewhere."""
    return [(a, b) for a, b in spans(scores >= offset) if scores[a:b].max() >= onset]


def bridged(runs: Iterable[Span], pause: float) -> list[Span]:
    """Runs, by start, with pauses of at most `pause` frames between them filled."""
    joined: list[Span] = []
    for start, end in runs:
        if joined and start - joined[-1][1] <= pause:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def chopped(runs: Iterable[Span], longest: int) -> list[Span]:
    """Runs cut into equal parts of about `longest` frames."""
    parts: list[Span] = []
    for start, end in runs:
        count = max(1, round((end - start) / longest))
        cuts = np.linspace(start, end, count + 1).astype(int)
        parts += [(int(a), int(b)) for a, b in itertools.pairwise(cuts)]
    return parts


def marked(runs: Iterable[Span], length: int) -> NDArray[np.bool_]:
    """A row of `length` frames that is True inside the runs."""
    row = np.zeros(length, bool)
    for start, end in runs:
        row[start:end] = True
    return row
