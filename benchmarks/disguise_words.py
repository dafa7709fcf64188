"""How well a disguised voice is understood, and how it sounds.

    python -m benchmarks.disguise_words --voices DIR [--systems WORD ...] [--each N] [--keep]
        [--settled S] [--draws N]

Word error rate of whisper-base on the disguised speech against its own transcript of the
undisguised speech. Intelligibility scores that compare waveforms or spectra (STOI and its kin) do
not apply: the disguise changes pitch and formants on purpose, which they would count as damage.
DNSMOS (C. K. A. Reddy et al., arXiv:2110.01763) where `speechmos` is installed.
"""

from __future__ import annotations

import argparse
import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import ctranslate2
import jiwer
import numpy as np
from faster_whisper import WhisperModel

from benchmarks.disguise_corpus import RATE_HZ, recordings, witnesses
from benchmarks.disguise_systems import (
    DRAW,
    chosen,
    disguised,
    in_order,
    settled_note,
    spread,
)
from benchmarks.machine import earlier, write
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NOTES: Final = """# How well a disguised voice is understood

Word error rate (%) of whisper-base (int8, beam 5, its own temperature fallback, seeded) on the
disguised speech against its own transcript of the undisguised speech: {utterances} utterances,
{minutes:.1f} minutes, {speech}, language {language}; each utterance is a session with a secret of
its own{settled}. draws: how many times everything was disguised, with other secrets (-: once), and
the best and the worst of them. capped: the same with no utterance counted as more than lost, so
that one loop of the recogniser does not decide. DNSMOS overall, on every {skip}th utterance. STOI
and its kin do not apply: they compare spectra, and the disguise changes pitch and formants on
purpose.
"""

_MOS_SKIP: Final = 5


class Recogniser:
    """whisper-base from the store."""

    def __init__(self, language: str) -> None:
        folder = ModelStore.default().require("whisper-base")
        self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
        self._language = language

    def words(self, sound: NDArray[np.float32]) -> str:
        """What it hears, lower case, without punctuation."""
        ctranslate2.set_random_seed(0)  # the fallback draws words
        segments, _ = self._model.transcribe(
            sound, language=self._language, beam_size=5, condition_on_previous_text=False
        )
        text = " ".join(s.text for s in segments).lower()
        return " ".join(re.sub(r"[^\w' ]", " ", text).split())


def mean_opinion(sounds: Sequence[NDArray[np.float32]]) -> str:
    """Mean DNSMOS overall score, or a dash where `speechmos` is not installed."""
    if not find_spec("speechmos"):
        return "-"
    from speechmos import dnsmos  # noqa: PLC0415  an optional judge

    scores = [dnsmos.run(np.clip(s, -1.0, 1.0), RATE_HZ)["ovrl_mos"] for s in sounds]
    return f"{np.mean(scores):.2f}"


def _errors(expected: str, heard: str) -> int:
    found = jiwer.process_words(expected, heard)
    return int(found.substitutions + found.deletions + found.insertions)


def main() -> None:
    """Measure the chosen systems and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, help="folder of voices")
    parser.add_argument(
        "--files",
        type=Path,
        nargs="*",
        default=[],
        help="or other recordings, 16 kHz mono; with a .stm beside them, their turns",
    )
    parser.add_argument("--speech", default="LibriSpeech test-other", help="what speech it is")
    parser.add_argument("--language", default="en")
    parser.add_argument("--systems", nargs="*", default=[], help="words of their names")
    parser.add_argument("--each", type=int, help="utterances a speaker")
    parser.add_argument(
        "--settled", type=float, default=0.0, help="seconds the speaker has spoken before, in it"
    )
    parser.add_argument("--draws", type=int, default=1, help="times that secrets are drawn")
    parser.add_argument("--keep", action="store_true", help="keep the other systems' rows")
    parser.add_argument("--name", default="disguise_words", help="name of the results")
    options = parser.parse_args()
    speech = recordings(options.files, options.language)
    if options.voices:
        speech += witnesses(options.voices, each=options.each)
    recogniser = Recogniser(options.language)
    truth = [recogniser.words(u.samples) for u in speech]
    kept = [i for i, words in enumerate(truth) if words]
    lengths = np.array([len(truth[i].split()) for i in kept])
    notes = NOTES.format(
        utterances=len(kept),
        minutes=sum(len(speech[i].samples) for i in kept) / RATE_HZ / 60.0,
        speech=options.speech,
        language=options.language,
        skip=_MOS_SKIP,
        settled=settled_note(options.settled),
    )
    rows: dict[str, dict[str, object]] = {}
    for system in chosen(options.systems):
        draws = [
            disguised(system, speech, draw * DRAW, options.settled) for draw in range(options.draws)
        ]
        errors = np.array(
            [[_errors(truth[i], recogniser.words(d[i])) for i in kept] for d in draws]
        )
        rates = 100.0 * errors.sum(axis=1) / lengths.sum()
        capped = 100.0 * np.minimum(errors, lengths).sum() / (len(draws) * lengths.sum())
        row = {
            "system": system.name,
            "WER": f"{np.mean(rates):.1f}",
            "draws": spread(rates),
            "capped": f"{capped:.1f}",
            "DNSMOS": mean_opinion([d[i] for d in draws for i in kept[::_MOS_SKIP]]),
        }
        print(row, flush=True)
        rows = (earlier(options.name) if options.keep else rows) | {system.name: row}
        write(options.name, in_order(rows), notes, "faster-whisper", "speechmos")


if __name__ == "__main__":
    main()
