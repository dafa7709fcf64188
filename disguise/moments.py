"""Pieces of a witness's speech, before and after, to compare."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hattama.disguise.decoding import window_edges
from hattama.disguise.leak import together
from hattama.disguise.protocols import Floats
from hattama.disguise.spans import Span

PIECE_S = 6.0
"""Length of the pieces of which voice prints are taken, seconds."""

_LOUD = 0.3
"""Pieces below this share of the loudest's root mean square are pauses."""


class Moment(NamedTuple):
    """The same piece of time in two recordings."""

    start: float
    """Container time, seconds."""
    end: float
    """Container time, seconds."""
    heard: Floats
    """Original, mono at 16 kHz: the channel that is loudest over all moments."""
    said: Floats
    """Output, the same channel."""


def moments(
    original: Path, output: Path, spans: Sequence[Span], piece_s: float = PIECE_S, most: int = 20
) -> list[Moment]:
    """Pieces in which there is speech, evenly taken from the spans, by start.

    Parameters
    ----------
    piece_s
        Length of a piece, about, seconds.
    most
        Pieces at most.
    """
    edges = window_edges(spans, piece_s)
    chosen = [Span(*edge) for edge in edges[:: max(1, -(-len(edges) // (3 * most)))]]
    found: list[tuple[Span, Floats, Floats]] = []
    with ExitStack() as stack:
        pairs = zip(
            together(original, chosen, stack, 1e9),
            together(output, chosen, stack, 1e9),
            strict=True,
        )
        for span, (heard, said) in zip(chosen, pairs, strict=True):
            n = min(len(heard), len(said))
            found.append((span, heard[:n], said[:n]))
    return _loudest(found, most)


def _loudest(found: list[tuple[Span, Floats, Floats]], most: int) -> list[Moment]:
    if not found:
        return []
    levels = np.array([np.sqrt(np.mean(heard**2, axis=0) + 1e-12) for _, heard, _ in found])
    channel = int(np.argmax(levels.max(axis=0)))
    level = levels[:, channel]
    spoken = [piece for piece, loud in zip(found, level > _LOUD * level.max(), strict=True) if loud]
    return [
        Moment(
            span.start,
            span.end,
            np.ascontiguousarray(heard[:, channel]),
            np.ascontiguousarray(said[:, min(channel, said.shape[1] - 1)]),
        )
        for span, heard, said in spoken[:: max(1, -(-len(spoken) // most))]
    ]
