"""In a recording the core has heard the witness before his first word is disguised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from disguise_seams import voice

from hattama.disguise import settling
from hattama.disguise.decoding import pieces
from hattama.disguise.file import FileOptions, disguise_file
from hattama.disguise.secret import Secret
from hattama.disguise.settling import settle
from hattama.disguise.spans import Span, regions
from hattama.disguise.stream import DisguiseStream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hattama.disguise.decoding import Piece

RATE = 48_000
SPANS = (Span(0.5, 1.0), Span(1.5, 2.5))


class Ear:
    """A core that keeps what it is given."""

    input_latency = output_latency = 0

    def __init__(self) -> None:
        self.heard: list[np.ndarray] = []

    def process(self, block: np.ndarray, /) -> np.ndarray:
        self.heard.append(block.copy())
        return block


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "hearing.wav"
    soundfile.write(path, voice(3.0), RATE, subtype="FLOAT")
    return path


def spoken(sound: np.ndarray) -> np.ndarray:
    return np.concatenate([sound[24_000:48_000], sound[72_000:120_000]])


def test_the_core_hears_the_spans_and_nothing_else(recording: Path) -> None:
    ear, told = Ear(), []
    settle(ear, recording, 0, regions(SPANS, RATE, 0.0, 0.02), told.append)
    assert np.array_equal(np.concatenate(ear.heard)[:, 0], spoken(voice(3.0)))
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.5 / settling.ENOUGH_S)


def test_hours_before_the_witness_speaks_are_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, decoded = tmp_path / "long.flac", 0
    sound = np.concatenate([np.zeros(60 * RATE, np.float32), voice(3.0)])
    soundfile.write(path, sound, RATE)

    def counted(*arguments: object) -> Iterator[Piece]:
        nonlocal decoded
        for piece in pieces(*arguments):
            decoded += len(piece.samples)
            yield piece

    monkeypatch.setattr(settling, "pieces", counted)
    ear = Ear()
    settle(ear, path, 0, regions([Span(60.5, 61.0)], RATE, 0.0, 0.02))
    heard = np.concatenate(ear.heard)[:, 0]
    assert np.allclose(heard, voice(3.0)[24_000:48_000], atol=1e-4)
    assert decoded < 20 * RATE


def test_it_hears_no_more_than_is_enough(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "ENOUGH_S", 0.7)
    ear = Ear()
    settle(ear, recording, 0, regions(SPANS, RATE, 0.0, 0.02))
    assert np.array_equal(np.concatenate(ear.heard)[:, 0], spoken(voice(3.0))[:33_600])


def test_a_recording_in_which_nobody_speaks_settles_nothing(recording: Path) -> None:
    ear = Ear()
    settle(ear, recording, 0, ())
    assert not ear.heard


def test_the_first_word_is_disguised_by_a_core_that_knows_the_witness(
    recording: Path, tmp_path: Path
) -> None:
    secret = Secret(bytes(range(32)))
    disguise_file(
        recording,
        tmp_path / "out.wav",
        SPANS,
        lambda rate, channels: DisguiseStream(rate, "strong", secret, channels=channels),
        FileOptions(margin=0.0, fade=0.0),
    )
    made, _ = soundfile.read(tmp_path / "out.wav", dtype="float32")
    stranger, friend = (DisguiseStream(RATE, "strong", secret) for _ in range(2))
    friend.process(spoken(voice(3.0)))
    late, word = friend.latency, voice(3.0)[24_000:48_000]
    fresh, settled = (
        np.concatenate([core.process(word), core.process(np.zeros(late, np.float32))])[late:]
        for core in (stranger, friend)
    )
    assert np.allclose(made[24_000:48_000], settled, atol=1e-6)
    assert not np.allclose(made[24_000:48_000], fresh, atol=1e-2)
