"""Which of the hearing's languages each stretch is spoken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hattama.engine.document.model import Language
from hattama.engine.speech.windows import Stretch

TRAINING_HOURS: dict[Language, float] = {"kk": 12, "ru": 9761}
"""Hours of each language that Whisper was trained on (arXiv 2212.04356, appendix E)."""


class LanguageIdentifier(Protocol):
    """Hears which language is spoken."""

    def language_probabilities(
        self, signals: Sequence[NDArray[np.float32]], languages: Sequence[Language]
    ) -> NDArray[np.float64]:
        """Probability of each language among `languages` alone, shape (signals, languages).

        Signals are mono, 16 kHz; rows add up to 1.
        """
        ...


@dataclass(frozen=True, slots=True)
class LanguageOptions:
    """How evidence becomes a decision."""

    prior_power: float = 0.3
    """How far the bias towards the language of the larger training set is taken back: the odds
    are divided by the ratio of hours to this power; 0 leaves them."""
    switch_odds: float = 8.0
    """How much less likely a change of language is than none, from stretch to stretch."""
    short_pause_s: float = 0.5
    """After a longer pause a change costs the square root of that: another may speak."""
    floor: float = 0.002
    """Least probability that one stretch can give a language: no stretch overrules all."""
    doubt: float = 0.2
    """Where the less likely language still has this probability, both are decoded."""


def decide(
    stretches: Sequence[Stretch],
    evidence: NDArray[np.float64],
    languages: Sequence[Language],
    options: LanguageOptions,
) -> tuple[Stretch, ...]:
    """Give each stretch its language, by the evidence of its neighbours too.

    Posterior of a two-state chain (forward-backward): a language is kept until the evidence
    against it outweighs the odds of a change, which is the hysteresis.

    Parameters
    ----------
    stretches
        By start.
    evidence
        Probabilities, shape (stretches, languages), as a `LanguageIdentifier` gives them.
    languages
        Languages of the hearing, in the order of the columns.
    """
    if not len(stretches):
        return ()
    emission = np.log(np.clip(_without_bias(evidence, languages, options), options.floor, 1))
    posterior = _forward_backward(emission, _switch_log(stretches, options))
    return tuple(
        _decided(stretch, row, languages, options)
        for stretch, row in zip(stretches, posterior, strict=True)
    )


def _without_bias(
    evidence: NDArray[np.float64], languages: Sequence[Language], options: LanguageOptions
) -> NDArray[np.float64]:
    hours = np.array([TRAINING_HOURS[language] for language in languages])
    weighted = evidence / hours**options.prior_power
    return np.asarray(weighted / weighted.sum(axis=1, keepdims=True))


def _switch_log(stretches: Sequence[Stretch], options: LanguageOptions) -> NDArray[np.float64]:
    """Log odds of a change before each stretch but the first, shape (stretches - 1,)."""
    pauses = np.array([after.start - before.end for before, after in pairwise(stretches)])
    cost = -np.log(options.switch_odds)
    return np.asarray(np.where(pauses > options.short_pause_s, cost / 2, cost))


def _forward_backward(
    emission: NDArray[np.float64], switch: NDArray[np.float64]
) -> NDArray[np.float64]:
    count, states = emission.shape
    forward, backward = np.zeros_like(emission), np.zeros_like(emission)
    forward[0] = emission[0]
    stay = np.eye(states, dtype=bool)
    for t in range(1, count):
        step = forward[t - 1][:, None] + np.where(stay, 0.0, switch[t - 1])
        forward[t] = emission[t] + np.logaddexp.reduce(step, axis=0)
    for t in range(count - 2, -1, -1):
        step = np.where(stay, 0.0, switch[t]) + (emission[t + 1] + backward[t + 1])[None, :]
        backward[t] = np.logaddexp.reduce(step, axis=1)
    total = forward + backward
    return np.asarray(np.exp(total - np.logaddexp.reduce(total, axis=1, keepdims=True)))


def _decided(
    stretch: Stretch,
    posterior: NDArray[np.float64],
    languages: Sequence[Language],
    options: LanguageOptions,
) -> Stretch:
    order = np.argsort(-posterior)
    doubtful = len(order) > 1 and posterior[order[1]] >= options.doubt
    return replace(
        stretch,
        language=languages[int(order[0])],
        alternative=languages[int(order[1])] if doubtful else None,
    )
