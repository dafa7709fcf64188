"""Protected names that others say aloud are found in any case of the noun."""

from __future__ import annotations

import pytest

from hattama.engine.document.model import Media, Provenance, Segment, Speaker, Transcript, Word
from hattama.engine.exports.spoken import spoken_names
from hattama.engine.hearing import Hearing, Participant


def _found(said: str, *names: str, hearing: Hearing | None = None) -> list[str]:
    words = tuple(Word(word, n, n + 1.0, 1.0) for n, word in enumerate(said.split()))
    speakers = tuple(Speaker(str(n), name, protected=True) for n, name in enumerate(names))
    record = Transcript(
        Media("a", "", 99.0, 1),
        (*speakers, Speaker("judge", "Сейтқали А.")),
        (Segment("1", 0.0, 99.0, "judge", words),),
        Provenance("", ""),
    )
    return [word.text for word in spoken_names(record, hearing)]


@pytest.mark.parametrize("form", ["Семёнов", "Семенова,", "«СЕМЁНОВУ»", "Семеновым.", "Ceмёнов"])
def test_russian_cases_letters_and_punctuation_do_not_hide_a_name(form: str) -> None:
    assert _found(f"свидетель {form} здесь", "Семёнов И. П.") == [form]


@pytest.mark.parametrize("form", ["Қасымов", "Қасымовтың", "Қасымовқа", "Қасымовты"])
def test_kazakh_endings_do_not_hide_a_name(form: str) -> None:
    assert _found(f"куә {form} мұнда", "Қасымов Е.") == [form]


def test_names_in_the_hearing_file_are_looked_for_too() -> None:
    hearing = Hearing(
        participants=(
            Participant("witness", "Ахметова", protected=True),
            Participant("expert", "Ким"),
        )
    )
    assert _found("Ахметовой и Киму", hearing=hearing) == ["Ахметовой"]


def test_initials_short_parts_and_open_names_are_no_hits() -> None:
    assert _found("и о Сейтқали п", "Ли И. О.") == []
    assert _found("Сейтқали") == []
