"""Records that the exports are tested on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hattama.engine.document.model import (
    ClockInfo,
    Doubt,
    Gap,
    Media,
    ModelUse,
    Provenance,
    Segment,
    Speaker,
    Transcript,
    Word,
)
from hattama.engine.hearing import Hearing, load, name_speakers

STM = Path(__file__).parents[3] / "samples" / "civil-ru-kk.stm"


def _segment(number: int, line: str) -> Segment:
    """A phrase of the reference; its words share its time by their letters."""
    _, _, speaker, start_text, end_text, label, text = line.split(maxsplit=6)
    start, end, language = float(start_text), float(end_text), label.strip("<>")
    per_letter = (end - start) / len(text)
    words, position = [], 0
    for word in text.split():
        begin = start + position * per_letter
        stop = begin + len(word) * per_letter
        words.append(
            Word(word, round(begin, 3), round(stop, 3), 0.9, language, speaker, "whisper-base")
        )
        position += len(word) + 1
    return Segment(str(number), start, end, speaker, tuple(words))


@pytest.fixture(scope="session")
def plain_record() -> Transcript:
    """The reference of the sample hearing as a record, one segment a phrase."""
    lines = STM.read_text("utf-8").splitlines()
    segments = tuple(_segment(number, line) for number, line in enumerate(lines, 1))
    channels = ("judge", "secretary", "claimant", "defendant", "interpreter")
    return Transcript(
        Media("civil-ru-kk.mp4", "6e" * 32, 106.0, 1, ClockInfo("25", "10:02:15:00", "tmcd")),
        tuple(Speaker(role, role=role, channel=n) for n, role in enumerate(channels)),
        segments,
        Provenance(
            "hattama 0.1.0",
            "2026-03-05T09:00:00Z",
            (
                ModelUse("whisper-base", "recognition", "d0" * 32),
                ModelUse("campplus", "embedding", "3a" * 32),
            ),
        ),
    )


@pytest.fixture(scope="session")
def hearing() -> Hearing:
    """The sample's hearing file."""
    return load(STM.with_name("hearing.toml"))


@pytest.fixture(scope="session")
def record(plain_record: Transcript, hearing: Hearing) -> Transcript:
    """The same with names, a gap, doubts, an overlap and speech without words."""
    segments = list(plain_record.segments)
    doubted = segments[1].words
    doubted = (
        *doubted[:5],
        replace(doubted[5], doubts=frozenset({Doubt.LOW_CONFIDENCE})),
        *doubted[6:],
    )
    segments[1] = replace(segments[1], words=doubted)
    segments[16] = replace(segments[16], doubts=frozenset({Doubt.OVERLAP}))
    silent = Segment("s", 80.07, 80.3, "defendant", (), frozenset({Doubt.SPEECH_WITHOUT_WORDS}))
    segments.insert(23, silent)
    media = replace(plain_record.media, gaps=(Gap(91.5, 92.0),))
    return name_speakers(replace(plain_record, segments=tuple(segments), media=media), hearing)


@pytest.fixture(scope="session")
def empty(plain_record: Transcript) -> Transcript:
    """A record of a recording in which nobody speaks."""
    return replace(plain_record, segments=(), speakers=())
