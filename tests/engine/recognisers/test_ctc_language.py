from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.recognisers.ctc_language import kazakh_evidence, word_languages


@pytest.mark.parametrize(
    ("sentence", "languages"),
    [
        ("мен вчера сотқа келдім", "kk ru kk kk"),
        ("судебное заседание объявляется открытым", "ru ru ru ru"),
        ("сот отырысы ашық деп жарияланады", "kk kk kk kk kk"),
        ("талапкер мен жауапкер сотқа келді", "kk kk kk kk kk"),
        ("прошу приобщить к делу", "ru ru ru ru"),
        ("иә конечно мен келісемін", "kk ru kk kk"),
    ],
)
def test_each_word_of_a_sentence_has_its_language(sentence: str, languages: str) -> None:
    assert word_languages(sentence.split(), ["kk", "ru"]) == tuple(languages.split())


def test_a_hearing_in_one_language_leaves_no_choice() -> None:
    assert word_languages(["сотқа", "вчера"], ["ru"]) == ("ru", "ru")


def test_what_was_heard_decides_words_without_evidence() -> None:
    assert word_languages(["прокурор"], ["kk", "ru"], "kk") == ("kk",)
    assert word_languages(["прокурор"], ["kk", "ru"], "ru") == ("ru",)


def test_a_kazakh_letter_outweighs_everything() -> None:
    assert kazakh_evidence("прокурордың") > 0 > kazakh_evidence("прокурорского")


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text("абвғқәі", max_size=6), max_size=20))
def test_every_word_gets_one_of_the_languages(words: list[str]) -> None:
    found = word_languages(words, ["kk", "ru"])
    assert len(found) == len(words)
    assert set(found) <= {"kk", "ru"}
