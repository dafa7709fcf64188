from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from hattama.engine.document.model import Language, Word
from hattama.engine.scoring.numerals import spell
from hattama.engine.written_form.numbers import find_numbers
from hattama.engine.written_form.writing import spoken, written


def words(text: str, language: Language | None = "ru") -> tuple[Word, ...]:
    return tuple(
        Word(word, float(i), i + 0.5, 0.9, language) for i, word in enumerate(text.split())
    )


def write(text: str, language: Language | None = "ru") -> str:
    return " ".join(p.text for p in written(words(text, language))).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "Пятого марта две тысячи двадцать четвёртого года я заключила договор.",
            "5 марта 2024 года я заключила договор.",
        ),
        ("Я заплатила один миллион двести тысяч тенге,", "Я заплатила 1 200 000 тенге,"),
        ("до четырнадцати часов тридцати минут.", "до 14 часов 30 минут."),
        ("в две тысячи пятом году", "в 2005 году"),
        ("по части второй статьи сто восемьдесят восьмой", "по части 2 статьи 188"),
        ("статья сто восемьдесят восемь", "статья 188"),
        (
            "дело номер семь тысяч сто девятнадцать дробь двадцать четыре",
            "дело № 7119/24",
        ),
        ("двадцать пять процентов, не больше", "25 %, не больше"),
        ("девять тысяч пятьсот тенге", "9500 тенге"),
        ("два свидетеля и три эксперта", "два свидетеля и три эксперта"),
        ("пять тенге", "5 тенге"),
        ("первое заседание", "первое заседание"),
        ("двадцать, тридцать", "20, 30"),
        ("сорок сорок", "40 40"),
        ("двадцатого мая", "20 мая"),
        ("тысяча девятьсот девяносто первый год", "1991 год"),
        ("он пришёл", "он пришёл"),
        ("сто один", "101"),
    ],
)
def test_russian(said: str, expected: str) -> None:
    assert write(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("екі мың жиырма төртінші жылғы бесінші наурызда", "2024 жылғы 5 наурызда"),
        ("бір миллион екі жүз мың теңге", "1 200 000 теңге"),
        ("жүз сексен сегізінші бабының екінші бөлігі", "188-бабының 2-бөлігі"),
        ("он төрт сағат отыз минут", "14 сағат 30 минут"),
        ("елу мыңға дейін", "50 000-ға дейін"),
        ("іс нөмірі екі бөлшек жүз бес", "іс № 2/105"),
        ("жиырма пайызы", "20 %-ы"),
        ("бір адам келді", "бір адам келді"),
        ("бірге келдік", "бірге келдік"),
    ],
)
def test_kazakh(said: str, expected: str) -> None:
    assert write(said, "kk") == expected


def test_kazakh_numerals_are_none_in_russian_words() -> None:
    assert write("он бес", "ru") == "он бес"
    assert write("он бес", "kk") == "15"


def test_a_piece_tells_whether_it_was_changed_and_keeps_its_words() -> None:
    said = words("ровно двадцать пять дней")
    first, number, last = written(said)
    assert (first.changed, number.changed, last.changed) == (False, True, False)
    assert number.words == said[1:3]


SAID = (
    "сто двадцать пять пятого марта года тенге номер дробь процентов статья он бес елу мың жүз "
    "екінші бап, и не ноль тысяча миллион. сорок"
)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(SAID.split()), max_size=14), st.sampled_from(["ru", "kk", None]))
def test_what_was_said_comes_back_whatever_it_was(said: list[str], language: Language) -> None:
    given_words = words(" ".join(said), language)
    assert spoken(written(given_words)) == given_words


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10**12 - 1), st.sampled_from(["ru", "kk"]))
def test_every_number_that_can_be_spelled_is_read(value: int, language: Language) -> None:
    said = [(word, language) for word in spell(str(value), language)]
    (number,) = find_numbers(said)
    assert (number.value, number.first, number.last) == (value, 0, len(said))


def cases(language: str) -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / f"{language}.txt").read_text("utf-8").splitlines()
    return [tuple(line.split(" | ")) for line in lines if "|" in line and line[0] != "#"]  # type: ignore[misc]


@pytest.mark.parametrize(("said", "expected"), cases("ru"))
def test_russian_cases_by_hand(said: str, expected: str) -> None:
    assert write(said) == expected
    assert " ".join(w.text for w in spoken(written(words(said)))) == said


@pytest.mark.parametrize(("said", "expected"), cases("kk"))
def test_kazakh_cases_by_hand(said: str, expected: str) -> None:
    assert write(said, "kk") == expected
    assert " ".join(w.text for w in spoken(written(words(said, "kk")))) == said


def found(said: str, language: Language) -> list[tuple[int, int, bool]]:
    numbers = find_numbers([(word, language) for word in said.split()])
    return [(number.value, number.last - number.first, number.ordinal) for number in numbers]


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**9 - 1), st.sampled_from("ngdaip"), st.sampled_from("mfn"))
def test_russian_cardinals_in_every_case_as_num2words_declines_them(
    value: int, case: str, gender: str
) -> None:
    said = num2words(value, lang="ru", case=case, gender=gender)
    if said == "семью":  # also the family: a numeral after another one only
        return
    assert found(said, "ru") == [(value, len(said.split()), False)]


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 9_999), st.sampled_from("ngdaip"), st.sampled_from("mfn"))
def test_russian_ordinals_in_every_case_as_num2words_declines_them(
    value: int, case: str, gender: str
) -> None:
    said = num2words(value, lang="ru", to="ordinal", case=case, gender=gender)
    if value % 1000:  # «двухтысячный» is one word, which nobody says of a year or an article
        assert found(said, "ru") == [(value, len(said.split()), True)]


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**9 - 1))
def test_kazakh_cardinals_as_num2words_spells_them(value: int) -> None:
    said = num2words(value, lang="kz")
    assert found(said, "kk") == [(value, len(said.split()), False)]
