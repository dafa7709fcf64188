"""Numerals: every form of a Russian or Kazakh one to its plain cardinal, digits to the same words.

A transcript may write «5 марта 2024 года» for «пятого марта две тысячи двадцать четвёртого года».
Both become the cardinals word by word, so the two can be compared; case, gender and the difference
between cardinal and ordinal are lost on both sides.
"""

from __future__ import annotations

import re
from functools import cache

from hattama.engine.document.model import Language

_ORDINAL = "(?:ый|ой|ая|ое|ого|ому|ым|ом|ую|ые|ых|ыми)"

# Cardinal: every form of it and of its ordinal (a regular expression, letters after ё = е).
_RUSSIAN = {
    "ноль": "нол[ьяюе]|нолем|нул[ьяюе]|нулем|нулев" + _ORDINAL,
    "один": "один|одн(?:а|о|ого|ой|ою|ому|им|ом|у)|перв" + _ORDINAL,
    "два": "дв[ае]|двух|двум|двумя|втор" + _ORDINAL,
    "три": "три|трех|трем|тремя|треть(?:я|е|его|ей|ему|им|ем|ю|и|их|ими)|третий",
    "четыре": "четыре|четырех|четырем|четырьмя|четверт" + _ORDINAL,
    "пять": "пят[ьи]|пятью|пят" + _ORDINAL,
    "шесть": "шест[ьи]|шестью|шест" + _ORDINAL,
    "семь": "сем[ьи]|семью|седьм" + _ORDINAL,
    "восемь": "восемь|восьми|восьмью|восемью|восьм" + _ORDINAL,
    "девять": "девят[ьи]|девятью|девят" + _ORDINAL,
    "десять": "десят[ьи]|десятью|десят" + _ORDINAL,
    **{
        f"{stem}надцать": f"{stem}надцат(?:ь|и|ью|{_ORDINAL})"
        for stem in ("один", "две", "три", "четыр", "пят", "шест", "сем", "восем", "девят")
    },
    "двадцать": f"двадцат(?:ь|и|ью|{_ORDINAL})",
    "тридцать": f"тридцат(?:ь|и|ью|{_ORDINAL})",
    "сорок": "сорока?|сороков" + _ORDINAL,
    **{
        f"{stem}ьдесят": f"{stem}ьдесят|{stem}идесяти|{stem}ьюдесятью|{stem}идесят{_ORDINAL}"
        for stem in ("пят", "шест", "сем")
    },
    "восемьдесят": f"восемьдесят|восьмидесяти|восемьюдесятью|восьмидесят{_ORDINAL}",
    "девяносто": f"девяност[оа]|девяност{_ORDINAL}",
    "сто": "сто|ста|сот" + _ORDINAL,
    "двести": "двести|двухсот|двумстам|двумястами|двухстах|двухсот" + _ORDINAL,
    "триста": "триста|трехсот|тремстам|тремястами|трехстах|трехсот" + _ORDINAL,
    "четыреста": "четыреста|четырехсот|четыремстам|четырьмястами|четырехстах|четырехсот" + _ORDINAL,
    **{
        f"{stem}ьсот": f"{stem}(?:ьсот|исот|истам|ьюстами|истах|исот{_ORDINAL})"
        for stem in ("пят", "шест", "сем", "девят")
    },
    "восемьсот": "восемьсот|восьмисот|восьмистам|восемьюстами|восьмистах|восьмисот" + _ORDINAL,
    "тысяча": "тысяч(?:а|и|е|у|ей|ью|ам|ами|ах)?|тысячн" + _ORDINAL,
    "миллион": "миллион(?:а|у|ом|е|ы|ов|ам|ами|ах)?|миллионн" + _ORDINAL,
    "миллиард": "миллиард(?:а|у|ом|е|ы|ов|ам|ами|ах)?|миллиардн" + _ORDINAL,
    "процент": "процент(?:а|у|ом|е|ы|ов|ам|ами|ах)?",
}

_KAZAKH_ONES = ("нөл", "бір", "екі", "үш", "төрт", "бес", "алты", "жеті", "сегіз", "тоғыз")
_KAZAKH_TENS = ("он", "жиырма", "отыз", "қырық", "елу", "алпыс", "жетпіс", "сексен", "тоқсан")
_KAZAKH_SCALES = {1000: "мың", 10**6: "миллион", 10**9: "миллиард"}
# Only the ordinal is folded: «бірге», «бірі» and their like are words of their own.
_KAZAKH_CASE = "(?:нің|ның|ге|ға|ні|ны|де|да|ден|дан|мен|сі|сы|сін|сын|сінде|сында)?"
_KAZAKH_ORDINAL = f"(?:с?(?:і|ы)?нш(?:і|ы){_KAZAKH_CASE})"

_RUSSIAN_ONES = (
    "ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять",
    "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать",
    "семнадцать", "восемнадцать", "девятнадцать",
)  # fmt: skip
_RUSSIAN_TENS = (
    "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят",
    "девяносто",
)  # fmt: skip
_RUSSIAN_HUNDREDS = (
    "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот",
    "девятьсот",
)  # fmt: skip
_RUSSIAN_SCALES = {1000: "тысяча", 10**6: "миллион", 10**9: "миллиард"}

MOST = 10**12
"""Digits beyond this are read one by one, as people read long numbers."""

SCALES = frozenset({*_RUSSIAN_SCALES.values(), *_KAZAKH_SCALES.values(), "жүз"})
"""Words before which «один» and «бір» may be said or left out."""


def cardinal(word: str) -> str:
    """The plain cardinal of a numeral in lower case with ё = е; any other word as it is."""
    for base, pattern in _patterns():
        if pattern.fullmatch(word):
            return base
    return word


def spell(digits: str, language: Language) -> tuple[str, ...]:
    """Digits as plain cardinals: 2024 is «два тысяча двадцать четыре», 2 000 «два тысяча».

    A leading zero, and a number of `MOST` or more, is read digit by digit.
    """
    number = int(digits)
    if len(digits) > 1 and (digits[0] == "0" or number >= MOST):
        return tuple(word for digit in digits for word in spell(digit, language))
    if number == 0:
        return ("нөл",) if language == "kk" else ("ноль",)
    return tuple(_spell_scaled(number, language))


def _spell_scaled(number: int, language: Language) -> list[str]:
    scales = _KAZAKH_SCALES if language == "kk" else _RUSSIAN_SCALES
    words: list[str] = []
    for scale in (10**9, 10**6, 1000):
        count, number = divmod(number, scale)
        if count:
            words += [*([] if count == 1 else _spell_hundreds(count, language)), scales[scale]]
    return words + _spell_hundreds(number, language)


def _spell_hundreds(number: int, language: Language) -> list[str]:
    """0 to 999; nothing for 0."""
    hundreds, rest = divmod(number, 100)
    if language == "kk":
        tens, ones = divmod(rest, 10)
        words = [_KAZAKH_ONES[hundreds]] if hundreds > 1 else []
        words += ["жүз"] if hundreds else []
        words += [_KAZAKH_TENS[tens - 1]] if tens else []
        return words + ([_KAZAKH_ONES[ones]] if ones else [])
    words = [_RUSSIAN_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest >= 20:  # noqa: PLR2004  from twenty on, tens and ones are two words
        words.append(_RUSSIAN_TENS[rest // 10 - 2])
        rest %= 10
    return words + ([_RUSSIAN_ONES[rest]] if rest else [])


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    kazakh = [*_KAZAKH_ONES, *_KAZAKH_TENS, "жүз", "мың"]
    return (
        *((base, re.compile(forms)) for base, forms in _RUSSIAN.items()),
        *((base, re.compile(f"{base.rstrip('ы')}ы?{_KAZAKH_ORDINAL}")) for base in kazakh),
    )
