"""WhisperX: batches by its own VAD, then its alignment where the model for it is at hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import whisperx
from job import Answer, phrase, word, work


def load(job: Answer) -> Callable[[str], Answer]:
    """The model, int8 on the processor; the other settings are those of its README."""
    model = whisperx.load_model(
        job["model"], "cpu", compute_type="int8", language=job["language"], vad_method="pyannote"
    )
    aligner_of = lru_cache(_aligner)

    def transcribe(recording: str) -> Answer:
        audio = whisperx.load_audio(recording)
        found = model.transcribe(audio, batch_size=8)
        segments, language = found["segments"], found["language"]
        aligner = aligner_of(language)
        if aligner is None:
            note = f"no alignment model for {language} offline, so words have no times"
            phrases = [_untimed(segment) for segment in segments]
            return {"language": language, "phrases": phrases, "note": note}
        aligned = whisperx.align(segments, *aligner, audio, "cpu")
        return {"language": language, "phrases": [_timed(s) for s in aligned["segments"]]}

    return transcribe


def _aligner(language: str) -> tuple[Any, Any] | None:
    """The alignment model of a language; None where it is not at hand or there is none."""
    try:
        model, facts = whisperx.load_align_model(language, "cpu")
    except ValueError:  # its word for both
        return None
    return model, facts


def _untimed(segment: Answer) -> Answer:
    return phrase(segment["start"], segment["end"], map(word, segment["text"].split()))


def _timed(segment: Answer) -> Answer:
    words = (word(w["word"], w.get("start"), w.get("end")) for w in segment["words"])
    return phrase(segment["start"], segment["end"], words)


if __name__ == "__main__":
    work(load)
