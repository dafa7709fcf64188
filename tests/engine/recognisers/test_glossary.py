from __future__ import annotations

from pathlib import Path

import pytest

from hattama.engine.document.strict import ShapeError
from hattama.engine.hearing import loads
from hattama.engine.recognisers.glossary import Glossary, GlossaryError, joined, load, of_hearing


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


def test_a_glossary_in_toml_tells_what_is_heard_in_place_of_a_term(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(
        'terms = ["Бостандық аудандық соты", "Сериков"]\n'
        '[heard]\n"Ахметова" = ["Охмитова", "Аха метова"]\n',
        "utf-8",
    )
    glossary = load(path)
    assert glossary.terms == ("Бостандық аудандық соты", "Сериков", "Ахметова")
    assert glossary.heard == (("Охмитова", "Ахметова"), ("Аха метова", "Ахметова"))


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("terms = [", GlossaryError, "is not valid TOML"),
        ('names = ["Ахметова"]', ShapeError, "names"),
        ('terms = ["одно два три четыре пять"]', GlossaryError, "is no term"),
        ('[heard]\n"Ахметова" = "Охмитова"', GlossaryError, "is a list of texts"),
    ],
)
def test_a_glossary_in_toml_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, content: str, error: type[Exception], message: str
) -> None:
    path = tmp_path / "case.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(error, match=message) as told:
        load(path)
    assert "\n" not in str(told.value)


def test_participants_names_are_terms_but_never_those_of_the_protected() -> None:
    hearing = loads(
        'judge = "Сейтқали А. Б."\n'
        '[[participants]]\nrole = "claimant"\nname = "Ахметова Гүлнар"\n'
        '[[participants]]\nrole = "witness"\nname = "Оспанов Т."\nprotected = true\n'
    )
    assert of_hearing(hearing).terms == ("Сейтқали", "Ахметова", "Гүлнар")


def test_two_glossaries_are_one_without_repetition() -> None:
    one, other = Glossary(("Ахметова",), (("а", "б"),)), Glossary(("Медеу", "Ахметова"))
    assert joined(one, other) == Glossary(("Ахметова", "Медеу"), (("а", "б"),))
