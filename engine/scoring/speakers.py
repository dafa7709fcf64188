"""Who speaks: cpWER by meeteval, DER and JER by pyannote.metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hattama.diarization.turns import Turn
from hattama.engine.scoring.errors import ErrorCounts
from hattama.engine.scoring.normalise import normalise
from hattama.engine.scoring.speech import UNKNOWN, Speech


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


@dataclass(frozen=True, slots=True)
class DiarizationScores:
    """Errors in who speaks when: no collar, overlapping speech scored."""

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
    """CpWER of normalised words; None where the reference does not tell speakers."""
    if any(phrase.speaker is None for phrase in reference.phrases) or not reference.words:
        return None
    import meeteval  # noqa: PLC0415  pandas comes with it

    rate = meeteval.wer.cp_word_error_rate(
        _by_speaker(reference), _by_speaker(record), reference_sort=False, hypothesis_sort=False
    )
    counts = ErrorCounts(rate.substitutions, rate.deletions, rate.insertions, rate.length)
    return SpeakerWordScores(counts, rate.missed_speaker, rate.falarm_speaker)


def score_turns(reference: Sequence[Turn], found: Sequence[Turn]) -> DiarizationScores | None:
    """DER and JER over the whole recording; None without a reference."""
    if not reference:
        return None
    from pyannote.core import Segment, Timeline  # noqa: PLC0415  slow to import
    from pyannote.metrics.diarization import (  # noqa: PLC0415  likewise
        DiarizationErrorRate,
        JaccardErrorRate,
    )

    expected, given = _annotation(reference), _annotation(found)
    whole = Timeline([Segment(0.0, max(turn.end for turn in (*reference, *found)))])
    parts: Any = DiarizationErrorRate(collar=0.0, skip_overlap=False)(
        expected, given, uem=whole, detailed=True
    )
    jaccard: Any = JaccardErrorRate(collar=0.0, skip_overlap=False)(  # type: ignore[no-untyped-call]  # untyped there
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


def _by_speaker(speech: Speech) -> dict[str, str]:
    words: defaultdict[str, list[tuple[str, Any]]] = defaultdict(list)
    for phrase in speech.phrases:
        words[phrase.speaker or UNKNOWN] += [(word.text, word.language) for word in phrase.words]
    return {
        speaker: " ".join(token.text for token in normalise(said))
        for speaker, said in words.items()
    }


def _annotation(turns: Sequence[Turn]) -> Any:
    from pyannote.core import Annotation, Segment  # noqa: PLC0415  slow to import

    annotation: Any = Annotation()
    for track, turn in enumerate(turns):
        annotation[Segment(turn.start, turn.end), track] = turn.speaker
    return annotation
