from __future__ import annotations

from pathlib import Path

import pytest

from hattama.engine.document.model import Doubt, Word
from hattama.engine.recognisers.glossary import Glossary, GlossaryError, correct, load, sound

CASE = Glossary(("Ахметова", "Бостандық", "акционерное общество"))


def words(text: str, confidence: float = 0.5) -> list[Word]:
    return [Word(t, i, i + 0.9, confidence) for i, t in enumerate(text.split())]


def said(text: str, confidence: float = 0.5) -> str:
    return " ".join(word.text for word in correct(words(text, confidence), CASE))


def test_a_near_miss_becomes_the_term_and_what_was_heard_is_kept() -> None:
    first, *_ = correct(words("Охмитова, явилась"), CASE)
    assert first.text == "Ахметова,"
    assert first.doubts == {Doubt.CORRECTED}
    assert first.alternatives == ("Охмитова,",)


def test_a_term_heard_as_two_words_becomes_one_over_both_times() -> None:
    first, second = correct(words("Ахмед ова явилась"), CASE)
    assert (first.text, first.start, first.end) == ("Ахметова", 0, 1.9)
    assert second.text == "явилась"


def test_endings_of_a_term_are_left_as_they_were_said() -> None:
    assert said("иск Ахметовой к нему") == "иск Ахметовой к нему"


def test_sure_words_are_left_alone() -> None:
    assert said("Охмитова явилась", confidence=0.95) == "Охмитова явилась"


def test_other_words_are_left_alone() -> None:
    assert said("общество возражает против ахинеи") == "общество возражает против ахинеи"


def test_letters_that_sound_alike_are_one_sound() -> None:
    assert sound("Бостандық") == sound("бостандык")


def test_a_glossary_has_comments_and_no_term_twice(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("Ахметова\n# стороны\nСериков  # истец\n\nАхметова\n", encoding="utf-8")
    assert load(path).terms == ("Ахметова", "Сериков")
    assert load(path).prompt == "Ахметова, Сериков."
    assert Glossary().prompt == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Ахметова".encode("cp1251"), "is not UTF-8"),
        ("одно два три четыре пять".encode(), "line 1"),
        ("Ахметова\n!!!\n".encode(), "line 2"),
    ],
)
def test_a_glossary_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(content)
    with pytest.raises(GlossaryError, match=message):
        load(path)


def test_a_missing_glossary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GlossaryError, match="no such glossary"):
        load(tmp_path / "none.txt")
