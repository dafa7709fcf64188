"""Paragraphs: long turns are cut where a reader would, overlap is said where it begins."""

from __future__ import annotations

from hattama.engine.document.model import (
    Doubt,
    Gap,
    Media,
    Provenance,
    Segment,
    Speaker,
    Transcript,
    Word,
)
from hattama.engine.exports.passages import Passage, passages


def _turn(text: str, *, step: float = 1.0, overlapped: str = "") -> Transcript:
    """One turn, a word a `step`; words of `overlapped` are under somebody else's."""
    words = tuple(
        Word(
            word,
            n * step,
            (n + 1) * step,
            1.0,
            doubts=frozenset({Doubt.OVERLAP}) if word in overlapped.split() else frozenset(),
        )
        for n, word in enumerate(text.split())
    )
    segment = Segment("1", 0.0, len(words) * step, "a", words)
    return Transcript(Media("a", "", 999.0, 1), (Speaker("a"),), (segment,), Provenance("", ""))


def _passages(transcript: Transcript) -> list[Passage]:
    return [item for item in passages(transcript) if isinstance(item, Passage)]


def test_a_long_turn_is_cut_after_a_sentence_and_keeps_its_words_and_times() -> None:
    text = " ".join(f"слово{n}{'.' if n % 8 == 7 else ''}" for n in range(60))
    made = _passages(_turn(text))
    assert [passage.start for passage in made] == [0.0, 24.0, 48.0]
    assert [passage.new_speaker for passage in made] == [True, False, False]
    said = [word.text for passage in made for part in passage.parts for word in part.words]
    assert said == text.split()


def test_speech_without_punctuation_is_cut_all_the_same() -> None:
    made = _passages(_turn("слово " * 150))
    assert [passage.start for passage in made] == [0.0, 60.0, 120.0]


def test_a_short_turn_stays_whole() -> None:
    assert len(_passages(_turn("Да. Нет. Возможно.", step=3.0))) == 1


def test_overlap_is_said_where_it_begins_and_not_at_every_word() -> None:
    transcript = _turn("а б в г д е ё ж з и к л м", overlapped="в д м")
    (passage,) = _passages(transcript)
    said = [(part.overlap, " ".join(word.text for word in part.words)) for part in passage.parts]
    assert said == [(False, "а б"), (True, "в г д е ё ж з и к л"), (True, "м")]


def test_after_a_gap_the_speaker_is_named_again() -> None:
    first, second = Segment("1", 0.0, 1.0, "a", ()), Segment("2", 3.0, 4.0, "a", ())
    media = Media("a", "", 9.0, 1, gaps=(Gap(1.0, 3.0),))
    transcript = Transcript(media, (Speaker("a"),), (first, second), Provenance("", ""))
    kinds = [item if isinstance(item, Gap) else item.new_speaker for item in passages(transcript)]
    assert kinds == [True, Gap(1.0, 3.0), True]
