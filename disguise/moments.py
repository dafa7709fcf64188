"""Pieces of a witness's speech, before and after, to compare."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hattama.disguise.decoding import COMPARED_HZ, sound_extent, window_edges
from hattama.disguise.errors import TooLittleSpeechError
from hattama.disguise.leak import together
from hattama.disguise.protocols import Floats
from hattama.disguise.spans import Span, gaps

PIECE_S = 6.0
"""Length of the pieces of which voice prints are taken, seconds."""

LEAST_S = 2 * PIECE_S
"""Speech that is needed to compare voices, seconds."""

_MARGIN_S = 0.5
"""Seconds around a span that are nobody's."""

_WHOLE = 1e9
"""A window that is longer than any piece."""

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
    chosen = _spread(spans, piece_s, most)
    with ExitStack() as stack:
        before = together(original, chosen, stack, _WHOLE)
        after = together(output, chosen, stack, _WHOLE)
        found = [
            (span, heard[: len(said)], said[: len(heard)])
            for span, heard, said in zip(chosen, before, after, strict=True)
        ]
    return _loudest(found, most)


def spoken_moments(recording: Path, spans: Sequence[Span], most: int = 20) -> list[Moment]:
    """The same of one recording, `said` being what was heard."""
    chosen = _spread(spans, PIECE_S, most)
    with ExitStack() as stack:
        parts = together(recording, chosen, stack, _WHOLE)
        found = [(span, part, part) for span, part in zip(chosen, parts, strict=True)]
    return _loudest(found, most)


def sound_moments(sound: Floats, most: int = 20) -> list[Moment]:
    """The same of sound at hand, 16 kHz, shape (n, channels)."""
    length = round(PIECE_S * COMPARED_HZ)
    starts = range(0, len(sound) - length + 1, length)
    found = [
        (Span(at / COMPARED_HZ, (at + length) / COMPARED_HZ), piece, piece)
        for at in starts
        for piece in (sound[at : at + length],)
    ]
    return _loudest(found, most)


def others_moments(recording: Path, spans: Sequence[Span], most: int = 40) -> list[Moment]:
    """Speech of a recording outside of the spans: other people in the same room."""
    outside = gaps(sound_extent(recording), spans, _MARGIN_S, PIECE_S / 2)
    return spoken_moments(recording, outside, most) if outside else []


def enough(found: Sequence[Moment]) -> Sequence[Moment]:
    """The moments, where they suffice to compare voices.

    Raises
    ------
    TooLittleSpeechError
        When there are fewer than two.
    """
    if len(found) * PIECE_S < LEAST_S:
        raise TooLittleSpeechError(
            "there are only {seconds:.0f} s of the witness's speech; give at least {least:.0f} s "
            "to compare voices",
            seconds=sum(moment.end - moment.start for moment in found),
            least=LEAST_S,
        )
    return found


def _spread(spans: Sequence[Span], piece_s: float, most: int) -> list[Span]:
    """Three times as many pieces as are wanted, evenly taken: some will be pauses."""
    edges = window_edges(spans, piece_s)
    return [Span(*edge) for edge in edges[:: max(1, -(-len(edges) // (3 * most)))]]


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
