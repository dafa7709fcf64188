"""Find words as a clerk means them: ё as е, capitals, punctuation and look-alike letters aside."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from hattama.engine.document.model import Segment, Transcript
from hattama.engine.editing.errors import EditError
from hattama.engine.editing.words import ReplaceWords

_LOOK_ALIKE = str.maketrans(
    {
        "a": "а", "b": "в", "c": "с", "e": "е", "h": "һ", "i": "і", "k": "к", "m": "м",
        "o": "о", "p": "р", "t": "т", "x": "х", "y": "у", "ё": "е",
    }
)  # fmt: skip
"""Latin letters that look like Cyrillic ones, and ё."""
_CAPITAL_LOOK_ALIKE = str.maketrans({"H": "Н", "B": "В", "Y": "У"})
"""Capitals look like other letters than their small forms do."""


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How exactly to look."""

    case: bool = False
    """Capitals matter."""
    exact: bool = False
    """ё is not е, and Latin letters are not the Cyrillic ones that they look like."""
    whole: bool = False
    """Whole words only."""


@dataclass(frozen=True, slots=True)
class Match:
    """One place where the words stand."""

    segment: str
    """`Segment.id`."""
    first: int
    """Index of the first word."""
    last: int
    """Index after the last word."""
    before: str
    """The words as they stand."""
    after: str
    """The words once replaced; the same where nothing replaces them."""


def fold(text: str, options: SearchOptions) -> str:
    """The text as it is compared, one character for one."""
    text = unicodedata.normalize("NFC", text)
    if options.exact:
        return text if options.case else "".join(map(_lower, text))
    letters = text.translate(_CAPITAL_LOOK_ALIKE)
    return "".join(_fold_letter(letter, case=options.case) for letter in letters)


def _fold_letter(character: str, *, case: bool) -> str:
    small = _lower(character)
    folded = small.translate(_LOOK_ALIKE)
    if not case or small == character:
        return folded
    return folded.upper() if len(folded.upper()) == 1 else folded


def _lower(character: str) -> str:
    small = character.lower()
    return small if len(small) == 1 else character


def find(
    transcript: Transcript,
    pattern: str,
    replacement: str | None = None,
    options: SearchOptions | None = None,
) -> Iterator[Match]:
    """Every place where a word or phrase stands, in the order of the record.

    Parameters
    ----------
    transcript
        The record.
    pattern
        Part of a word, a word or a phrase; it does not reach over the end of a turn.
    replacement
        What stands there instead, for the preview.
    options
        How exactly to look.

    Raises
    ------
    EditError
        The pattern is empty.
    """
    chosen = options or SearchOptions()
    wanted = fold(" ".join(pattern.split()), chosen)
    if not wanted:
        raise EditError("Nothing to look for; give a word or a part of one.")
    for segment in transcript.segments:
        yield from _find_in(segment, wanted, replacement, chosen)


def operations(matches: Iterator[Match] | tuple[Match, ...]) -> tuple[ReplaceWords, ...]:
    """The replacements that matches propose."""
    return tuple(
        ReplaceWords(match.segment, match.first, match.last, match.after)
        for match in matches
        if match.after != match.before
    )


def _find_in(
    segment: Segment, wanted: str, replacement: str | None, options: SearchOptions
) -> Iterator[Match]:
    texts = [unicodedata.normalize("NFC", word.text) for word in segment.words]
    text = " ".join(texts)
    folded = fold(text, options)
    spans = list(_spans(folded, wanted, whole=options.whole))
    starts = _starts(texts)
    index = 0
    while index < len(spans):
        first, last = _words_of(starts, texts, spans[index])
        group = [spans[index]]
        # Places in one word are one match: they are replaced together.
        while index + 1 < len(spans) and _words_of(starts, texts, spans[index + 1])[0] < last:
            index += 1
            group.append(spans[index])
            last = max(last, _words_of(starts, texts, spans[index])[1])
        index += 1
        low, high = starts[first], starts[last - 1] + len(texts[last - 1])
        before = text[low:high]
        after = before if replacement is None else _replaced(text, low, high, group, replacement)
        yield Match(segment.id, first, last, before, after)


def _replaced(
    text: str, low: int, high: int, spans: list[tuple[int, int]], replacement: str
) -> str:
    parts, position = [], low
    for start, end in spans:
        parts += [text[position:start], _like(text[start:end], replacement)]
        position = end
    return "".join([*parts, text[position:high]])


def _like(found: str, replacement: str) -> str:
    """The replacement with a capital where what it replaces has one."""
    if found[:1].isupper() and replacement[:1].islower():
        return replacement[:1].upper() + replacement[1:]
    return replacement


def _spans(text: str, wanted: str, *, whole: bool) -> Iterator[tuple[int, int]]:
    position = text.find(wanted)
    while position >= 0:
        end = position + len(wanted)
        edges = (text[position - 1 : position], text[end : end + 1])
        if not whole or not any(edge.isalnum() for edge in edges):
            yield position, end
            position = text.find(wanted, end)
        else:
            position = text.find(wanted, position + 1)


def _starts(texts: list[str]) -> list[int]:
    starts, position = [], 0
    for text in texts:
        starts.append(position)
        position += len(text) + 1
    return starts


def _words_of(starts: list[int], texts: list[str], span: tuple[int, int]) -> tuple[int, int]:
    """Indices of the words that a stretch of characters touches."""
    first = bisect_right(starts, span[0]) - 1
    if starts[first] + len(texts[first]) <= span[0]:
        first += 1  # it begins with the space before a word
    return first, max(first + 1, bisect_left(starts, span[1]))
