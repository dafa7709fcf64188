"""How a number is written by the words around it, in Kazakh and Russian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hattama.engine.written_form.compound import case_number, clock_time, decimal, is_whole
from hattama.engine.written_form.numbers import Number, core, ends_phrase
from hattama.engine.written_form.pieces import GROUP_SPACE, Piece, Words, grouped, mark
from hattama.engine.written_form.terms import (
    AND,
    CLAUSE,
    DAY_OF_MONTH,
    KAZAKH_CLAUSE,
    MONEY,
    MONTH,
    MONTH_OF,
    PERCENT,
    UNIT,
    YEAR,
)

WORDS_BELOW = 10
"""A bare number below this stays in words."""
_FIRST_YEAR = 1000
"""«двадцать шестого года» without a month stays in words: it may be an age or a span."""
_DAYS = 31


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
    if not number.ordinal and not number.suffix:
        for compound in (decimal, case_number, clock_time):
            made = compound(words, numbers, index)
            if made is not None:
                return made
        if is_whole(words, number):
            return None
    around = _Around.of(words, number)
    made_here = _ordinal if number.ordinal else _cardinal
    piece = made_here(words, numbers, index, around)
    return None if piece is None else (piece, index + 1)


@dataclass(frozen=True, slots=True)
class _Around:
    """The words beside a number, without punctuation; empty where there is none."""

    before: str
    after: str
    """Empty too where punctuation ends the number."""

    @classmethod
    def of(cls, words: Words, number: Number) -> _Around:
        before = core(words[number.first - 1][0]) if number.first else ""
        ended = number.last >= len(words) or ends_phrase(words[number.last - 1][0])
        return cls(before, "" if ended else core(words[number.last][0]))


def _ordinal(words: Words, numbers: Sequence[Number], index: int, around: _Around) -> Piece | None:
    """«пятого марта», «2024 года», «статьи 188»; Kazakh «188-бап», «2024 жылы»."""
    number = numbers[index]
    if number.language == "kk" and KAZAKH_CLAUSE.fullmatch(around.after):
        return _clause(words, number)
    is_day = _names_day(around.after) and 1 <= number.value <= _DAYS
    is_year = YEAR.fullmatch(around.after) and (
        number.value >= _FIRST_YEAR or MONTH.fullmatch(around.before)
    )
    if is_day or is_year or CLAUSE.fullmatch(around.before):
        return _plain(words, number, str(number.value))
    if _listed(words, numbers, index) or _until_day(words, numbers, index):
        return _plain(words, number, str(number.value))
    return None


def _names_day(after: str) -> bool:
    return bool(MONTH.fullmatch(after) or DAY_OF_MONTH.fullmatch(after))


def _listed(words: Words, numbers: Sequence[Number], index: int) -> bool:
    """Whether it goes on a list of clauses: «статьями сто тридцатой и сто тридцать первой»."""
    if not index:
        return False
    number, last = numbers[index], numbers[index - 1]
    between = [core(word) for word, _ in words[last.last : number.first]]
    joined = between in ([], *([word] for word in AND))
    if not joined or not last.ordinal or (not between and not ends_phrase(words[last.last - 1][0])):
        return False
    before = core(words[last.first - 1][0]) if last.first else ""
    return bool(CLAUSE.fullmatch(before)) or _listed(words, numbers, index - 1)


def _until_day(words: Words, numbers: Sequence[Number], index: int) -> bool:
    """Whether it is the first of two days: «с первого по третье июня»."""
    if index + 1 >= len(numbers):
        return False
    number, later = numbers[index], numbers[index + 1]
    between = [core(word) for word, _ in words[number.last : later.first]]
    if between not in (["по"], ["до"], ["и"]) or not later.ordinal:
        return False
    days = max(number.value, later.value) <= _DAYS
    return days and later.last < len(words) and _names_day(core(words[later.last][0]))


def _cardinal(words: Words, numbers: Sequence[Number], index: int, around: _Around) -> Piece | None:
    number = numbers[index]
    percent = PERCENT.fullmatch(around.after)
    if percent:
        ending = f"-{percent['ending']}" if percent["ending"] else ""
        text = f"{grouped(number.value)}{GROUP_SPACE}%{ending}{mark(words[number.last][0])}"
        return Piece(text, number.first, number.last + 1)
    if number.language == "kk" and KAZAKH_CLAUSE.fullmatch(around.after) and not number.suffix:
        return _clause(words, number)
    if CLAUSE.fullmatch(around.before):
        return _plain(words, number, str(number.value))
    if _stays(number, around):
        return None
    digits = grouped(number.value)
    return _plain(words, number, f"{digits}-{number.suffix}" if number.suffix else digits)


def _stays(number: Number, around: _Around) -> bool:
    """Whether a bare number stays in words: small ones without a unit, and a single «один день»."""
    if number.value >= WORDS_BELOW or MONEY.fullmatch(around.after):
        return False
    if number.suffix and MONTH_OF.fullmatch(around.before):
        return False
    return number.value <= 1 or not UNIT.fullmatch(around.after)


def _clause(words: Words, number: Number) -> Piece:
    """Kazakh joins the number and the clause: «188-бабының»."""
    text = f"{number.value}-{words[number.last][0]}"
    return Piece(text, number.first, number.last + 1)


def _plain(words: Words, number: Number, text: str) -> Piece:
    return Piece(text + mark(words[number.last - 1][0]), number.first, number.last)
