"""Numbers that belong together: case numbers, times of day, decimals."""

from __future__ import annotations

from collections.abc import Sequence

from hattama.engine.written_form.numbers import Number, core, ends_phrase
from hattama.engine.written_form.pieces import GROUP_SPACE, Piece, Words, mark
from hattama.engine.written_form.terms import (
    CLOCK_BEFORE,
    NUMBER_SIGN,
    PERCENT,
    STROKE,
    WHOLE,
)

_HOURS, _MINUTES, _TEN = 24, 60, 10


def case_number(words: Words, numbers: Sequence[Number], index: int) -> tuple[Piece, int] | None:
    """«номер два дробь сто пять» is № 2/105; strokes join numbers without «номер» too.

    After «номер» groups of digits that are said one after the other are one: «семьдесят пять
    четырнадцать» is 7514.
    """
    first = numbers[index]
    signed = bool(first.first) and bool(NUMBER_SIGN.fullmatch(core(words[first.first - 1][0])))
    text, last, following = str(first.value), first.last, index + 1
    stroked = False
    while following < len(numbers) and not ends_phrase(words[last - 1][0]):
        number = numbers[following]
        joint = _joint(words, last, number, digits=signed)
        if joint is None:
            break
        text, stroked = f"{text}{joint}{number.value}", stroked or bool(joint)
        last, following = number.last, following + 1
    if not signed and not stroked:
        return None
    written = f"№{GROUP_SPACE}{text}" if signed else text
    return Piece(written + mark(words[last - 1][0]), first.first - signed, last), following


def _joint(words: Words, last: int, number: Number, *, digits: bool) -> str | None:
    """What stands between the digits before and a number; None where it does not belong to them."""
    if number.ordinal or number.suffix:
        return None
    if number.first == last + 1:
        return STROKE.get(core(words[last][0]))
    return "" if digits and number.first == last else None


def clock_time(words: Words, numbers: Sequence[Number], index: int) -> tuple[Piece, int] | None:
    """«в четырнадцать ноль ноль» is 14:00, «в десять тридцать» is 10:30, «ноль пять» is 05."""
    hour = numbers[index]
    before = core(words[hour.first - 1][0]) if hour.first else ""
    if before not in CLOCK_BEFORE or hour.value >= _HOURS or hour.ordinal or hour.suffix:
        return None
    minutes, stop = _minutes(numbers, index + 1, hour.last)
    if minutes is None or ends_phrase(words[hour.last - 1][0]):
        return None
    last = numbers[stop - 1].last
    text = f"{hour.value}:{minutes:02}{mark(words[last - 1][0])}"
    return Piece(text, hour.first, last), stop


def _minutes(numbers: Sequence[Number], index: int, at: int) -> tuple[int | None, int]:
    """Minutes said in the numbers from `index` on, and the index after them."""
    near = []
    for number in numbers[index : index + 2]:
        if number.first != at or number.ordinal or number.suffix:
            break
        near.append(number.value)
        at = number.last
    if len(near) > 1 and near[0] == 0 and near[1] < _TEN:
        return near[1], index + 2
    if near and _TEN <= near[0] < _MINUTES:
        return near[0], index + 1
    return None, index


def decimal(words: Words, numbers: Sequence[Number], index: int) -> tuple[Piece, int] | None:
    """«двадцать целых пять десятых» is 20,5; before «процента» with its sign."""
    if index + 2 >= len(numbers):
        return None
    whole, part, power = numbers[index : index + 3]
    if not is_whole(words, whole) or part.first != whole.last + 1 or power.first != part.last:
        return None
    digits = len(str(power.value)) - 1
    if not power.ordinal or power.value != 10**digits or part.value >= power.value:
        return None
    text, last = f"{whole.value},{part.value:0{digits}}", power.last
    if last < len(words) and PERCENT.fullmatch(core(words[last][0])):
        text, last = f"{text}{GROUP_SPACE}%", last + 1
    return Piece(text + mark(words[last - 1][0]), whole.first, last), index + 3


def is_whole(words: Words, number: Number) -> bool:
    """Whether the number is the whole part of a decimal: «пять целых»."""
    return number.last < len(words) and bool(WHOLE.fullmatch(core(words[number.last][0])))
