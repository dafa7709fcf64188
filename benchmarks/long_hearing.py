"""A hearing of 4.5 hours: time should grow with its length, and memory should not.

    python -m benchmarks.long_hearing [--hours 0.25 1 4.5]

The hearings are composed from the phrases of samples/civil-ru-kk in random order, each at another
speed and level, with pauses, recesses and noise, so that no two minutes are alike; about three
fifths of the time is speech. Results go to benchmarks/results/long_hearing.{json,md}.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from benchmarks import machine
from benchmarks.cost import run
from hattama.engine.document import json as record_json

SAMPLES = Path(__file__).parent.parent / "samples"
RATE_HZ = 16_000
SEED = 20261122
MEAN_PAUSE_S = 1.2
RECESS_EVERY = 120
"""Phrases between two recesses, on average."""
RECESS_S = (20.0, 120.0)
NOISE = 1e-3
NOTES = """# Long hearings

Hearings composed from the phrases of the sample hearing in random order, speed and level, with
pauses, recesses and noise (about three fifths speech), through the whole of `transcribe` with
whisper-base on the processor, every run a process of its own. Processor time is what the process
used on all cores; it tells linearity better than the clock on a machine that does other work."""


def compose(hours: float, path: Path) -> float:
    """Write a hearing of about `hours` as FLAC; return its share of speech."""
    rng = np.random.default_rng(SEED)
    sound, _ = soundfile.read(SAMPLES / "civil-ru-kk.flac", dtype="float32")
    phrases = json.loads((SAMPLES / "civil-ru-kk.json").read_text(encoding="utf-8"))["turns"]
    wanted, written, spoken = round(hours * 3600 * RATE_HZ), 0, 0
    with soundfile.SoundFile(path, "w", RATE_HZ, 1) as file:
        while written < wanted:
            chosen = phrases[rng.integers(len(phrases))]
            said = changed(sound, chosen["start"], chosen["end"], rng)
            silent_s = rng.exponential(MEAN_PAUSE_S)
            if rng.random() < 1 / RECESS_EVERY:
                silent_s += rng.uniform(*RECESS_S)
            piece = np.concatenate([said, np.zeros(round(silent_s * RATE_HZ), np.float32)])
            noise = rng.standard_normal(len(piece), np.float32) * NOISE
            file.write(np.clip(piece + noise, -1, 1))
            written, spoken = written + len(piece), spoken + len(said)
    return spoken / written


def changed(
    sound: NDArray[np.float32], start_s: float, end_s: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """One phrase at another speed (94 to 106 %) and level (-8 to +2 dB)."""
    phrase = sound[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]
    faster = rng.uniform(0.94, 1.06)
    level = 10 ** (rng.uniform(-8, 2) / 20)
    return np.asarray(soxr.resample(phrase, RATE_HZ * faster, RATE_HZ) * level, np.float32)


def measure(hours: float, folder: Path) -> dict[str, object]:
    """Compose a hearing, draft it, and say what it took."""
    media = folder / f"hearing-{hours}.flac"
    share = compose(hours, media)
    cost = run([sys.executable, "-m", "benchmarks.hattama_draft", str(media), str(folder)])
    record = record_json.read(folder / f"{media.stem}.record.json")
    audio = record.media.duration
    return {
        "hours": f"{audio / 3600:.2f}",
        "speech": f"{share:.0%}",
        "words": len(record.words),
        "segments": len(record.segments),
        "speakers found": f"{len(record.speakers)} of 5",
        "wall s": f"{cost.wall_s:.0f}",
        "CPU s": f"{cost.cpu_s:.0f}",
        "CPU s per audio s": f"{cost.cpu_s / audio:.3f}",
        "speed": f"{audio / cost.wall_s:.1f}",
        "peak MiB": f"{cost.peak_mib:.0f}",
    }


def main() -> None:
    """Measure every length, print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--hours", type=float, nargs="+", default=[0.25, 1.0, 4.5])
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for hours in given.hours:
            rows.append(measure(hours, Path(folder)))
            print(machine.markdown(rows[-1:]), flush=True)
    packages = ("faster-whisper", "ctranslate2", "pyannote.audio", "torch", "onnxruntime")
    print(machine.write("long_hearing", rows, NOTES, *packages))


if __name__ == "__main__":
    main()
