"""How likely a word is wrong, from the recogniser's own evidence.

Whisper is overconfident in a wrong word and less so in the words beside it, which it hears in the
light of the wrong one. A logistic function of both finds more of the wrong words than any
threshold on the word alone at the same number of false marks; the mean log-probability of the whole
text and the readings that lost the beam search were tried too and added nothing that held on other
sound. `benchmarks/doubts.py` measures it, on sound that the constants were not fitted to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEAST = 0.01
"""Probabilities are kept this far from 0 and 1."""


@dataclass(frozen=True, slots=True)
class DoubtOptions:
    """Constants of the logistic function, fitted by `benchmarks/doubts.py` to whisper-base."""

    bias: float = 0.47
    """Log-odds of a wrong word where word and neighbours have probability one half."""
    word: float = -0.72
    """Weight of the log-odds of the word's own probability."""
    neighbours: float = -0.44
    """Weight of the log-odds of the mean probability of the words before and after it."""
    threshold: float = 0.28
    """Chance of being wrong from which on a word is marked; lower marks more."""


def features(probabilities: Sequence[float]) -> NDArray[np.float64]:
    """Log-odds of each word's probability and of its neighbours' mean, shape (words, 2).

    Parameters
    ----------
    probabilities
        Of the words of one window, in order, 0 to 1. A word alone is its own neighbour.
    """
    given = np.asarray(probabilities, np.float64)
    if len(given) < 2:  # noqa: PLR2004  a neighbour takes two
        around = given
    else:
        padded = np.concatenate(([np.nan], given, [np.nan]))
        around = np.nanmean(np.stack([padded[:-2], padded[2:]]), axis=0)
    return np.column_stack([_log_odds(given), _log_odds(around)])


def chances_wrong(
    probabilities: Sequence[float], options: DoubtOptions | None = None
) -> tuple[float, ...]:
    """Chance of each word of a window to be wrong, 0 to 1."""
    chosen = options or DoubtOptions()
    evidence = features(probabilities) @ (chosen.word, chosen.neighbours) + chosen.bias
    return tuple((1 / (1 + np.exp(-evidence))).tolist())


def _log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    kept = np.clip(probabilities, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(kept / (1 - kept)))
