"""Scoreboard: every recogniser in the store over every set at hand.

    python benchmarks/transcription_sets.py [--languages kk,ru] [--most N] [FOLDER=LANGUAGE ...]

The sets: samples/ (a synthetic hearing), the developers' Kazakh phrases where they are, and folders
that the user points at, in the form of FLEURS (`test.tsv` without a head, `audio/test/`), Common
Voice (`test.tsv`, `clips/`) or STM (`NAME.stm` beside `NAME.flac`). What is absent is named and
skipped. Each recogniser runs in a process of its own, so that its peak memory is its own; with a
CTC model and Whisper in the store their two opinions (`auto`) are a row too.
Writes results/transcription_sets.{json,md}.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import machine
from speech_sets import WordSet, find, kazakh_phrases

from hattama.diarization.protocols import SAMPLE_RATE_HZ, Samples
from hattama.diarization.turns import Diarization, Turn
from hattama.engine.document.model import Language
from hattama.engine.options import TranscribeOptions
from hattama.engine.parts import StoreParts
from hattama.engine.scoring.doubts import score_doubts
from hattama.engine.scoring.errors import ErrorCounts
from hattama.engine.scoring.score import Scores, score
from hattama.engine.scoring.words import Share
from hattama.engine.transcribe import transcribe
from hattama.models.store import ModelStore

ROOT = Path(__file__).parent.parent
AUTO = "auto"


class OneSpeaker:
    """Says that one person speaks from the first sample to the last: clips have one speaker."""

    def diarize(self, samples: Samples, progress: Callable[[float], None]) -> Diarization:
        """One turn."""
        progress(1.0)
        turn = (Turn(0.0, len(samples) / SAMPLE_RATE_HZ, "A"),)
        return Diarization(turn, turn)


class ClipParts(StoreParts):
    """The real parts without the diarization networks."""

    diarizer = OneSpeaker()


@dataclass(frozen=True)
class Result:
    """One recording measured."""

    scores: Scores
    wrong: Share
    right: Share
    seconds: float
    audio_s: float


def folders(given: Sequence[str], most: int) -> tuple[list[WordSet], list[str]]:
    """All sets, and the names of those that are absent."""
    speech = ROOT.parent / "shared" / "data" / "speech"
    sets = find(ROOT / "samples", "ru", most)
    absent = [] if sets else ["samples"]
    phrases = kazakh_phrases(speech) if speech.is_dir() else []
    sets += phrases
    absent += [] if phrases else ["Kazakh phrases"]
    for argument in given:
        folder, _, language = argument.partition("=")
        spoken: Language = "kk" if language == "kk" else "ru"
        found = find(Path(folder), spoken, most)
        sets += found
        absent += [] if found else [Path(folder).name]
    return sets, absent


def measure(item: WordSet, options: TranscribeOptions, parts: StoreParts) -> Result:
    """Transcribe one recording and score it."""
    if item.sound is None:
        raise ValueError(f"{item.name} has no recording")
    with TemporaryDirectory() as work:
        begun = time.perf_counter()
        record = transcribe(item.sound, work, options, parts=parts).transcript
        took = time.perf_counter() - begun
    doubts = score_doubts(record.words, item.reference)
    scores = score(record, item.reference)
    return Result(scores, doubts.wrong, doubts.right, took, record.media.duration)


def rates(results: Sequence[Result]) -> dict[str, str]:
    """Sums of the results of one set, as the table shows them."""
    words = [r.scores.words for r in results if r.scores.words]
    speakers = [r.scores.speaker_words for r in results if r.scores.speaker_words]
    languages = [r.scores.languages for r in results if r.scores.languages]
    times = [r.scores.first_words for r in results if r.scores.first_words]
    speed = sum(r.audio_s for r in results) / sum(r.seconds for r in results)
    return {
        "WER": _rate([w.verbatim for w in words]),
        "WER normalised": _rate([w.normalised for w in words]),
        "WER kk": _rate([w.by_language["kk"] for w in words if "kk" in w.by_language]),
        "WER ru": _rate([w.by_language["ru"] for w in words if "ru" in w.by_language]),
        "CER": _rate([w.characters for w in words]),
        "cpWER": _rate([s.words for s in speakers]),
        "language right": _share(languages),
        "first words off, median": f"{times[0].median_s:.2f} s" if len(times) == 1 else "–",
        "wrong words marked": _share([r.wrong for r in results]),
        "right words marked": _share([r.right for r in results]),
        "audio s a second": f"{speed:.1f}",
    }


def _rate(counts: Sequence[ErrorCounts]) -> str:
    total = sum(c.reference for c in counts)
    return f"{100 * sum(c.errors for c in counts) / total:.1f} %" if total else "–"


def _share(shares: Sequence[Share]) -> str:
    total = sum(s.total for s in shares)
    return f"{100 * sum(s.right for s in shares) / total:.0f} %" if total else "–"


def worker(name: str, arguments: argparse.Namespace) -> None:
    """Measure one recogniser; a JSON line for each set on the standard output."""
    languages = tuple(arguments.languages.split(","))
    options = TranscribeOptions(languages=languages, recogniser=name)
    sets, _ = folders(arguments.folders, arguments.most)
    whole, clips = StoreParts(options), ClipParts(options)
    for set_name, items in groupby(sets, key=lambda item: item.name):
        results = [measure(i, options, whole if i.hearing else clips) for i in items]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        row = {"set": set_name, "recogniser": name, "recordings": len(results), **rates(results)}
        print(json.dumps({**row, "peak memory": f"{peak:.1f} GiB"}), flush=True)


def recognisers(store: ModelStore) -> tuple[list[str], list[str]]:
    """Those in the store, `auto` where it is a combination of them, and those that are absent."""
    entries = [entry for entry in store.entries() if entry.task == "recognition"]
    there = [entry for entry in entries if store.has(entry.name)]
    kinds = {entry.architecture.startswith("whisper") for entry in there}
    both = [AUTO] if kinds == {True, False} else []
    return [e.name for e in there] + both, [e.name for e in entries if e not in there]


def main(arguments: argparse.Namespace) -> None:
    """Run every recogniser, print the table and write it."""
    present, missing = recognisers(ModelStore.default())
    sets, absent = folders(arguments.folders, arguments.most)
    print(f"Sets: {', '.join(dict.fromkeys(s.name for s in sets))}. Absent: {absent or 'none'}.")
    print(f"Recognisers: {', '.join(present)}. Not in the store: {', '.join(missing) or 'none'}.")
    rows: list[dict[str, object]] = []
    failed: list[str] = []
    for name in present:
        command = [sys.executable, __file__, *sys.argv[1:], "--worker", name]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        rows += [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        failed += [name] if done.returncode else []
    notes = (
        "# Recognisers side by side\n\n"
        "The whole pipeline: speech, languages, words, and for hearings speakers. WER is verbatim "
        "(case and punctuation count) and normalised (numbers in words, no case or punctuation). "
        "Marked words carry a doubt about the word itself.\n\n"
        f"Not in the store here, so not measured: {', '.join(missing) or 'none'}. "
        f"Sets that were absent: {', '.join(absent) or 'none'}. "
        f"Failed: {', '.join(failed) or 'none'}."
    )
    print(machine.markdown(rows))
    machine.write("transcription_sets", rows, notes, "faster-whisper", "onnx-asr", "onnxruntime")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", help="FOLDER=LANGUAGE")
    parser.add_argument("--languages", default="kk,ru")
    parser.add_argument("--most", type=int, default=500, help="recordings of each folder")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        worker(chosen.worker, chosen)
    else:
        main(chosen)
