"""What an attacker does with embeddings, and how often he is right.

The protocol follows the VoicePrivacy Challenge 2024 (N. Tomashenko et al., arXiv:2404.02677): the
attacker has a model of each speaker and decides whether a disguised utterance is that speaker's.
All embeddings are unit rows; scores are cosines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_RESAMPLES: Final = 400
_SHRINKAGE: Final = 0.3


@dataclass(frozen=True)
class Trials:
    """Scores of an attack, with who stood behind each."""

    scores: Array
    """Shape (trials,)."""

    same: NDArray[np.bool_]
    """Whether the model is the trial's speaker, shape (trials,)."""

    speaker: NDArray[np.int64]
    """Number of the disguised speaker of the trial, shape (trials,)."""


def pooled(draws: Sequence[Trials]) -> Trials:
    """The trials of several draws of the secrets as one set."""
    return Trials(
        np.concatenate([t.scores for t in draws]),
        np.concatenate([t.same for t in draws]),
        np.concatenate([t.speaker for t in draws]),
    )


def unit(vectors: Array) -> Array:
    """Rows scaled to length one."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12))


def equal_error_rate(scores: Array, same: NDArray[np.bool_]) -> float:
    """Rate at which as many strangers are accepted as speakers are refused, 0 to 1."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(same[order]) / max(1, np.count_nonzero(same))
    alarms = np.cumsum(~same[order]) / max(1, np.count_nonzero(~same))
    at = int(np.argmin(np.abs((1.0 - hits) - alarms)))
    return float(0.5 * ((1.0 - hits[at]) + alarms[at]))


def true_accept_rate(trials: Trials, false_accepts: float = 0.01) -> float:
    """Share of the speaker's own trials accepted where `false_accepts` of strangers' are."""
    threshold = np.quantile(trials.scores[~trials.same], 1.0 - false_accepts)
    return float(np.mean(trials.scores[trials.same] > threshold))


def interval(trials: Trials, seed: int = 1) -> tuple[float, float]:
    """95 % interval of the equal error rate, resampling the disguised speakers."""
    generator = np.random.default_rng(seed)
    names = np.unique(trials.speaker)
    rows = {n: np.flatnonzero(trials.speaker == n) for n in names}
    rates = []
    for _ in range(_RESAMPLES):
        pick = np.concatenate([rows[n] for n in generator.choice(names, len(names))])
        rates.append(equal_error_rate(trials.scores[pick], trials.same[pick]))
    low, high = np.quantile(rates, [0.025, 0.975])
    return float(low), float(high)


def halves(speakers: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which utterances make the models, first the earlier half of each speaker's, then the later.

    The others are tried then; each mask has shape (utterances,).
    """
    labels = np.unique(speakers, return_inverse=True)[1]
    rank = np.array([np.count_nonzero(labels[:i] == label) for i, label in enumerate(labels)])
    first = rank < (np.bincount(labels)[labels] + 1) // 2
    return first, ~first


def against_models(enrolled: Array, tried: Array, speakers: Sequence[str]) -> Trials:
    """Models of one half of each speaker's utterances against the other half, both ways.

    Parameters
    ----------
    enrolled, tried
        Embeddings of the same utterances as the attacker has them and as they were published,
        shape (utterances, dimension).
    speakers
        Of each utterance.
    """
    labels = np.unique(speakers, return_inverse=True)[1]
    sizes = np.bincount(labels)
    scores, same, who = [], [], []
    for half in halves(speakers):
        models = unit(
            np.stack([np.mean(enrolled[half & (labels == s)], axis=0) for s in range(len(sizes))])
        )
        tests = np.flatnonzero(~half)
        scores.append((tried[tests] @ models.T).ravel())
        same.append((labels[tests][:, None] == np.arange(len(sizes))).ravel())
        who.append(np.repeat(labels[tests], len(sizes)))
    return Trials(np.concatenate(scores), np.concatenate(same), np.concatenate(who))


def pairwise(enrolled: Array, tried: Array, speakers: Sequence[str]) -> Trials:
    """Every utterance as the attacker has it against every other one as it was published."""
    labels = np.unique(speakers, return_inverse=True)[1]
    apart = ~np.eye(len(labels), dtype=bool)
    scores = (tried @ enrolled.T)[apart]
    same = (labels[:, None] == labels[None, :])[apart]
    return Trials(scores, same, np.repeat(labels, len(labels) - 1))


def centred(vectors: Array, mean: Array | None = None) -> Array:
    """Embeddings less their mean (or a given one), unit again."""
    return unit(vectors - (np.mean(vectors, axis=0) if mean is None else mean))


@dataclass(frozen=True)
class Discriminant:
    """Centring and regularised linear discriminant analysis."""

    mean: Array
    """Shape (dimension,)."""

    basis: Array
    """Shape (dimension, kept)."""

    def apply(self, vectors: Array) -> Array:
        """Project unit rows and scale them to length one again."""
        return unit((vectors - self.mean) @ self.basis)


def discriminant(
    vectors: Array, speakers: Sequence[str], shrinkage: float = _SHRINKAGE, kept: int = 100
) -> Discriminant:
    """Learn a discriminant from disguised speech of known people.

    The covariance within speakers is shrunk towards a multiple of the identity, because three
    pieces a speaker do not fill it. The between-speaker covariance weighs the directions.
    """
    labels = np.unique(speakers, return_inverse=True)[1]
    mean = np.mean(vectors, axis=0)
    counts = np.bincount(labels)[:, None]
    means = np.stack([np.mean(vectors[labels == s], axis=0) for s in range(len(counts))])
    apart = vectors - means[labels]
    within = apart.T @ apart / max(1, len(vectors) - len(counts))
    around = means - mean
    between = around.T @ around / len(counts) - within / np.mean(counts)
    size = len(within)
    within = (1.0 - shrinkage) * within + shrinkage * np.trace(within) / size * np.eye(size)
    values, axes = np.linalg.eigh(within)
    whiten = axes / np.sqrt(np.maximum(values, 1e-10))
    gains, turned = np.linalg.eigh(whiten.T @ between @ whiten)
    best = np.argsort(-gains)[: min(kept, len(counts) - 1)]
    best = best[gains[best] > 0.0]
    # Weighting by how much of a direction's variance is the speaker is the two-covariance model.
    weight = np.sqrt(gains[best] / (gains[best] + 1.0))
    return Discriminant(mean, (whiten @ turned[:, best]) * weight)
