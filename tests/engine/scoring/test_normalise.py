"""Words that differ in writing alone are equal, others are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hattama.engine.scoring.normalise import normalise
from hattama.engine.scoring.numerals import cardinal, spell


def _plain(text: str, language: str = "ru") -> str:
    return " ".join(token.text for token in normalise((word, language) for word in text.split()))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("5 марта 2024 года", "Пятого марта две тысячи двадцать четвёртого года"),
        ("1 200 000 тенге", "один миллион двести тысяч тенге"),
        ("1.200.000 тенге", "миллион двести тысяч тенге"),
        ("1000", "одна тысяча"),
        ("21 000", "двадцать одна тысяча"),
        ("5-го, 14-й", "пятого, четырнадцатый"),
        ("100%", "сто процентов"),
        ("50 %", "пятидесяти процентов"),
        ("статья 388", "статья триста восемьдесят восьмая"),
        ("в 1990-х", "в тысяча девятьсот девяностых"),
        ("007", "ноль ноль семь"),
        ("Всё ещё", "все еще"),
        ("кое-что", "кое что"),
        ("«Да!» –", "да"),
        ("Cуд", "суд"),
        ("MОСКВА", "москва"),
        ("неза\u00adкон\u00adно", "незаконно"),
    ],
)
def test_russian_written_and_said_are_equal(written: str, said: str) -> None:
    assert _plain(written) == _plain(said) != ""


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2024 жылғы 5-ші наурыз", "екі мың жиырма төртінші жылғы бесінші наурыз"),
        ("1 200 000 теңге", "бір миллион екі жүз мың теңге"),
        ("100", "бір жүз"),
        ("20-ншы", "жиырмасыншы"),
        ("сoт отыpысы", "сот отырысы"),
        ("Әдiлет", "әділет"),
    ],
)
def test_kazakh_written_and_said_are_equal(written: str, said: str) -> None:
    assert _plain(written, "kk") == _plain(said, "kk") != ""


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("бірге", "бір", "kk"),
        ("қазақ", "казак", "kk"),
        ("он", "десять", "ru"),
        ("пятно", "пять", "ru"),
        ("семья", "семь", "ru"),
        ("стол", "сто", "ru"),
        ("пятьдесят", "пятнадцать", "ru"),
    ],
)
def test_other_words_stay_apart(one: str, other: str, language: str) -> None:
    assert _plain(one, language) != _plain(other, language)


@given(st.integers(0, 10**12 - 1), st.sampled_from(["ru", "kk"]))
def test_spelt_numbers_are_their_own_cardinals(number: int, language: str) -> None:
    words = spell(str(number), language)
    assert words
    assert tuple(cardinal(word) for word in words) == words


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(["ru", "kk"]))
def test_different_numbers_are_spelt_differently(one: int, other: int, language: str) -> None:
    assert (spell(str(one), language) == spell(str(other), language)) == (one == other)


@given(st.lists(st.text("абв1234567890 .,-%", min_size=1, max_size=12)))
def test_every_token_comes_from_a_word_in_order(texts: list[str]) -> None:
    tokens = normalise((text, None) for text in texts)
    origins = [token.origin for token in tokens]
    assert origins == sorted(origins)
    assert all(0 <= origin < len(texts) for origin in origins)
    assert all(token.text and token.text == token.text.lower() for token in tokens)


@given(st.text("абвгё цнм.,-АЁ", max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert _plain(_plain(text)) == _plain(text)
