"""All rates of a record against a reference."""

from __future__ import annotations

from dataclasses import dataclass

from hattama.engine.document.model import Transcript
from hattama.engine.scoring.speakers import (
    DiarizationScores,
    SpeakerWordScores,
    score_speaker_words,
    score_turns,
)
from hattama.engine.scoring.speech import Speech, of_record
from hattama.engine.scoring.words import (
    Share,
    TimeError,
    WordScores,
    score_first_words,
    score_languages,
    score_words,
)


@dataclass(frozen=True, slots=True)
class Scores:
    """What the reference allows to measure; None where it does not."""

    words: WordScores | None
    """WER verbatim, normalised and by language; CER."""
    speaker_words: SpeakerWordScores | None
    """CpWER: who said what."""
    diarization: DiarizationScores | None
    """DER and JER: who speaks when."""
    languages: Share | None
    """Words whose language is right."""
    first_words: TimeError | None
    """Times of the first words of phrases."""


def score(record: Transcript | Speech, reference: Transcript | Speech) -> Scores:
    """Measure a record.

    Parameters
    ----------
    record
        The record, or other speech (`hattama.engine.scoring.reference.load`).
    reference
        What was really said; see `hattama.engine.scoring.reference.load`.
    """
    found = of_record(record) if isinstance(record, Transcript) else record
    truth = of_record(reference) if isinstance(reference, Transcript) else reference
    turns = score_turns(truth.turns, found.turns)
    if not truth.phrases or not (found.phrases or not found.turns):
        return Scores(None, None, turns, None, None)
    words, steps = score_words(truth, found)
    return Scores(
        words,
        score_speaker_words(truth, found),
        turns,
        score_languages(truth, found),
        score_first_words(truth, found, steps),
    )
