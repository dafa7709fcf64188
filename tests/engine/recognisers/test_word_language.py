from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.recognisers.word_language import kazakh_evidence, word_languages


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


def scored(name: str) -> tuple[int, int]:
    """Words whose language is right, and all that have one, of a list of sentences by hand."""
    right = total = 0
    for line in (Path(__file__).parent / f"mixed_{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        letters, sentence = line.split(" ", 1)
        found = word_languages(sentence.split(), ["kk", "ru"])
        pairs = list(zip(letters, found, strict=True))
        right += sum(language.startswith(letter) for letter, language in pairs if letter != "?")
        total += sum(letter != "?" for letter in letters)
    return right, total


def test_words_of_mixed_courtroom_sentences_get_their_languages() -> None:
    right, total = scored("developed")
    assert total > 250
    assert right / total >= 0.98


def test_so_do_those_that_nothing_was_changed_for() -> None:
    right, total = scored("held_out")
    assert total > 220
    assert right / total >= 0.97


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("проблема", "two consonants begin no Kazakh word"),
        ("город", "a late «о»"),
        ("машине", "back and front vowels in one word"),
    ],
)
def test_the_build_of_a_word_tells_that_it_is_not_kazakh(word: str, why: str) -> None:
    assert kazakh_evidence(word) < 0, why


def test_the_ending_with_is_no_mixture_of_vowels() -> None:
    assert kazakh_evidence("баламен") > kazakh_evidence("балемон")


def test_words_of_both_languages_follow_their_neighbours() -> None:
    assert word_languages(["он", "бес", "мың"], ["kk", "ru"]) == ("kk", "kk", "kk")
    assert word_languages(["он", "пришел", "вчера"], ["kk", "ru"]) == ("ru", "ru", "ru")


def test_the_samples_own_phrases_have_their_languages(samples: Path) -> None:
    right = total = 0
    for line in (samples / "civil-ru-kk.stm").read_text("utf-8").splitlines():
        label, text = line.split(maxsplit=6)[5:]
        words = [re.sub(r"\W", "", word).lower() for word in text.split()]
        found = word_languages([word for word in words if word], ["kk", "ru"])
        right += sum(language == label.strip("<>") for language in found)
        total += len(found)
    assert right / total >= 0.99


def test_punctuation_and_capitals_change_nothing() -> None:
    said = "«Мен вчера, сотқа келдім»"
    assert word_languages(said.split(), ["kk", "ru"], "kk") == ("kk", "ru", "kk", "kk")
