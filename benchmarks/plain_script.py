"""The obvious script, as anybody would write it in an afternoon: the peer to measure against.

faster-whisper's `transcribe(vad_filter, word_timestamps)`, pyannote's `SpeakerDiarization` on the
same weights, and every word to the speaker who overlaps it most. Run as a command; it writes a
record and an RTTM file, so that both are scored like Hattama's.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.plain_pyannote import diarize_plainly, plain_pipeline
from hattama.diarization.fake import FakeSamples
from hattama.diarization.rttm import write_rttm
from hattama.diarization.turns import Turn
from hattama.engine.document import json
from hattama.engine.document.model import Media, Provenance, Segment, Speaker, Transcript, Word
from hattama.models.store import ModelStore

RATE_HZ = 16_000


def plain_words(media: str, store: ModelStore) -> list[Word]:
    """Words by faster-whisper with the settings of its README."""
    from faster_whisper import WhisperModel  # noqa: PLC0415  loaded where it is timed

    model = WhisperModel(str(store.require("whisper-base")), device="cpu", compute_type="int8")
    segments, info = model.transcribe(media, vad_filter=True, word_timestamps=True)
    language = info.language if info.language in {"kk", "ru"} else None
    return [
        Word(word.word.strip(), word.start, max(word.start, word.end), word.probability, language)
        for segment in segments
        for word in segment.words or ()
        if word.word.strip()
    ]


def majority(word: Word, turns: Sequence[Turn]) -> str | None:
    """Speaker whose turns overlap the word most."""
    held: dict[str, float] = {}
    for turn in turns:
        common = min(turn.end, word.end) - max(turn.start, word.start)
        if common > 0:
            held[turn.speaker] = held.get(turn.speaker, 0.0) + common
    return max(held, key=lambda speaker: held[speaker]) if held else None


def main() -> None:
    """Transcribe one recording and write OUT/NAME.record.json and OUT/NAME.turns.rttm."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("media", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--speakers", type=int)
    given = parser.parse_args()
    from faster_whisper.audio import decode_audio  # noqa: PLC0415  loaded where it is timed

    store = ModelStore.default()
    words = plain_words(str(given.media), store)
    samples = FakeSamples(decode_audio(str(given.media)))
    found = diarize_plainly(plain_pipeline(store), samples, given.speakers)
    turns = found.turns
    record = Transcript(
        media=Media(given.media.name, "0" * 64, len(samples) / RATE_HZ, 1),
        speakers=tuple(Speaker(label) for label in dict.fromkeys(t.speaker for t in turns)),
        segments=tuple(
            Segment(f"s{n}", word.start, word.end, majority(word, turns), (word,))
            for n, word in enumerate(words)
        ),
        provenance=Provenance("plain script", "2026-01-01T00:00:00+00:00"),
    )
    given.output.mkdir(parents=True, exist_ok=True)
    json.write(given.output / f"{given.media.stem}.record.json", record)
    write_rttm(given.output / f"{given.media.stem}.turns.rttm", turns, given.media.stem)


if __name__ == "__main__":
    main()
