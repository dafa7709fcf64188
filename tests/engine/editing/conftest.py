"""A small record that edits are tested on."""

from __future__ import annotations

from pathlib import Path

import pytest

from hattama.engine.document.json import write
from hattama.engine.document.model import (
    ClockInfo,
    Doubt,
    Media,
    Provenance,
    Segment,
    Speaker,
    Transcript,
    Word,
)


def words(text: str, start: float, speaker: str, language: str = "ru") -> tuple[Word, ...]:
    """Words of half a second each."""
    return tuple(
        Word(word, start + i / 2, start + i / 2 + 0.4, 0.9, language, speaker, "whisper-base")
        for i, word in enumerate(text.split())
    )


def make_record() -> Transcript:
    doubted = list(words("Истец Ахметова явилась лично", 10.0, "b"))
    doubted[1] = Word(
        "Ахметова", 10.5, 10.9, 0.3, "ru", "b", "whisper-base",
        frozenset({Doubt.LOW_CONFIDENCE, Doubt.OVERLAP}), ("Ахметовна", "Аха метова"),
    )  # fmt: skip
    return Transcript(
        Media("civil.mp4", "6e" * 32, 60.0, 1, ClockInfo("25", "10:02:15:00", "tmcd")),
        (Speaker("a", "Сейтқали А. Б.", "judge", 0), Speaker("b", "", "secretary"), Speaker("c")),
        (
            Segment(
                "1", 1.0, 4.0, "a", words("Судебное заседание объявляется открытым.", 1.0, "a")
            ),
            Segment("2", 10.0, 12.0, "b", tuple(doubted)),
            Segment("3", 20.0, 21.0, "c", (), frozenset({Doubt.SPEECH_WITHOUT_WORDS})),
            Segment("4", 30.0, 33.0, "c", words("Сот отырысы ашық деп танылады", 30.0, "c", "kk"),
                    frozenset({Doubt.SPEAKER_TIE})),
            Segment("5", 40.0, 42.0, "a", words("Свидетель Ахметов, ещё раз.", 40.0, "a")),
        ),
        Provenance("hattama 0.1.0", "2026-03-05T09:00:00Z", settings={"glossary": ["Ахметова"]}),
    )  # fmt: skip


@pytest.fixture(scope="session")
def record() -> Transcript:
    return make_record()


@pytest.fixture
def record_file(record: Transcript, tmp_path: Path) -> Path:
    path = tmp_path / "civil.json"
    write(path, record)
    return path
