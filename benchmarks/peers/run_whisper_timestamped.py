"""whisper-timestamped on openai-whisper, with the settings of its README."""

from __future__ import annotations

from collections.abc import Callable

import whisper_timestamped
from job import Answer, phrase, word, work
from openai_model import load_openai


def load(job: Answer) -> Callable[[str], Answer]:
    """The model in single precision, as openai-whisper runs on a processor."""
    model = load_openai(job)

    def transcribe(recording: str) -> Answer:
        audio = whisper_timestamped.load_audio(recording)
        found = whisper_timestamped.transcribe(model, audio, language=job["language"])
        phrases = [
            phrase(
                s["start"], s["end"], (word(w["text"], w["start"], w["end"]) for w in s["words"])
            )
            for s in found["segments"]
        ]
        return {"language": found["language"], "phrases": phrases}

    return transcribe


if __name__ == "__main__":
    work(load)
