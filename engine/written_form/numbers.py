"""Numbers said in words, found in a sequence of words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from hattama.engine.document.model import Language
from hattama.engine.scoring.normalise import fold
from hattama.engine.scoring.numerals import cardinal, spell
from hattama.engine.written_form.terms import ABOUT, MONTH_OF

_EDGES = re.compile(r"^[^\w№]+|[^\w%]+$")
_RUSSIAN_ORDINAL = re.compile(
    r"(?:перв|втор|четверт|пят|шест|седьм|восьм|девят|десят|дцат|сороков|девяност|сот|тысячн|онн"
    r"|ардн)(?:ый|ой|ая|ое|ого|ому|ым|ом|ую|ые|ых|ыми)$"
    r"|трет(?:ий|ья|ье|ьего|ьей|ьему|ьим|ьем|ью|ьи|ьих|ьими)$"
)
_KAZAKH_ORDINAL = re.compile(r"нш[іы]")
_KAZAKH_CASE = re.compile(r"(?:ға|ге|қа|ке|ны|ні|ды|ді|ты|ті|ның|нің|дың|дің|тың|тің|да|де|та|те"
                          r"|дан|ден|тан|тен|нан|нен|мен|бен|пен)")  # fmt: skip
_KAZAKH_OWN = re.compile(r"(?:с[ыі]|[ыі])(?:н|на|не|нда|нде|нан|нен|ның|нің|мен)?")
"""Possessive, as days of a month have it: «наурыздың бесі», «он бесінде»."""
_FORTY = re.compile("^қырқ")
"""«Қырық» loses a vowel before an ending."""
_ALONE = frozenset({"тысяча", "тысячу", "миллион", "миллиард", "мың"})
"""Forms in which a scale is a number by itself; «тысяч» and «миллиона» want one before them."""
_NOT_ALONE = frozenset({"семью", "семьи"})
"""Also the family, so that they are numerals after another one only: «двадцатью семью»."""
_HUNDRED, _THOUSAND = 100, 1000


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the words that say it."""

    value: int
    """What it is."""
    first: int
    """Index of its first word."""
    last: int
    """Index after its last word."""
    ordinal: bool
    """Whether it tells a place in an order: «пятого», «бесінші»."""
    language: Language
    """Of its words."""
    suffix: str = ""
    """Ending of a Kazakh cardinal: «ға» of «мыңға», «інде» of «он бесінде»."""


@dataclass(frozen=True, slots=True)
class _Numeral:
    value: int
    ordinal: bool
    suffix: str


def core(text: str) -> str:
    """The word without punctuation, lower case, ё as е."""
    return fold(_EDGES.sub("", text))


def ends_phrase(text: str) -> bool:
    """Whether punctuation follows the word, which ends a number."""
    return bool(text) and not text[-1].isalnum()


def find_numbers(words: Sequence[tuple[str, Language | None]]) -> tuple[Number, ...]:
    """Numbers in a sequence of words, in order.

    Parameters
    ----------
    words
        Text and language. «Он» and «бес» are numerals in Kazakh alone; words of an unknown
        language are read as Russian.
    """
    found: list[Number] = []
    index = 0
    while index < len(words):
        number = _number(words, index)
        if number is None:
            index += 1
        else:
            found.append(number)
            index = number.last
    return tuple(found)


def _number(words: Sequence[tuple[str, Language | None]], first: int) -> Number | None:
    """The longest number that begins at a word."""
    language: Language = words[first][1] or "ru"
    before = core(words[first - 1][0]) if first else ""
    if not _may_begin(core(words[first][0]), before, language):
        return None
    own = bool(MONTH_OF.fullmatch(before))
    sum_, group, least = 0, 0, 10**12
    ordinal, suffix, last = False, "", first
    while last < len(words) and (words[last][1] or "ru") == language:
        numeral = _numeral(core(words[last][0]), language, own=own)
        joined = None if numeral is None else _join(sum_, group, least, numeral.value)
        if numeral is None or joined is None:
            break
        sum_, group, least = joined
        ordinal, suffix, last = numeral.ordinal, numeral.suffix, last + 1
        if ordinal or suffix or ends_phrase(words[last - 1][0]):
            break
    if last == first or (last == first + 1 and core(words[first][0]) in _NOT_ALONE):
        return None
    return Number(sum_ + group, first, last, ordinal, language, suffix)


def _may_begin(word: str, before: str, language: Language) -> bool:
    """Whether a number can begin here: «тысяч» cannot, nor anything after «несколько»."""
    numeral = _numeral(word, language)
    if numeral is None or numeral.value < _HUNDRED or numeral.ordinal:
        return True
    if before in ABOUT:
        return False
    return numeral.value < _THOUSAND or word in _ALONE or bool(numeral.suffix)


def _join(sum_: int, group: int, least: int, value: int) -> tuple[int, int, int] | None:
    """Add a numeral to what was read so far; None where it begins another number.

    `sum_` holds the finished thousands, `group` what is below them, `least` the smallest value
    that was said: after «двадцать» only ones can follow, after «сто» tens and ones.
    """
    if value >= _THOUSAND:
        scaled = max(group, 1) * value
        return (sum_ + scaled, 0, value) if _room(sum_, value) else None
    if value == _HUNDRED and 1 < group < 10:  # noqa: PLR2004  «екі жүз» is two hundreds
        return sum_, group * _HUNDRED, _HUNDRED
    if value == 0:
        return (0, 0, 0) if (sum_, group) == (0, 0) and least == 10**12 else None
    return (sum_, group + value, _step(value)) if _step(value) < least and group % 10 == 0 else None


def _room(sum_: int, scale: int) -> bool:
    """Whether the thousands so far leave room for this scale."""
    return sum_ % (scale * _THOUSAND) == 0


def _step(value: int) -> int:
    """The scale that a numeral takes up: 1 to 19 the ones, 20 to 90 the tens."""
    if value >= _HUNDRED:
        return _HUNDRED
    return 10 if value >= 20 or value == 10 else 1  # noqa: PLR2004  tens are words of their own


def _numeral(word: str, language: Language, *, own: bool = False) -> _Numeral | None:
    values = _values(language)
    word = _FORTY.sub("қырық", word) if language == "kk" else word
    plain = cardinal(word) if language == "ru" or _KAZAKH_ORDINAL.search(word) else word
    if plain in values:
        marks = _RUSSIAN_ORDINAL if language == "ru" else _KAZAKH_ORDINAL
        return _Numeral(values[plain], bool(marks.search(word)), "")
    if language == "ru":
        return None
    for cut in range(len(word) - 1, 0, -1):
        ending, value = word[cut:], values.get(word[:cut])
        if value is not None and (
            _KAZAKH_CASE.fullmatch(ending) or (own and _KAZAKH_OWN.fullmatch(ending))
        ):
            return _Numeral(value, ordinal=False, suffix=ending)
    return None


@cache
def _values(language: Language) -> dict[str, int]:
    """Value of each plain cardinal that is one word."""
    numbers = [*range(20), *range(20, 100, 10), *range(100, 1000, 100), 1000, 10**6, 10**9]
    spelled = ((spell(str(number), language), number) for number in numbers)
    return {words[0]: number for words, number in spelled if len(words) == 1}
