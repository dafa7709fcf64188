"""Who speaks: cpWER and tcpWER by meeteval, DER and JER by pyannote.metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hattama.diarization.turns import Turn
from hattama.engine.scoring.errors import ErrorCounts
from hattama.engine.scoring.normalise import normalise
from hattama.engine.scoring.speech import UNKNOWN, Phrase, Speech, SpokenWord

COLLAR_S = 5.0
"""How far a word may be from where it was said and still be the same word (tcpWER). CHiME-8 scores
with 5 s, https://arxiv.org/abs/2407.16447."""

_Tokens = dict[str, list[tuple[int, tuple[Phrase, SpokenWord], str]]]
"""Normalised words of each speaker, each with the word that it comes from and its number."""


@dataclass(frozen=True, slots=True)
class SpeakerWordScores:
    """Errors in the words of each speaker, under the best matching of speakers (cpWER).

    Watanabe et al., CHiME-6, https://arxiv.org/abs/2004.09249; von Neumann et al., MeetEval,
    https://arxiv.org/abs/2307.11394.
    """

    words: ErrorCounts
    """Normalised words; a right word of the wrong speaker is a deletion and an insertion."""
    missed_speakers: int
    """Speakers of the reference beyond those of the record."""
    extra_speakers: int
    """Speakers of the record beyond those of the reference."""
    timed: ErrorCounts | None = None
    """The same with words matched only within `COLLAR_S` of where they were said (tcpWER); None
    where the reference or the record has phrases without times."""


@dataclass(frozen=True, slots=True)
class DiarizationScores:
    """Errors in who speaks when, overlapping speech scored."""

    der: float
    """Diarization error rate: missed, false alarm and confused speech to all speech."""
    jer: float
    """Jaccard error rate (https://arxiv.org/abs/1906.07839), 0 to 1."""
    missed_s: float
    """Speech that nobody was given, seconds."""
    false_alarm_s: float
    """Speech given where there is none, seconds."""
    confusion_s: float
    """Speech given to somebody else, seconds."""
    total_s: float
    """Speech of the reference, overlap counted for each speaker, seconds."""
    speakers: int
    """Speakers of the reference."""
    speakers_found: int
    """Speakers of the record; the one whom nobody could tell is none."""


def score_speaker_words(reference: Speech, record: Speech) -> SpeakerWordScores | None:
    """CpWER and tcpWER of normalised words; None where the reference does not tell speakers."""
    if any(phrase.speaker is None for phrase in reference.phrases) or not reference.words:
        return None
    import meeteval  # noqa: PLC0415  pandas comes with it

    expected, given = _tokens(reference), _tokens(record)
    rate = meeteval.wer.cp_word_error_rate(
        _joined(expected), _joined(given), reference_sort=False, hypothesis_sort=False
    )
    phrases = (*reference.phrases, *record.phrases)
    untimed = any(phrase.start is None or phrase.end is None for phrase in phrases)
    timed = None if untimed else _timed_errors(expected, given)
    return SpeakerWordScores(_counts(rate), rate.missed_speaker, rate.falarm_speaker, timed)


def _timed_errors(reference: _Tokens, record: _Tokens) -> ErrorCounts:
    """Errors under the best matching of speakers, words within `COLLAR_S` (tcpWER)."""
    import meeteval  # noqa: PLC0415  pandas comes with it

    # Words without times of their own get them by their length within the phrase; meeteval takes
    # the whole word of the reference and the middle of the record's. Its warnings about phrases of
    # one speaker that overlap are no news to whoever asks for a rate.
    log = meeteval.wer.preprocess.logger
    before, log.disabled = log.disabled, True
    try:
        rate = meeteval.wer.time_constrained_minimum_permutation_word_error_rate(
            list(_timed(reference)), list(_timed(record)), collar=COLLAR_S
        )
    finally:
        log.disabled = before
    return _counts(rate)


def _counts(rate: Any) -> ErrorCounts:
    return ErrorCounts(rate.substitutions, rate.deletions, rate.insertions, rate.length)


def score_turns(
    reference: Sequence[Turn], found: Sequence[Turn], *, collar_s: float = 0.0
) -> DiarizationScores | None:
    """DER and JER over the whole recording; None without a reference.

    Parameters
    ----------
    reference
        Who really speaks when.
    found
        What is measured; names of speakers are matched.
    collar_s
        Seconds on each side of the reference's boundaries that are left out (NIST: 0.25).
    """
    if not reference:
        return None
    from pyannote.core import Segment, Timeline  # noqa: PLC0415  slow to import
    from pyannote.metrics.diarization import (  # noqa: PLC0415  likewise
        DiarizationErrorRate,
        JaccardErrorRate,
    )

    expected, given = _annotation(reference), _annotation(found)
    whole = Timeline([Segment(0.0, max(turn.end for turn in (*reference, *found)))])
    # pyannote.metrics takes the width of both sides together.
    parts: Any = DiarizationErrorRate(collar=2 * collar_s, skip_overlap=False)(
        expected, given, uem=whole, detailed=True
    )
    jaccard: Any = JaccardErrorRate(collar=2 * collar_s, skip_overlap=False)(  # type: ignore[no-untyped-call]  # untyped there
        expected, given, uem=whole
    )
    return DiarizationScores(
        der=float(parts["diarization error rate"]),
        jer=float(jaccard),
        missed_s=float(parts["missed detection"]),
        false_alarm_s=float(parts["false alarm"]),
        confusion_s=float(parts["confusion"]),
        total_s=float(parts["total"]),
        speakers=len({turn.speaker for turn in reference}),
        speakers_found=len({turn.speaker for turn in found} - {UNKNOWN}),
    )


def _joined(said: _Tokens) -> dict[str, str]:
    return {speaker: " ".join(token for _, _, token in tokens) for speaker, tokens in said.items()}


def _timed(said: _Tokens) -> Iterator[dict[str, Any]]:
    """One segment for each word that has times, else one for each phrase."""
    for speaker, tokens in said.items():
        pieces: dict[tuple[float, float, int], list[str]] = {}
        for origin, (phrase, word), text in tokens:
            if word.start is not None and word.end is not None:
                key = (word.start, word.end, origin)
            else:
                key = (phrase.start or 0.0, phrase.end or 0.0, -1)
            pieces.setdefault(key, []).append(text)
        # A speaker without words is a speaker all the same.
        for (start, end, _), texts in (pieces or {(0.0, 0.0, 0): [""]}).items():
            words = " ".join(texts)
            yield {"speaker": speaker, "start_time": start, "end_time": end, "words": words}


def _tokens(speech: Speech) -> _Tokens:
    said: defaultdict[str, list[tuple[Phrase, SpokenWord]]] = defaultdict(list)
    for phrase in speech.phrases:
        said[phrase.speaker or UNKNOWN] += [(phrase, word) for word in phrase.words]
    return {
        speaker: [
            (token.origin, pairs[token.origin], token.text)
            for token in normalise((word.text, word.language) for _, word in pairs)
        ]
        for speaker, pairs in said.items()
    }


def _annotation(turns: Sequence[Turn]) -> Any:
    from pyannote.core import Annotation, Segment  # noqa: PLC0415  slow to import

    annotation: Any = Annotation()
    for track, turn in enumerate(turns):
        annotation[Segment(turn.start, turn.end), track] = turn.speaker
    return annotation
