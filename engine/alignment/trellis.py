"""The most likely way of a text through CTC posteriors (Viterbi over the trellis).

Method: Graves et al. 2006, doi:10.1145/1143844.1143891, the recursion of its equations 6 and 7 with
the maximum in place of the sum; Kürzinger et al. 2020, arXiv:2007.09127, for its use on long sound.
The states are the text's tokens with a blank before, between and after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hattama.engine.alignment.errors import TextTooLongError

_FLOOR = -1e4
"""Stands for -inf, so that a way that the model excludes is still longer than no way."""


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """Where one token was said."""

    start: int
    """First frame."""
    stop: int
    """Frame after the last one; above `start`."""
    log_prob: float
    """Mean natural logarithm of its probability over these frames."""


def needed_frames(tokens: Sequence[int]) -> int:
    """Fewest frames that hold the tokens: one each, and a blank between two equal ones."""
    return len(tokens) + sum(a == b for a, b in pairwise(tokens))


def align_tokens(
    log_probs: NDArray[np.floating], tokens: Sequence[int], blank: int
) -> tuple[TokenSpan, ...]:
    """Frames of each token on the most likely path.

    Parameters
    ----------
    log_probs
        Natural logarithms of posteriors, shape (frames, vocabulary); -inf is allowed.
    tokens
        The text as indices of the vocabulary, none of them `blank`.
    blank
        Index of the blank.

    Returns
    -------
    tuple[TokenSpan, ...]
        One for each token, in order, not overlapping.

    Raises
    ------
    TextTooLongError
        There are fewer frames than `needed_frames`.
    """
    if not tokens:
        return ()
    needed = needed_frames(tokens)
    if len(log_probs) < needed:
        raise TextTooLongError(
            "The text needs {needed} frames of sound and there are {given}: it is longer than what "
            "can be said in this time; shorten it, or align it with a longer stretch.",
            needed=needed,
            given=len(log_probs),
        )
    states = np.full(2 * len(tokens) + 1, blank, np.intp)
    states[1::2] = tokens
    emission = np.maximum(np.asarray(log_probs, np.float32)[:, states], _FLOOR)
    path = _path(emission, states)
    return tuple(_span(log_probs, path, 2 * i + 1, token) for i, token in enumerate(tokens))


def _path(emission: NDArray[np.float32], states: NDArray[np.intp]) -> NDArray[np.intp]:
    """State of each frame on the best path, shape (frames,).

    All states of a frame are computed at once. A row is padded by two states that cannot be
    reached, so that staying, stepping and skipping are three shifted views of it.
    """
    frames, count = emission.shape
    skip = np.full(count, -np.inf, np.float32)
    skip[3::2] = np.where(states[3::2] != states[1:-2:2], 0, -np.inf)
    moves = np.empty((frames, count), np.uint8)
    row = np.full(count + 2, -np.inf, np.float32)
    row[2:4] = emission[0, :2]
    stay, step, jump = row[2:], row[1:-1], row[:-2]
    best, other = np.empty(count, np.float32), np.empty(count, np.float32)
    for frame in range(1, frames):
        np.maximum(stay, step, out=best)
        moves[frame] = step > stay
        np.add(jump, skip, out=other)
        further = other > best
        moves[frame][further] = 2
        np.maximum(best, other, out=best)
        np.add(best, emission[frame], out=stay)
    state = count - 1 if stay[-1] >= stay[-2] else count - 2
    path = np.empty(frames, np.intp)
    for frame in range(frames - 1, -1, -1):
        path[frame] = state
        if frame:
            state -= int(moves[frame, state])
    return path


def _span(
    log_probs: NDArray[np.floating], path: NDArray[np.intp], state: int, token: int
) -> TokenSpan:
    start = int(np.searchsorted(path, state))
    stop = int(np.searchsorted(path, state, side="right"))
    return TokenSpan(start, stop, float(np.mean(log_probs[start:stop, token])))
