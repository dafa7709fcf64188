"""The obvious script, as anybody would write it in an afternoon: the peer to measure against.

faster-whisper's `transcribe(vad_filter, word_timestamps)`, pyannote's `SpeakerDiarization` on the
same weights, and every word to the speaker who overlaps it most. `python -m benchmarks.plain_script
JOB.json`: the job and the answers are those of peers/job.py, with speakers and `N.rttm` besides.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.plain_pyannote import diarize_plainly, plain_pipeline
from hattama.diarization.fake import FakeSamples
from hattama.diarization.rttm import write_rttm
from hattama.diarization.turns import Turn
from hattama.models.store import ModelStore

Answer = dict[str, Any]


def load(job: Answer) -> Callable[[str], tuple[Answer, tuple[Turn, ...]]]:
    """Both models, with the settings of their READMEs."""
    from faster_whisper import WhisperModel  # noqa: PLC0415  loaded where it is timed
    from faster_whisper.audio import decode_audio  # noqa: PLC0415  likewise

    model = WhisperModel(job["model"], device="cpu", compute_type="int8")
    pipeline = plain_pipeline(ModelStore.default())

    def transcribe(recording: str) -> tuple[Answer, tuple[Turn, ...]]:
        segments, info = model.transcribe(
            recording, language=job["language"], vad_filter=True, word_timestamps=True
        )
        words = [
            {"text": word.word.strip(), "start": word.start, "end": max(word.start, word.end)}
            for segment in segments
            for word in segment.words or ()
            if word.word.strip()
        ]
        samples = FakeSamples(decode_audio(recording))
        turns = diarize_plainly(pipeline, samples).turns
        return {"language": info.language, "phrases": phrases(words, turns)}, turns

    return transcribe


def phrases(words: Sequence[Answer], turns: Sequence[Turn]) -> list[Answer]:
    """Neighbouring words of one speaker."""
    return [
        {"speaker": speaker, "start": said[0]["start"], "end": said[-1]["end"], "words": said}
        for speaker, group in groupby(words, key=lambda word: majority(word, turns))
        if (said := list(group))
    ]


def majority(word: Answer, turns: Sequence[Turn]) -> str | None:
    """Speaker whose turns overlap the word most."""
    held: dict[str, float] = {}
    for turn in turns:
        common = min(turn.end, word["end"]) - max(turn.start, word["start"])
        if common > 0:
            held[turn.speaker] = held.get(turn.speaker, 0.0) + common
    return max(held, key=lambda speaker: held[speaker]) if held else None


def main(job: Answer) -> None:
    """Transcribe every recording with the models loaded once."""
    transcribe, output = load(job), Path(job["output"])
    for number, recording in enumerate(job["recordings"]):
        answer, turns = transcribe(recording)
        content = json.dumps(answer, ensure_ascii=False)
        (output / f"{number}.words.json").write_text(content, "utf-8")
        write_rttm(output / f"{number}.rttm", turns, str(number))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text("utf-8")))
