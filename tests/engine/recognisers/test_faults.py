from __future__ import annotations

import pytest

from hattama.engine.recognisers import faults
from hattama.engine.recognisers.court_terms import COURT_TERMS


@pytest.mark.parametrize(
    "text", ["Субтитры сделал DimaTorzok", "Редактор субтитров А.Семкин", "Продолжение следует..."]
)
def test_invented_subtitle_credits_are_known(text: str) -> None:
    assert faults.is_credit(text)


def test_what_a_court_says_is_no_credit() -> None:
    assert not faults.is_credit("Спасибо за внимание, прошу приобщить к материалам дела.")


def test_a_loop_compresses_and_speech_does_not() -> None:
    assert faults.compression_ratio("прошу вас, прошу вас, " * 20) > 2.4
    assert faults.compression_ratio(COURT_TERMS["ru"]) < 2.4
    assert faults.compression_ratio("") == 0.0


def test_a_phrase_that_comes_again_and_again_is_found_with_its_period() -> None:
    words = ["да", "это", "так", "это", "так", "это", "так", "да"]
    assert faults.find_repetition(words) == faults.Repetition(1, 2, 3)


def test_a_word_said_three_times_is_speech() -> None:
    assert faults.find_repetition(["да", "да", "да", "конечно"]) is None
    assert faults.find_repetition(["да"] * 4) == faults.Repetition(0, 1, 4)


def test_letters_in_a_loop_are_found() -> None:
    assert faults.has_letter_loop("Төрағағағағағағағағаға")
    assert not faults.has_letter_loop("длинношеее")


def test_the_prompt_coming_back_is_a_leak() -> None:
    prompt = COURT_TERMS["kk"]
    assert faults.leaks_prompt("Талапкер, жауапкер, прокурор, қорғаушы", prompt)
    assert not faults.leaks_prompt("Судебное заседание объявляется открытым", prompt)
    assert not faults.leaks_prompt("талапкер, жауапкер", prompt)


def test_letters_of_other_scripts_are_foreign() -> None:
    assert faults.foreign_script("өзатığımızды")
    assert faults.foreign_script("court")
    assert not faults.foreign_script("сотқа")
    assert not faults.foreign_script("2024-ші")


def test_plain_text_has_no_case_punctuation_or_yo() -> None:
    assert faults.plain("«Ещё раз: приёмка», — сказал ОН_!") == "еще раз приемка сказал он"


def test_two_terms_in_the_order_in_which_they_were_told_are_a_leak() -> None:
    terms = ("Ахметова", "Бостандық соты", "Сериков")
    assert faults.leaks_terms("Ахметова, Бостандық соты.", terms)
    assert faults.leaks_terms("Бостандық соты, Сериков", terms)
    assert not faults.leaks_terms("Ахметова.", terms)
    assert not faults.leaks_terms("Ахметова, Сериков", terms)
    assert not faults.leaks_terms("истец Ахметова, Бостандық соты", terms)
    assert not faults.leaks_terms("", ())
