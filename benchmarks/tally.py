"""Scores of recordings, their sums over a set, and how the table shows them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import av

from benchmarks.answers import Answer
from benchmarks.cost import Cost
from benchmarks.speech_sets import Spoken
from hattama.engine.scoring.doubts import DoubtScores, score_doubts
from hattama.engine.scoring.errors import ErrorCounts
from hattama.engine.scoring.score import Scores, score
from hattama.engine.scoring.speakers import DiarizationScores, score_turns
from hattama.engine.scoring.words import Share, TimeError


@dataclass(frozen=True, slots=True)
class Result:
    """One system on one recording."""

    scores: Scores
    doubts: DoubtScores | None
    turns: DiarizationScores | None
    audio_s: float


@dataclass(frozen=True, slots=True)
class Sums:
    """One system on a set; None where the set or the system does not tell."""

    recordings: int
    audio_s: float
    verbatim: ErrorCounts | None
    normalised: ErrorCounts | None
    normalised_kk: ErrorCounts | None
    normalised_ru: ErrorCounts | None
    characters: ErrorCounts | None
    speaker_words: ErrorCounts | None
    """CpWER."""
    timed_words: ErrorCounts | None
    """TcpWER."""
    languages: Share | None
    wrong_marked: Share | None
    right_marked: Share | None
    first_words: TimeError | None
    """Of one recording; several have no common median."""
    turns: tuple[DiarizationScores, ...]


def measure(spoken: Spoken, answer: Answer) -> Result:
    """Score one answer. Speakers are scored only where the system tells them."""
    scores = score(answer.speech, spoken.reference)
    doubts = None if answer.words is None else score_doubts(answer.words, spoken.reference)
    turns = None if answer.turns is None else score_turns(spoken.reference.turns, answer.turns)
    if answer.turns is None:
        scores = Scores(scores.words, None, None, scores.languages, scores.first_words)
    return Result(scores, doubts, turns, duration_s(spoken))


def duration_s(spoken: Spoken) -> float:
    """Length of the recording, as its container says."""
    with av.open(str(spoken.sound)) as container:
        return float(container.duration or 0) / av.time_base


def sums(results: Sequence[Result]) -> Sums:
    """Sum the recordings of a set."""
    words = [r.scores.words for r in results if r.scores.words]
    speakers = [r.scores.speaker_words for r in results if r.scores.speaker_words]
    doubts = [r.doubts for r in results if r.doubts]
    times = [r.scores.first_words for r in results if r.scores.first_words]
    return Sums(
        recordings=len(results),
        audio_s=sum(r.audio_s for r in results),
        verbatim=_errors(w.verbatim for w in words),
        normalised=_errors(w.normalised for w in words),
        normalised_kk=_errors(w.by_language.get("kk") for w in words),
        normalised_ru=_errors(w.by_language.get("ru") for w in words),
        characters=_errors(w.characters for w in words),
        speaker_words=_errors(s.words for s in speakers),
        timed_words=_errors(s.timed for s in speakers),
        languages=_share(r.scores.languages for r in results),
        wrong_marked=_share(d.wrong for d in doubts),
        right_marked=_share(d.right for d in doubts),
        first_words=times[0] if len(times) == 1 else None,
        turns=tuple(r.turns for r in results if r.turns),
    )


def row(of: Sums, cost: Cost) -> dict[str, str]:
    """One line of the table, percentages where nothing is said."""
    first = of.first_words
    return {
        "recordings": str(of.recordings),
        "WER as written": _percent(of.verbatim),
        "WER": _percent(of.normalised),
        "WER kk": _percent(of.normalised_kk),
        "WER ru": _percent(of.normalised_ru),
        "CER": _percent(of.characters),
        "cpWER": _percent(of.speaker_words),
        "tcpWER": _percent(of.timed_words),
        **_turns(of.turns),
        "language right": _percent(of.languages),
        "first words s": f"{first.median_s:.3f} / {first.percentile_95_s:.3f}" if first else "–",
        "wrong words marked": _marked(of.wrong_marked),
        "right words marked": _marked(of.right_marked),
        "speed": f"{of.audio_s / cost.wall_s:.2f}",
        "CPU s per audio s": f"{cost.cpu_s / of.audio_s:.3f}",
        "peak MiB": f"{cost.peak_mib:.0f}",
    }


def _errors(counts: Iterable[ErrorCounts | None]) -> ErrorCounts | None:
    known = [c for c in counts if c is not None]
    if not known:
        return None
    return ErrorCounts(
        sum(c.substitutions for c in known),
        sum(c.deletions for c in known),
        sum(c.insertions for c in known),
        sum(c.reference for c in known),
    )


def _share(shares: Iterable[Share | None]) -> Share | None:
    known = [s for s in shares if s is not None]
    return Share(sum(s.right for s in known), sum(s.total for s in known)) if known else None


def _percent(of: ErrorCounts | Share | None) -> str:
    return "–" if of is None or math.isnan(of.rate) else f"{100 * of.rate:.1f}"


def _marked(share: Share | None) -> str:
    return "–" if share is None or not share.total else f"{100 * share.rate:.0f} % of {share.total}"


def _turns(scores: Sequence[DiarizationScores]) -> dict[str, str]:
    if not scores:
        return {"DER": "–", "speakers": "–"}
    wrong = sum(s.missed_s + s.false_alarm_s + s.confusion_s for s in scores)
    found, people = sum(s.speakers_found for s in scores), sum(s.speakers for s in scores)
    der = f"{100 * wrong / sum(s.total_s for s in scores):.1f}"
    return {"DER": der, "speakers": f"{found} of {people}"}
