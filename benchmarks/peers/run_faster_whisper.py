"""Plain faster-whisper with the settings of its README: VAD filter and word times."""

from __future__ import annotations

from collections.abc import Callable

from faster_whisper import WhisperModel
from job import Answer, phrase, word, work


def load(job: Answer) -> Callable[[str], Answer]:
    """The model, int8 on the processor."""
    model = WhisperModel(job["model"], device="cpu", compute_type="int8")

    def transcribe(recording: str) -> Answer:
        segments, info = model.transcribe(
            recording, language=job["language"], vad_filter=True, word_timestamps=True
        )
        phrases = [
            phrase(s.start, s.end, (word(w.word, w.start, w.end) for w in s.words or ()))
            for s in segments
        ]
        return {"language": info.language, "phrases": phrases}

    return transcribe


if __name__ == "__main__":
    work(load)
