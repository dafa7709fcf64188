from __future__ import annotations

from dataclasses import replace

import pytest

from hattama.engine.document.model import (
    Media,
    Provenance,
    Segment,
    Speaker,
    Transcript,
    Word,
)
from hattama.engine.witness import (
    HIDDEN_WORD,
    NeverSaidError,
    UnknownSpeakerError,
    find_speaker,
    spoken_names,
    stretches,
    without_name,
    words_said,
)


def _segment(number: int, speaker: str, start: float, text: str) -> Segment:
    words = tuple(
        Word(word, start + 0.5 * i, start + 0.5 * i + 0.4, 0.9, alternatives=("Ахметова",))
        for i, word in enumerate(text.split())
    )
    return Segment(f"s{number}", start, start + 0.5 * len(words), speaker, words)


MEDIA = Media("hearing.mp4", "a" * 64, 60.0, 1)
RECORD = Transcript(
    MEDIA,
    (Speaker("1", "Айгуль Ахметова"), Speaker("2", "Судья")),
    (
        _segment(1, "1", 1.0, "Меня зовут Айгуль, Ахметова."),
        _segment(2, "2", 4.0, "Свидетель Ахметовой слово."),
        _segment(3, "1", 6.0, "Да."),
        _segment(4, "1", 7.0, "Я видела."),
        _segment(5, "1", 20.0, "Всё."),
    ),
    Provenance("hattama 0", "2026-01-01T00:00:00Z", (), {"hotwords": ["Айгуль Ахметова", 3]}),
)


@pytest.mark.parametrize("name", ["1", "Айгуль Ахметова", "айгуль ахметова"])
def test_a_speaker_is_found_by_name_or_id(name: str) -> None:
    assert find_speaker(RECORD, name).id == "1"


def test_a_stranger_is_refused_with_the_names_that_are_there() -> None:
    with pytest.raises(UnknownSpeakerError, match="Айгуль Ахметова, Судья"):
        find_speaker(RECORD, "Нурлан")


def test_turns_a_breath_apart_are_one_stretch() -> None:
    assert stretches(RECORD, RECORD.speakers[0]) == [(1.0, 3.0), (6.0, 8.0), (20.0, 20.5)]


def test_a_word_is_found_without_its_case_and_punctuation() -> None:
    assert [w.start for w in words_said(RECORD, "айгуль")] == [2.0]
    assert [w.text for w in words_said(RECORD, "Ахметов*")] == ["Ахметова.", "Ахметовой"]
    with pytest.raises(NeverSaidError, match="Нурлан"):
        words_said(RECORD, "Нурлан")


@pytest.mark.parametrize("word", ["*", "..."])
def test_a_word_without_letters_covers_nothing(word: str) -> None:
    with pytest.raises(NeverSaidError):
        words_said(RECORD, word)


def test_the_places_where_a_name_is_spoken_are_told_in_every_case() -> None:
    assert [w.text for w in spoken_names(RECORD, "Айгуль Ахметова")] == [
        "Айгуль,",
        "Ахметова.",
        "Ахметовой",
    ]


def test_the_record_loses_the_name_everywhere_it_is_known() -> None:
    media = replace(MEDIA, name="out.mp4", sha256="b" * 64)
    hidden = [(2.0, 2.9), (4.5, 4.9)]
    changed = without_name(RECORD, RECORD.speakers[0], "Куә А", hidden, media)
    assert changed.speakers[0] == Speaker("1", "", protected=True, pseudonym="Куә А")
    assert changed.speakers[1] == RECORD.speakers[1]
    assert changed.media == media
    assert changed.provenance.settings == {}
    assert changed.segments[0].text == f"Меня зовут {HIDDEN_WORD} {HIDDEN_WORD}"
    assert changed.segments[0].words[2].alternatives == ()
    assert changed.segments[1].text == f"Свидетель {HIDDEN_WORD} слово."
    assert changed.segments[3:] == RECORD.segments[3:]
