"""The voices that the disguise is measured on.

A folder with `test-other/<speaker>/*.flac` (the witnesses) and `train-clean/*.flac` (other people,
one file each, with whom an attacker may train), both 16 kHz mono: LibriSpeech (CC BY 4.0,
doi:10.1109/ICASSP.2015.7178964) or anything laid out alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile

from hattama.engine.scoring.stm import parse_stm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from hattama.engine.scoring.speech import Phrase

RATE_HZ: Final = 16_000
"""Sample rate of the voices."""

PIECES: Final = 3
"""Pieces that each file of the other people is cut in."""

_JOINED_S: Final = 10.0


@dataclass(frozen=True)
class Utterance:
    """One piece of speech."""

    speaker: str
    """Who speaks."""

    name: str
    """Which piece, unique in the corpus."""

    samples: NDArray[np.float32]
    """Shape (n,), at RATE_HZ."""


def witnesses(
    voices: Path, speakers: int | None = None, each: int | None = None
) -> list[Utterance]:
    """The utterances of `test-other`, the first `each` of the first `speakers` speakers."""
    found: list[Utterance] = []
    for folder in sorted(p for p in (voices / "test-other").iterdir() if p.is_dir())[:speakers]:
        found += [
            Utterance(folder.name, path.stem, _read(path))
            for path in sorted(folder.glob("*.flac"))[:each]
        ]
    return found


def recordings(paths: Sequence[Path], language: str) -> list[Utterance]:
    """Other speech to measure on, for instance Russian: each recording, or the turns in it.

    Parameters
    ----------
    paths
        Recordings, 16 kHz mono. Where NIST's STM lies beside one, its phrases in the language are
        taken, those of one speaker joined until they last `_JOINED_S`.
    language
        Code of the language.
    """
    found = []
    for path in paths:
        samples, beside = _read(path), path.with_suffix(".stm")
        if beside.exists():
            found += _turns(samples, parse_stm(beside.read_text("utf-8")), path.stem, language)
        else:
            found.append(Utterance(path.stem, path.stem, samples))
    return found


def _turns(
    samples: NDArray[np.float32], phrases: Sequence[Phrase], name: str, language: str
) -> list[Utterance]:
    said: dict[str, list[list[NDArray[np.float32]]]] = {}
    for phrase in phrases:
        if phrase.language != language or phrase.start is None or phrase.end is None:
            continue
        pieces = said.setdefault(phrase.speaker, [[]])
        if sum(map(len, pieces[-1])) >= _JOINED_S * RATE_HZ:
            pieces.append([])
        first, last = (round(at * RATE_HZ) for at in (phrase.start, phrase.end))
        pieces[-1].append(samples[first:last])
    return [
        Utterance(speaker, f"{name} {speaker} {i}", np.concatenate(piece))
        for speaker, pieces in said.items()
        for i, piece in enumerate(pieces)
    ]


def trainers(voices: Path) -> list[Path]:
    """The files of `train-clean`, one a speaker."""
    return sorted((voices / "train-clean").glob("*.flac"))


def others(voices: Path, speakers: int | None = None) -> list[Utterance]:
    """The files of `train-clean`, each cut in three."""
    found = []
    for path in trainers(voices)[:speakers]:
        for i, piece in enumerate(np.array_split(_read(path), PIECES)):
            found.append(Utterance(path.stem.split("-")[0], f"{path.stem}.{i}", piece))
    return found


def said_before(speech: Sequence[Utterance], seconds: float) -> list[NDArray[np.float32]]:
    """For each utterance, as much of what the same speaker says in the others."""
    found = []
    for one in speech:
        rest = [u.samples for u in speech if u.speaker == one.speaker and u is not one]
        found.append(np.concatenate([np.zeros(0, np.float32), *rest])[: round(seconds * RATE_HZ)])
    return found


def _read(path: Path) -> NDArray[np.float32]:
    samples, rate_hz = soundfile.read(path, dtype="float32")
    if rate_hz != RATE_HZ or samples.ndim != 1:
        raise SystemExit(f"{path.name}: give 16 kHz mono, not {rate_hz} Hz {samples.shape}")
    return np.asarray(samples)
