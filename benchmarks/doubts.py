"""Doubt marks of Whisper alone: how many wrong words carry one, and how many right ones.

    python -m benchmarks.doubts [FOLDER=LANGUAGE ...]

The sets: the synthetic hearing of samples/, the same through a telephone band (300-3400 Hz), and
the folders that are given (speech_sets.py). The constants
of `hattama.engine.doubts` are fitted anew with quarters of both hearings left out in turn, and
with one set left out, and measured on what was left out. Writes results/doubts.{json,md}.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from benchmarks import machine
from benchmarks.speech_sets import read_folder
from hattama.diarization.fake import FakeSamples
from hattama.engine.document.model import LANGUAGES, Word
from hattama.engine.doubts import DoubtOptions, features
from hattama.engine.media.decode import decode
from hattama.engine.plan import Lane, batches, jobs
from hattama.engine.recognisers.whisper import WhisperRecogniser
from hattama.engine.scoring.doubts import wrong_words
from hattama.engine.scoring.reference import load
from hattama.engine.scoring.speech import Speech
from hattama.engine.speech.intervals import speech_intervals
from hattama.engine.speech.languages import LanguageOptions, decide
from hattama.engine.speech.vad import SileroVad
from hattama.engine.speech.windows import WindowOptions, stretches
from hattama.models.store import ModelStore

ROOT = Path(__file__).parent.parent
MODEL = "whisper-base"
QUARTER_S = 15.0
"""Length of the pieces that are dealt out to the quarters."""
Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Measured:
    """Words of one set."""

    name: str
    features: NDArray[np.float64]
    wrong: NDArray[np.bool_]
    quarter: NDArray[np.intp]


def read(path: Path) -> Signal:
    """The mix of a recording at 16 kHz."""
    with TemporaryDirectory() as folder:
        mix = decode(path, folder).mix
        return np.array(mix.read(0, len(mix)), np.float32)


def telephone(signal: Signal) -> Signal:
    """The band of a telephone."""
    band = butter(6, [300, 3400], "band", fs=16_000, output="sos")
    return np.asarray(sosfilt(band, signal), np.float32)


def hear(signal: Signal, whisper: WhisperRecogniser) -> list[list[Word]]:
    """Words of each window, as the pipeline hears them."""
    samples, options = FakeSamples(signal), WindowOptions()
    probabilities = SileroVad().probabilities(samples, lambda _: None)
    speech = speech_intervals(probabilities)
    cut = stretches(speech, probabilities, options)
    signals = [samples.read(round(s.start * 16_000), round(s.end * 16_000)) for s in cut]
    evidence = whisper.language_probabilities(signals, LANGUAGES)
    decided = decide(cut, evidence, LANGUAGES, LanguageOptions())
    lane = Lane(samples, speech, probabilities)
    heard = [
        list(recognition.words)
        for batch in batches(jobs(0, decided, options))
        for recognition in whisper.recognise([job.window([lane], options) for job in batch])
    ]
    return sorted((words for words in heard if words), key=lambda words: words[0].start)


def measure(name: str, reference: Speech, signal: Signal, whisper: WhisperRecogniser) -> Measured:
    """Features and truth of every word."""
    windows = hear(signal, whisper)
    words = [word for window in windows for word in window]
    rows = [features([word.confidence for word in window]) for window in windows]
    return Measured(
        name,
        np.concatenate(rows),
        np.array(wrong_words(words, reference)),
        np.array([int(word.start // QUARTER_S) % 4 for word in words]),
    )


def fit(rows: NDArray[np.float64], wrong: NDArray[np.bool_]) -> DoubtOptions:
    """Logistic regression by Newton's method, with a small ridge on the weights."""
    design = np.column_stack([np.ones(len(rows)), rows])
    weights = np.zeros(3)
    ridge = np.diag([0.0, 1.0, 1.0])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (wrong - chance) - ridge @ weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        weights += np.linalg.solve(curve, slope)
    return DoubtOptions(*weights.tolist())


def marks(rows: NDArray[np.float64], options: DoubtOptions) -> NDArray[np.bool_]:
    """Which words are marked."""
    evidence = rows @ (options.word, options.neighbours) + options.bias
    return np.asarray(1 / (1 + np.exp(-evidence)) >= options.threshold)


def row(name: str, how: str, marked: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> dict[str, str]:
    """One line of the table."""

    def share(chosen: NDArray[np.bool_]) -> str:
        return f"{100 * marked[chosen].mean():.0f} % of {chosen.sum()}" if chosen.any() else "none"

    return {
        "set": name,
        "constants": how,
        "wrong words marked": share(wrong),
        "right words marked": share(~wrong),
        "marked words that are wrong": share_of(wrong, marked),
    }


def share_of(wrong: NDArray[np.bool_], marked: NDArray[np.bool_]) -> str:
    """Precision of the marks."""
    return f"{100 * wrong[marked].mean():.0f} %" if marked.any() else "none"


def quarters(hearings: list[Measured]) -> list[dict[str, str]]:
    """Each quarter marked by constants that saw neither it nor its telephone version."""
    found = {m.name: np.zeros(len(m.wrong), bool) for m in hearings}
    for left_out in range(4):
        rows = np.concatenate([m.features[m.quarter != left_out] for m in hearings])
        wrong = np.concatenate([m.wrong[m.quarter != left_out] for m in hearings])
        options = fit(rows, wrong)
        for m in hearings:
            chosen = m.quarter == left_out
            found[m.name][chosen] = marks(m.features[chosen], options)
    return [row(m.name, "fitted without its quarter", found[m.name], m.wrong) for m in hearings]


def clips(folders: Sequence[str], whisper: WhisperRecogniser) -> list[Measured]:
    """Words of the given folders, a set at a time."""
    found = []
    for argument in folders:
        folder, _, language = argument.partition("=")
        for speech_set in read_folder(Path(folder), language):
            spoken = [
                measure(speech_set.name, s.reference, read(s.sound), whisper)
                for s in speech_set.recordings
            ]
            found.append(joined(speech_set.name, spoken))
    return found


def joined(name: str, parts: Sequence[Measured]) -> Measured:
    """Words of several recordings as one set."""
    return Measured(
        name,
        np.concatenate([m.features for m in parts]),
        np.concatenate([m.wrong for m in parts]),
        np.concatenate([m.quarter for m in parts]),
    )


NOTES = """# Doubt marks with whisper-base alone

Goal: at least 60 % of the wrong words marked, at most 25 % of the right ones. The rows
`fitted without its quarter` are the honest ones: the constants were fitted on the other three
quarters of both hearings. Folders that were given were never fitted to. Both hearings say the same
text, one synthetic hearing: figures of other courts will differ. Given folders: {given}. The same
marks as the product's own `transcribe` sets them are in transcription.md.

Fitted to both hearings whole: {fitted}; shipped: {shipped}, threshold {threshold}."""


def main(folders: Sequence[str]) -> None:
    """Measure, print and write."""
    whisper = WhisperRecogniser.load(MODEL, ModelStore.default().require(MODEL), threads=1)
    sound = read(ROOT / "samples" / "civil-ru-kk.flac")
    reference = load([ROOT / "samples" / "civil-ru-kk.stm"])
    hearings = [
        measure("hearing", reference, sound, whisper),
        measure("hearing, telephone", reference, telephone(sound), whisper),
    ]
    shipped, given = DoubtOptions(), clips(folders, whisper)
    sets = [*hearings, *given, joined("all", [*hearings, *given])]
    rows = quarters(hearings)
    rows += [row(m.name, "as shipped", marks(m.features, shipped), m.wrong) for m in sets]
    both = joined("both", hearings)
    notes = NOTES.format(
        given=", ".join(m.name for m in given) or "none",
        fitted=constants(fit(both.features, both.wrong)),
        shipped=constants(shipped),
        threshold=shipped.threshold,
    )
    print(machine.markdown(rows))
    machine.write("doubts", rows, notes, "faster-whisper", "ctranslate2")


def constants(options: DoubtOptions) -> str:
    """The three constants of the logistic function."""
    named = (("bias", options.bias), ("word", options.word), ("neighbours", options.neighbours))
    return ", ".join(f"{name} {value:.2f}" for name, value in named)


if __name__ == "__main__":
    main(sys.argv[1:])
