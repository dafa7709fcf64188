from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile
from disguise_seams import voice

from hattama.disguise import similarity
from hattama.disguise.audition import choose_secret
from hattama.disguise.errors import TooLittleSpeechError
from hattama.disguise.moments import spoken_moments
from hattama.disguise.secret import Secret
from hattama.disguise.settling import ENOUGH_S
from hattama.disguise.similarity import Crowd, meet
from hattama.disguise.spans import Span

if TYPE_CHECKING:
    from hattama.disguise.protocols import VoicePrint

RATE = 16_000
SPANS = [Span(1.0, 21.0)]


class Loudness:
    """A stand-in for an embedding: loud voices point one way, faint ones another."""

    dimension = 2

    def embed(self, signals: Sequence[np.ndarray]) -> np.ndarray:
        levels = [min(1.0, 2.0 * float(np.abs(signal).max())) for signal in signals]
        angles = np.array([0.5 * np.pi * (1.0 - level) for level in levels])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


class Fading:
    """A core with a latency that makes its input fainter and keeps what it was given."""

    input_latency = 30
    output_latency = 70

    def __init__(self, gain: float) -> None:
        self._gain = gain
        self._held = np.zeros(100, np.float32)
        self.heard = 0

    def process(self, block: np.ndarray) -> np.ndarray:
        self.heard += len(block)
        queue = np.concatenate([self._held, np.float32(self._gain) * block])
        self._held = queue[len(block) :]
        return queue[: len(block)]

    def flush(self) -> np.ndarray:
        return self._held

    def reset(self) -> None:
        raise AssertionError


class Casting:
    """Hands out cores that fade more or less, and remembers for which secrets."""

    def __init__(self, *gains: float) -> None:
        self._gains = list(gains)
        self.secrets: list[Secret] = []
        self.cores: list[Fading] = []

    def __call__(self, secret: Secret, rate: int, /) -> Fading:
        assert rate == RATE
        self.secrets.append(secret)
        self.cores.append(Fading(self._gains[len(self.secrets) - 1]))
        return self.cores[-1]


@pytest.fixture(autouse=True)
def _crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    spread = Crowd(np.zeros(Loudness.dimension), 0.04 * np.eye(Loudness.dimension))
    monkeypatch.setattr(similarity, "crowd", lambda _name: spread)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "in.wav"
    sound = voice(22.0, RATE)
    soundfile.write(path, 0.5 * sound / np.abs(sound).max(), RATE, subtype="FLOAT")
    return path


def choose(
    recording: Path, casting: Casting, prints: Mapping[str, VoicePrint], **options: Any
) -> Secret:
    heard = spoken_moments(recording, SPANS)
    return choose_secret(heard, meet(recording, SPANS, heard, prints), casting, **options).secret


def test_the_first_secret_that_makes_a_stranger_is_taken(recording: Path) -> None:
    casting, told = Casting(1.0, 0.9, 0.0, 0.0), []
    secret = choose(recording, casting, {"l": Loudness()}, progress=told.append)
    assert secret is casting.secrets[2]
    assert len(set(casting.secrets)) == len(casting.secrets) == 3
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_the_least_alike_is_taken_where_none_makes_a_stranger(recording: Path) -> None:
    casting = Casting(1.0, 0.7, 0.9)
    secret = choose(recording, casting, {"l": Loudness()}, draws=3)
    assert secret is casting.secrets[1]


def test_one_embedding_that_knows_the_witness_is_enough_to_draw_again(recording: Path) -> None:
    class Stranger(Loudness):
        def embed(self, signals: Sequence[np.ndarray]) -> np.ndarray:
            return np.eye(2, dtype=np.float32)[np.arange(len(signals)) % 2]

    casting = Casting(1.0, 0.0)
    prints = {"a": Stranger(), "b": Loudness()}
    assert choose(recording, casting, prints, draws=2) is casting.secrets[1]


def test_a_core_hears_the_witness_before_it_is_judged(recording: Path) -> None:
    casting = Casting(0.0)
    choose(recording, casting, {"l": Loudness()})
    spoken = sum(span.end - span.start for span in SPANS)
    once = casting.cores[0].heard / RATE - min(ENOUGH_S, spoken)
    assert 0.8 * spoken < once <= spoken


def test_too_little_speech_to_compare_voices_is_told(recording: Path) -> None:
    spans = [Span(1.0, 6.0)]
    with pytest.raises(TooLittleSpeechError, match="at least 12 s"):
        meet(recording, spans, spoken_moments(recording, spans), {"l": Loudness()})
