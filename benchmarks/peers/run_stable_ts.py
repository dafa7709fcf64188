"""stable-ts on openai-whisper, with the settings of its README."""

from __future__ import annotations

from collections.abc import Callable

import stable_whisper
from job import Answer, phrase, word, work
from openai_model import load_openai


def load(job: Answer) -> Callable[[str], Answer]:
    """The model in single precision, as openai-whisper runs on a processor."""
    model = load_openai(job)
    stable_whisper.modify_model(model)

    def transcribe(recording: str) -> Answer:
        found = model.transcribe(recording, language=job["language"], verbose=None)
        phrases = [
            phrase(s.start, s.end, (word(w.word, w.start, w.end) for w in s.words or ()))
            for s in found.segments
        ]
        return {"language": found.language, "phrases": phrases}

    return transcribe


if __name__ == "__main__":
    work(load)
