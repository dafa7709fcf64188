"""Words as scoring compares them: what differs only in writing becomes equal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from hattama.engine.document.model import Language
from hattama.engine.scoring.numerals import SCALES, cardinal, spell

# Latin letters (and a few strangers) that look like Cyrillic ones.
_LOOK_ALIKES = str.maketrans("aceopxyikhəɵABCEHKMOPTXYI", "асеорхуікһәөАВСЕНКМОРТХУІ")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LOOK_ALIKE_ONLY = re.compile("[aceopxyikhəɵABCEHKMOPTXYI]+")
_GROUPED = re.compile(r"(?<!\d)\d{1,3}(?:[ .,]\d{3})+(?!\d)")
_PARTS = re.compile(r"\d+|[^\W\d_]+")
# What is written after digits and said as part of the number: 5-го, 14-й, 5-ші.
_ENDING = re.compile(
    r"(\d)-(?:го|й|я|е|му|м|х|ми|ый|ой|ая|ое|ого|ому|ым|ом|ую|і?нші|ы?ншы|ші|шы)\b",
    re.IGNORECASE,
)
_SYMBOLS = str.maketrans({"%": " процент ", "₸": " тенге "})
_ONES = ("один", "бір")


@dataclass(frozen=True, slots=True)
class Token:
    """One word as it is compared."""

    text: str
    """Normalised."""
    origin: int
    """Index of the word that it comes from."""


def normalise(words: Iterable[tuple[str, Language | None]]) -> tuple[Token, ...]:
    """Normalise words for comparison.

    Lower case, no punctuation, hyphens part words, ё = е, Latin look-alikes folded into Cyrillic,
    numerals as plain cardinals whether written in digits or in words.

    Parameters
    ----------
    words
        Text and language; digits of an unknown language are read in Russian.

    Returns
    -------
    tuple[Token, ...]
        None, one or several tokens a word, in order.
    """
    tokens = [
        Token(text, origin)
        for origin, (word, language) in enumerate(_join_groups(words))
        for text in _split(word, language or "ru")
    ]
    return tuple(
        token
        for token, following in zip_longest(tokens, tokens[1:])
        if not (token.text in _ONES and following and following.text in SCALES)
    )


def fold(word: str) -> str:
    """Lower case, NFC, ё = е, Latin look-alikes of a Cyrillic word as Cyrillic."""
    return cyrillic(word).lower().replace("ё", "е")


def cyrillic(word: str) -> str:
    """NFC without soft hyphens; Latin look-alikes of a Cyrillic word as Cyrillic."""
    text = unicodedata.normalize("NFC", word).replace("\u00ad", "")
    if _CYRILLIC.search(text) or _LOOK_ALIKE_ONLY.fullmatch(text):
        text = text.translate(_LOOK_ALIKES)
    return text


def _split(word: str, language: Language) -> Iterator[str]:
    text = _ENDING.sub(r"\1", word).translate(_SYMBOLS)
    text = _GROUPED.sub(lambda match: re.sub(r"\D", "", match.group()), text)
    for part in _PARTS.findall(unicodedata.normalize("NFC", text).replace("\u00ad", "")):
        if part.isdecimal():
            yield from spell(part, language)
        else:
            yield cardinal(fold(part))


def _join_groups(
    words: Iterable[tuple[str, Language | None]],
) -> Iterator[tuple[str, Language | None]]:
    """Join «1», «200», «000» into one number at its first word; the others become empty.

    Empty words keep the indices of those that follow.
    """
    listed = list(words)
    index = 0
    while index < len(listed):
        word, language = listed[index]
        stop = index + 1
        if re.fullmatch(r"\D*\d{1,3}", word):
            while stop < len(listed) and re.fullmatch(r"\d{3}\W*", listed[stop][0]):
                word += listed[stop][0]
                stop += 1
                if not word[-1].isdigit():
                    break
        yield word, language
        yield from (("", None) for _ in range(index + 1, stop))
        index = stop
