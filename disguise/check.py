"""Everything that can be asked of a disguised recording when the original is at hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from hattama.disguise.leak import LeakReport, search
from hattama.disguise.moments import Moment, moments
from hattama.disguise.protocols import Listener, Progress, VoicePrint
from hattama.disguise.similarity import Similarity, Verdict, Witness, meet, verdict_of
from hattama.disguise.spans import Span
from hattama.disguise.undo import TurnedBack, turn_back

UNDERSTOOD = 0.4
"""Share of words that the recogniser may lose before the disguise counts as hard to follow."""

_LISTEN_S = 24.0
_LISTEN_PIECES = 5
_WORST = 5


class Outcome(StrEnum):
    """The verdict in one word."""

    HIDDEN = "hidden"
    """Nothing of the voice was found."""
    DOUBTFUL = "doubtful"
    """The voice is more alike than strangers are; listen, and consider a stronger profile."""
    RECOGNISED = "recognised"
    """A verification system knows the witness again, or the pitch can be turned back."""
    LEAKS = "leaks"
    """The original itself is in the output."""


@dataclass(frozen=True, slots=True)
class WorstPlace:
    """A place to listen to first."""

    start: float
    """Container time, seconds."""
    end: float
    """Container time, seconds."""
    what: str
    """`leak`, or the name of an embedding."""
    value: float
    """Height of the peak, or score."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was found."""

    leak: LeakReport
    """Search for the original's waveform in every channel."""
    pitch: TurnedBack
    """Best attempt to turn the pitch back."""
    similarities: tuple[Similarity, ...]
    """Voice prints before and after, an embedding each."""
    words_lost: float | None
    """Word error rate of the recogniser against its own reading of the original, 0 and more; None
    where nobody listened or the original had no words."""
    words: int
    """Words that the recogniser read in the original."""
    worst: tuple[WorstPlace, ...]
    """Where to listen first."""

    @property
    def outcome(self) -> Outcome:
        """The verdict in one word."""
        if self.leak.leaks:
            return Outcome.LEAKS
        voice = verdict_of(self.similarities)
        if voice is Verdict.SAME or self.pitch.succeeded:
            return Outcome.RECOGNISED
        return Outcome.DOUBTFUL if voice is Verdict.DOUBTFUL else Outcome.HIDDEN

    @property
    def recognised(self) -> bool:
        """Whether the recording must not be handed out."""
        return self.outcome in {Outcome.RECOGNISED, Outcome.LEAKS}

    @property
    def elsewhere(self) -> list[Span]:
        """Where outside the spans every embedding hears the witness, by start."""
        heard = [{(place.start, place.end) for place in one.elsewhere} for one in self.similarities]
        return [Span(*place) for place in sorted(set.intersection(*heard))] if heard else []

    @property
    def understood(self) -> bool:
        """Whether the words come through; True where nobody listened."""
        return self.words_lost is None or self.words_lost <= UNDERSTOOD


def check(
    original: Path,
    output: Path,
    spans: Sequence[Span],
    prints: Mapping[str, VoicePrint],
    *,
    listener: Listener | None = None,
    witness: Sequence[Witness] | None = None,
    progress: Progress | None = None,
) -> tuple[CheckReport, list[Moment]]:
    """Compare a disguised recording with its original.

    Parameters
    ----------
    original, output
        Recordings with the same clock.
    spans
        When the witness speaks, container time.
    prints
        Embeddings by name, as `hattama.disguise.similarity.crowd` knows them.
    listener
        Reads the words; None leaves that out.
    witness
        The witness as `meet` knows him, where that was asked before; None learns him now.
    progress
        Told the share of the work that is done.

    Returns
    -------
    tuple
        The report, and the pieces of speech that were compared (for a picture).

    Raises
    ------
    TooLittleSpeechError
        When the witness speaks too little to compare voices.
    MediaError
        When a recording cannot be read.
    """
    tell = progress or (lambda _share: None)
    leak = search(original, output, spans, lambda share: tell(0.4 * share))
    found = moments(original, output, spans)
    similarities = []
    known = meet(original, spans, found, prints) if witness is None else witness
    for i, one in enumerate(known):
        similarities.append(one.compare(found))
        tell(0.4 + 0.3 * (i + 1) / len(known))
    pitch = turn_back(_joined(found, "heard"), _joined(found, "said"))
    lost, words = _words_lost(original, output, spans, listener)
    tell(1.0)
    worst = tuple(_worst(leak, similarities))
    return CheckReport(leak, pitch, tuple(similarities), lost, words, worst), found


def _joined(found: Sequence[Moment], which: str) -> np.ndarray:
    parts = [getattr(moment, which) for moment in found]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _words_lost(
    original: Path, output: Path, spans: Sequence[Span], listener: Listener | None
) -> tuple[float | None, int]:
    if listener is None:
        return None, 0
    return words_lost(moments(original, output, spans, _LISTEN_S, _LISTEN_PIECES), listener)


def words_lost(found: Sequence[Moment], listener: Listener) -> tuple[float | None, int]:
    """Word error rate of what was said against what was heard, and the words of the latter.

    None where there were no words.
    """
    from rapidfuzz.distance import Levenshtein  # noqa: PLC0415  only where somebody listens

    errors = words = 0
    for moment in found:
        before, after = map(_plain, listener.words(moment.heard, moment.said))
        errors += Levenshtein.distance(before, after)
        words += len(before)
    return (errors / words if words else None), words


def _plain(words: Sequence[str]) -> list[str]:
    bare = (re.sub(r"[\W_]+", "", word).casefold() for word in words)
    return [word for word in bare if word]


def _worst(leak: LeakReport, similarities: Sequence[Similarity]) -> list[WorstPlace]:
    places = [WorstPlace(place.start, place.end, "leak", place.peak) for place in leak.worst[:1]]
    for similarity in similarities:
        highest = sorted(similarity.places, key=lambda place: -place.score)[:2]
        places += [WorstPlace(p.start, p.end, similarity.name, p.score) for p in highest]
    return places[:_WORST]
