"""Would a speaker-verification system know the witness again? Measured with voice prints.

The score of two pieces of speech is the cosine of their prints. What two strangers score by
chance is known from the mean and covariance of many people's prints (`data/strangers.npz`; it
holds nobody's own print), and from the other people in the recording where they are more alike:
strangers who share a room and a language score higher than readers of English who share nothing.
Whoever is as alike to the witness as he is to himself counts as the witness, heard outside the
spans. The attacker here is the ignorant one who holds a recording of the witness's own voice; he
also turns pitch and formants back by resampling, step by step. What an attacker reaches who knows
the program is a property of the profile and is measured for all (`benchmarks/disguise_attacks.py`).
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
from hattama.disguise.moments import Moment, enough, others_moments
from hattama.disguise.stored import stored

if TYPE_CHECKING:
    from pathlib import Path

    from hattama.disguise.protocols import Floats, VoicePrint
    from hattama.disguise.spans import Span

TURNS = (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)
"""Shifts in semitones that are turned back by resampling."""

_ACCEPTED_BY_CHANCE = 2.326
"""Standard deviations above which 1 % of strangers are accepted."""
_ACCEPTED_OF_MANY = 3.2
"""The same when the best of 13 attempts counts (1 % shared among them)."""
_LEAST_OTHERS = 6
"""Pieces of other people from which their spread is known."""


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
    others: int
    """Pieces of other people in the recording that these two come from; 0: from people at large."""
    elsewhere: tuple[Place, ...]
    """Pieces outside the spans that sound like the witness himself."""
    places: tuple[Place, ...]
    """Score of every piece, in order."""

    @property
    def rank(self) -> float:
        """Share of strangers who are less alike to the witness than the disguise, 0 to 1."""
        return 0.5 * (1 + erf((self.after - self.stranger) / self.spread / sqrt(2)))

    @property
    def limit(self) -> float:
        """Score above which one stranger in a hundred is accepted."""
        return self.stranger + _ACCEPTED_BY_CHANCE * self.spread

    @property
    def limit_turned_back(self) -> float:
        """The same for the best of many attempts."""
        return self.stranger + _ACCEPTED_OF_MANY * self.spread

    @property
    def excess(self) -> float:
        """How far above its limit the worse of both scores lies, in spreads; below 0 is well."""
        worse = max(self.after - self.limit, self.turned_back - self.limit_turned_back)
        return worse / self.spread

    @property
    def verdict(self) -> Verdict:
        """What a system that accepts one stranger in a hundred would say."""
        if self.excess < 0.0:
            return Verdict.STRANGER
        himself = _between(self.before, self.stranger)
        return Verdict.SAME if max(self.after, self.turned_back) > himself else Verdict.DOUBTFUL


@cache
def crowd(name: str) -> Crowd:
    """The crowd for an embedding: `campplus` or `ge2e`."""
    table = stored("strangers.npz")
    mean, covariance = table[f"{name}_mean"], table[f"{name}_covariance"]
    return Crowd(mean.astype(np.float64), covariance.astype(np.float64))


@dataclass(frozen=True, slots=True)
class Witness:
    """The witness as one embedding knows him, and what strangers score against him.

    Made by `know`; compares any number of disguises.
    """

    name: str
    """Of the embedding."""
    prints: VoicePrint
    """The embedding."""
    own: NDArray[np.float64]
    """His print, a unit vector, shape (dimension,)."""
    before: float
    """See `Similarity.before`."""
    stranger: float
    """See `Similarity.stranger`."""
    spread: float
    """See `Similarity.spread`."""
    others: int
    """See `Similarity.others`."""
    elsewhere: tuple[Place, ...]
    """See `Similarity.elsewhere`."""

    def compare(self, moments: Sequence[Moment]) -> Similarity:
        """How alike the disguise is, by what was said at these moments."""
        turned = _turned_back(self.prints, self.own, [moment.said for moment in moments])
        return self._found(moments, max(turned))

    def excess(self, moments: Sequence[Moment]) -> float:
        """`Similarity.excess`; nothing is turned back where that would change nothing.

        Quicker where disguises are tried one after another.
        """
        plain = self._found(moments, -1.0)
        return plain.excess if plain.excess >= 0.0 else self.compare(moments).excess

    def _found(self, moments: Sequence[Moment], turned_back: float) -> Similarity:
        disguised = _units(self.prints.embed([moment.said for moment in moments]))
        return Similarity(
            self.name,
            before=self.before,
            after=float(_unit(disguised.mean(axis=0)) @ self.own),
            turned_back=turned_back,
            stranger=self.stranger,
            spread=self.spread,
            others=self.others,
            elsewhere=self.elsewhere,
            places=tuple(_places(disguised, self.own, moments)),
        )


def know(
    name: str, prints: VoicePrint, moments: Sequence[Moment], others: Sequence[Moment] = ()
) -> Witness:
    """Learn the witness by what was heard of him.

    Parameters
    ----------
    name
        Of the embedding, as `crowd` knows it.
    prints
        The embedding.
    moments
        Pieces of the witness's speech.
    others
        Pieces of other people in the same recording.

    Raises
    ------
    TooLittleSpeechError
        When there are fewer than two pieces of the witness.
    """
    pieces = _units(prints.embed([moment.heard for moment in enough(moments)]))
    own = _unit(pieces.mean(axis=0))
    before = float(np.median((pieces @ pieces.T)[np.triu_indices(len(pieces), 1)]))
    at_large = crowd(name).score(own)
    nearby = _places(_units(prints.embed([m.heard for m in others])), own, others) if others else []
    strangers, himself = _told_apart(nearby, before, at_large[0])
    stranger, spread = _likelier(strangers, at_large)
    return Witness(
        name,
        prints,
        own,
        before=before,
        stranger=stranger,
        spread=spread,
        others=0 if (stranger, spread) == at_large else len(strangers),
        elsewhere=tuple(himself),
    )


def meet(
    recording: Path,
    spans: Sequence[Span],
    moments: Sequence[Moment],
    prints: Mapping[str, VoicePrint],
) -> list[Witness]:
    """Learn the witness of a recording, by every embedding, and the other people in it.

    Parameters
    ----------
    recording
        The original.
    spans
        When the witness speaks, container time.
    moments
        Pieces of the witness's speech.
    prints
        Embeddings by name, as `crowd` knows them.

    Raises
    ------
    TooLittleSpeechError
        When there are fewer than two pieces of the witness.
    """
    others = others_moments(recording, spans) if prints else []
    return [know(name, print_, moments, others) for name, print_ in prints.items()]


def _places(
    vectors: NDArray[np.float64], witness: NDArray[np.float64], moments: Sequence[Moment]
) -> list[Place]:
    return [
        Place(moment.start, moment.end, float(vector @ witness))
        for moment, vector in zip(moments, vectors, strict=True)
    ]


def _told_apart(
    nearby: list[Place], before: float, at_large: float
) -> tuple[list[Place], list[Place]]:
    """Strangers, and who is nearer to the witness than to the least alike quarter of them."""
    if not nearby:
        return [], []
    least = max(at_large, float(np.quantile([place.score for place in nearby], 0.25)))
    limit = _between(before, least)
    return (
        [place for place in nearby if place.score <= limit],
        [place for place in nearby if place.score > limit],
    )


def _likelier(strangers: list[Place], at_large: tuple[float, float]) -> tuple[float, float]:
    """Mean and spread of a stranger's score: of whichever strangers come nearer to the witness."""
    if len(strangers) < _LEAST_OTHERS:
        return at_large
    scores = [place.score for place in strangers]
    here = float(np.mean(scores)), float(np.std(scores, ddof=1))
    reach = _ACCEPTED_BY_CHANCE
    return here if here[0] + reach * here[1] > at_large[0] + reach * at_large[1] else at_large


def _between(before: float, stranger: float) -> float:
    return 0.5 * (before + stranger)


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
