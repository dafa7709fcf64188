"""Would a speaker-verification system know the witness again? Measured with voice prints.

The score of two pieces of speech is the cosine of their prints. What two strangers score by
chance is known from the mean and covariance of many people's prints (`data/strangers.npz`; it
holds nobody's own print). The attacker here is the ignorant one who holds a recording of the
witness's own voice; he also turns pitch and formants back by resampling, step by step. What an
attacker reaches who knows the program is a property of the profile and is measured for all
(`benchmarks/disguise_attacks.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import erf, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hattama.disguise.decoding import COMPARED_HZ
from hattama.disguise.errors import TooLittleSpeechError
from hattama.disguise.moments import PIECE_S, Moment
from hattama.disguise.stored import stored

if TYPE_CHECKING:
    from hattama.disguise.protocols import Floats, VoicePrint

TURNS = (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)
"""Shifts in semitones that are turned back by resampling."""

_ACCEPTED_BY_CHANCE = 2.326
"""Standard deviations above which 1 % of strangers are accepted."""
_ACCEPTED_OF_MANY = 3.2
"""The same when the best of 13 attempts counts (1 % shared among them)."""


class Verdict(StrEnum):
    """What a verification system would say."""

    STRANGER = "stranger"
    """No more alike than strangers are."""
    DOUBTFUL = "doubtful"
    """More alike than 99 of 100 strangers, yet nearer to them than to the witness himself."""
    SAME = "same"
    """As alike as the witness to himself, or nearly."""


class Crowd(NamedTuple):
    """How the prints of people in general are spread."""

    mean: NDArray[np.float64]
    """Shape (dimension,)."""
    covariance: NDArray[np.float64]
    """Shape (dimension, dimension)."""

    def score(self, print_: NDArray[np.float64]) -> tuple[float, float]:
        """Mean and standard deviation of a stranger's score against a print."""
        return float(print_ @ self.mean), float(np.sqrt(print_ @ self.covariance @ print_))


@dataclass(frozen=True, slots=True)
class Place:
    """How alike the disguise is at one place."""

    start: float
    """Container time, seconds."""
    end: float
    """Container time, seconds."""
    score: float
    """Cosine with the witness's print."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """What one kind of print says."""

    name: str
    """Of the embedding."""
    before: float
    """Score of the witness's own pieces with each other, the median."""
    after: float
    """Score of the disguise with the witness's print."""
    turned_back: float
    """Highest score after pitch and formants were turned back."""
    stranger: float
    """Mean score of a stranger."""
    spread: float
    """Standard deviation of it."""
    places: tuple[Place, ...]
    """Score of every piece, in order."""

    @property
    def rank(self) -> float:
        """Share of strangers who are less alike to the witness than the disguise, 0 to 1."""
        return 0.5 * (1 + erf((self.after - self.stranger) / self.spread / sqrt(2)))

    @property
    def verdict(self) -> Verdict:
        """What a system that accepts one stranger in a hundred would say."""
        limit = self.stranger + _ACCEPTED_BY_CHANCE * self.spread
        many = self.stranger + _ACCEPTED_OF_MANY * self.spread
        if self.after < limit and self.turned_back < many:
            return Verdict.STRANGER
        nearer = 0.5 * (self.before + self.stranger)
        return Verdict.SAME if max(self.after, self.turned_back) > nearer else Verdict.DOUBTFUL


@cache
def crowd(name: str) -> Crowd:
    """The crowd for an embedding: `campplus` or `ge2e`."""
    table = stored("strangers.npz")
    mean, covariance = table[f"{name}_mean"], table[f"{name}_covariance"]
    return Crowd(mean.astype(np.float64), covariance.astype(np.float64))


def compare(name: str, prints: VoicePrint, moments: Sequence[Moment]) -> Similarity:
    """Compare the witness before and after.

    Parameters
    ----------
    name
        Of the embedding, as `crowd` knows it.
    prints
        The embedding.
    moments
        Pieces of the witness's speech before and after.

    Raises
    ------
    TooLittleSpeechError
        When there are fewer than two pieces.
    """
    if len(moments) < 2:  # noqa: PLR2004  two are needed to compare
        raise TooLittleSpeechError(
            "there are only {seconds:.0f} s of the witness's speech; give at least {least:.0f} s "
            "to compare voices",
            seconds=sum(moment.end - moment.start for moment in moments),
            least=2 * PIECE_S,
        )
    own = _units(prints.embed([moment.heard for moment in moments]))
    disguised = _units(prints.embed([moment.said for moment in moments]))
    witness = _unit(own.mean(axis=0))
    stranger, spread = crowd(name).score(witness)
    scores = disguised @ witness
    return Similarity(
        name,
        before=float(np.median((own @ own.T)[np.triu_indices(len(own), 1)])),
        after=float(_unit(disguised.mean(axis=0)) @ witness),
        turned_back=max(_turned_back(prints, witness, [moment.said for moment in moments])),
        stranger=stranger,
        spread=spread,
        places=tuple(
            Place(moment.start, moment.end, float(score))
            for moment, score in zip(moments, scores, strict=True)
        ),
    )


def _turned_back(
    prints: VoicePrint, witness: NDArray[np.float64], output: Sequence[Floats]
) -> list[float]:
    import soxr  # noqa: PLC0415  only the checks need it

    some = output[:: max(1, len(output) // 3)][:3]
    found = []
    for semitones in TURNS:
        rate = COMPARED_HZ * 2 ** (semitones / 12)
        turned = [soxr.resample(piece, rate, COMPARED_HZ).astype(np.float32) for piece in some]
        found.append(float(_unit(_units(prints.embed(turned)).mean(axis=0)) @ witness))
    return found


def _units(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.array([_unit(vector) for vector in vectors.astype(np.float64)])


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(vector / (np.linalg.norm(vector) + 1e-12))


def verdict_of(found: Mapping[str, Similarity] | Sequence[Similarity]) -> Verdict:
    """The worst verdict of several embeddings."""
    values = list(found.values()) if isinstance(found, Mapping) else list(found)
    order = [Verdict.STRANGER, Verdict.DOUBTFUL, Verdict.SAME]
    return max((one.verdict for one in values), key=order.index, default=Verdict.STRANGER)
