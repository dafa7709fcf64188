"""Hattama and the obvious script side by side: accuracy, speed and memory in one run.

    python -m benchmarks.transcription [--repeats 3] [--output FOLDER]

Every run is a process of its own, start of Python and loading of models included; the two systems
take turns, so that a machine that slows down slows both. The fastest of the repeats counts.
Results go to benchmarks/results/transcription.{json,md}.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine
from hattama.diarization.rttm import read_rttm
from hattama.engine.document import json
from hattama.engine.scoring import load, score
from hattama.engine.scoring.speakers import score_turns

SAMPLES = Path(__file__).parent.parent / "samples"
ROLES = "judge,secretary,claimant,defendant,interpreter"
NOTES = """# Hattama and the obvious script, side by side

`civil-ru-kk`: the synthetic hearing of samples/ (106 s, five speakers, Russian with two Kazakh
turns). The obvious script is benchmarks/plain_script.py: faster-whisper `transcribe(vad_filter,
word_timestamps)`, pyannote's `SpeakerDiarization` with the same segmentation-3.0 and CAM++, every
word to the speaker who overlaps it most. Both use whisper-base, int8, and all cores. WER, CER and
cpWER in percent, normalised unless marked; DER in percent, no collar, overlap scored, on the turns
that were found; first words in seconds against the STM, median / 95 %. Times are of whole
processes, the fastest repeat; speed is audio seconds per second, RTF its inverse."""


@dataclass(frozen=True, slots=True)
class System:
    """One system on one recording."""

    name: str
    module: str
    media: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    wall_s: float
    cpu_s: float
    peak_mib: float


SYSTEMS = (
    System("obvious script", "benchmarks.plain_script", "civil-ru-kk.mp4"),
    System("Hattama", "benchmarks.hattama_draft", "civil-ru-kk.mp4"),
    System("obvious script, 5 speakers told", "benchmarks.plain_script", "civil-ru-kk.mp4",
           ("--speakers", "5")),
    System("Hattama, 5 speakers told", "benchmarks.hattama_draft", "civil-ru-kk.mp4",
           ("--speakers", "5")),
    System("Hattama, five microphones", "benchmarks.hattama_draft", "civil-ru-kk-mics.flac",
           ("--microphones", ROLES)),
)  # fmt: skip


def run(system: System, output: Path) -> Cost:
    """Run a system once; raises where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(
        [
            sys.executable,
            *("-m", system.module, str(SAMPLES / system.media), str(output)),
            *system.options,
        ]
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"{system.name} failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(wall, cpu, usage.ru_maxrss / 1024)


def row(system: System, output: Path, costs: Sequence[Cost]) -> dict[str, object]:
    """Accuracy of the last run and the best cost of all."""
    name = Path(system.media).stem
    record = json.read(output / f"{name}.record.json")
    reference = load([SAMPLES / "civil-ru-kk.stm", SAMPLES / "civil-ru-kk.rttm"])
    scores = score(record, reference)
    turns = read_rttm(output / f"{name}.turns.rttm")
    diarization = score_turns(read_rttm(SAMPLES / "civil-ru-kk.rttm"), turns)
    best = min(costs, key=lambda cost: cost.wall_s)
    audio = record.media.duration
    words, first = scores.words, scores.first_words
    return {
        "system": system.name,
        "WER as written": percent(words.verbatim.rate if words else None),
        "WER": percent(words.normalised.rate if words else None),
        "WER ru": percent(words.by_language["ru"].rate if words else None),
        "CER": percent(words.characters.rate if words else None),
        "cpWER": percent(scores.speaker_words.words.rate if scores.speaker_words else None),
        "DER": percent(diarization.der if diarization else None),
        "speakers": f"{len({turn.speaker for turn in turns})} of 5",
        "language right": percent(scores.languages.rate if scores.languages else None),
        "first words": f"{first.median_s:.3f} / {first.percentile_95_s:.3f}" if first else "–",
        "wall s": f"{best.wall_s:.1f}",
        "CPU s": f"{best.cpu_s:.1f}",
        "speed": f"{audio / best.wall_s:.1f}",
        "RTF": f"{best.wall_s / audio:.3f}",
        "peak MiB": f"{best.peak_mib:.0f}",
    }


def percent(rate: float | None) -> str:
    """A rate as it is printed."""
    return "–" if rate is None else f"{100 * rate:.1f}"


def main() -> None:
    """Run everything, print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        output = given.output or Path(scratch)
        costs: dict[System, list[Cost]] = {system: [] for system in SYSTEMS}
        for repeat in range(given.repeats):
            for number, system in enumerate(SYSTEMS):
                folder = output / str(number)
                folder.mkdir(parents=True, exist_ok=True)
                costs[system].append(run(system, folder))
                print(f"{repeat + 1}/{given.repeats} {system.name}: {costs[system][-1]}")
        rows = [row(system, output / str(n), costs[system]) for n, system in enumerate(SYSTEMS)]
    print(machine.markdown(rows))
    packages = ("faster-whisper", "ctranslate2", "pyannote.audio", "torch", "onnxruntime")
    print(machine.write("transcription", rows, NOTES, *packages))


if __name__ == "__main__":
    main()
