"""How a number is written by the words around it, in Kazakh and Russian."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hattama.engine.document.model import Language
from hattama.engine.written_form.numbers import Number, core, ends_phrase

Words = Sequence[tuple[str, Language | None]]

GROUPED_FROM = 10_000
"""Digits are grouped by threes from here on: 9500, 10 000."""
WORDS_BELOW = 10
"""A bare number below this stays in words."""
_GROUP_SPACE = "\u00a0"
_DAYS = 31

_MONTH = re.compile(
    "(?:январ|феврал|март|апрел|июн|июл|август|сентябр|октябр|ноябр|декабр)(?:я|а)|мая"
    "|(?:қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан)"
    "(?:да|де|та|те|ға|ге|қа|ке|дағы|дегі|тағы|тегі|нан|нен|дан|ден|тан|тен)?"
)
_YEAR = re.compile("год(?:а|у|ом|е|ы|ов)?|жыл(?:ы|ғы|дың|да|дан|дағы)?")
_CLAUSE = re.compile("стать(?:я|и|е|ю|ей|ях|ями)|част(?:ь|и|ью|ей)|(?:под)?пункт(?:а|у|ом|е|ы|ов)?")
_KAZAKH_CLAUSE = re.compile("(?:ба[пб]|бөлі[кг]|(?:тармақша|тарма[қғ]))[а-яәіңғүұқөһ]*")
_PERCENT = re.compile("процент(?:а|у|ом|е|ы|ов)?|пайыз(?:ы|ға|ды|дың|дан)?")
_UNIT = re.compile(
    "те[нң]ге(?:ні|нің|ге|ден|мен)?|рубл(?:ь|я|ей|ям)|доллар(?:а|ов)?|евро|тиын(?:а|ов)?"
    "|час(?:а|ов|у)?|минут(?:а|ы|у)?|секунд(?:а|ы|у)?|сағат(?:та|тан|қа)?|минутта"
    "|дн(?:я|ей)|день|сут(?:ки|ок)|недел(?:я|и|ь|ю)|месяц(?:а|ев)?|лет|год(?:а)?|күн|апта|ай|жыл"
    "|метр(?:а|ов)?|километр(?:а|ов)?|килограмм(?:а|ов)?|шақырым|келі"
)
_NUMBER_SIGN = re.compile("номер(?:а|у|ом|е)?|нөмір(?:і|лі)?")
_STROKE = {"дробь": "/", "бөлшек": "/", "тире": "-", "дефис": "-", "сызықша": "-"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A written piece that stands for some of the words."""

    text: str
    """As it is written, with the punctuation after its last word."""
    first: int
    """Index of its first word."""
    last: int
    """Index after its last word."""


def write_number(words: Words, numbers: Sequence[Number], index: int) -> tuple[Piece, int] | None:
    """Write one number, or one with those that belong to it.

    Parameters
    ----------
    words
        The whole sequence.
    numbers
        Numbers in it, by position.
    index
        Which of them to write.

    Returns
    -------
    tuple of the piece and the index after the last number in it, or None where the number stays in
    words.
    """
    number = numbers[index]
    before = core(words[number.first - 1][0]) if number.first else ""
    after = core(words[number.last][0]) if number.last < len(words) else ""
    if ends_phrase(words[number.last - 1][0]):
        after = ""
    if not number.ordinal and not number.suffix:
        stroked = _stroked(words, numbers, index, before)
        if stroked is not None:
            return stroked
    if number.ordinal:
        piece = _ordinal(words, number, before, after)
    else:
        piece = _cardinal(words, number, before, after)
    return None if piece is None else (piece, index + 1)


def _ordinal(words: Words, number: Number, before: str, after: str) -> Piece | None:
    """«пятого марта», «2024 года», «статьи 188»; Kazakh «188-бап», «2024 жылы»."""
    if number.language == "kk" and _KAZAKH_CLAUSE.fullmatch(after):
        text = f"{number.value}-{words[number.last][0]}"
        return Piece(text, number.first, number.last + 1)
    is_day = bool(_MONTH.fullmatch(after)) and 1 <= number.value <= _DAYS
    if is_day or _YEAR.fullmatch(after) or _CLAUSE.fullmatch(before):
        return _plain(words, number, str(number.value))
    return None


def _cardinal(words: Words, number: Number, before: str, after: str) -> Piece | None:
    if _PERCENT.fullmatch(after):
        text = f"{_grouped(number.value)}{_GROUP_SPACE}%{_mark(words[number.last][0])}"
        return Piece(text, number.first, number.last + 1)
    if _CLAUSE.fullmatch(before):
        return _plain(words, number, str(number.value))
    bare = number.value < WORDS_BELOW and not _UNIT.fullmatch(after)
    if bare:
        return None
    digits = _grouped(number.value)
    return _plain(words, number, f"{digits}-{number.suffix}" if number.suffix else digits)


def _stroked(
    words: Words, numbers: Sequence[Number], index: int, before: str
) -> tuple[Piece, int] | None:
    """«номер два дробь сто пять» is № 2/105; strokes join numbers without «номер» too."""
    text, last, following = str(numbers[index].value), numbers[index].last, index + 1
    while following < len(numbers) and numbers[following].first == last + 1:
        sign = _STROKE.get(core(words[last][0]))
        if sign is None or numbers[following].ordinal or numbers[following].suffix:
            break
        text += f"{sign}{numbers[following].value}"
        last, following = numbers[following].last, following + 1
    signed = bool(_NUMBER_SIGN.fullmatch(before))
    if not signed and following == index + 1:
        return None
    first = numbers[index].first - signed
    written = f"№{_GROUP_SPACE}{text}" if signed else text
    return Piece(written + _mark(words[last - 1][0]), first, last), following


def _plain(words: Words, number: Number, text: str) -> Piece:
    return Piece(text + _mark(words[number.last - 1][0]), number.first, number.last)


def _mark(text: str) -> str:
    """Punctuation after a word."""
    return text[len(text.rstrip(".,;:!?…»)\"'")) :]


def _grouped(value: int) -> str:
    return f"{value:,}".replace(",", _GROUP_SPACE) if value >= GROUPED_FROM else str(value)
