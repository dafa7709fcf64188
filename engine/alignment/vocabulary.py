"""The vocabulary of a CTC model: characters or pieces of words, and how a text is written in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property

from hattama.engine.document.model import Language
from hattama.engine.scoring.normalise import cyrillic
from hattama.engine.scoring.numerals import spell

SPACE = " "
_RUNS = re.compile(r"\d+|\D+")


class Vocabulary:
    """Tokens of a CTC model.

    Parameters
    ----------
    tokens
        By index; a space stands where a word begins.
    blank
        Index of the blank.
    """

    def __init__(self, tokens: Sequence[str], blank: int) -> None:
        self.tokens = tuple(tokens)
        self.blank = blank

    @cached_property
    def space(self) -> int | None:
        """Index of the token that is a space alone; None where pieces carry their space."""
        return self._indices.get(SPACE)

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {token: i for i, token in enumerate(self.tokens) if i != self.blank}

    @cached_property
    def _longest(self) -> int:
        return max(len(token) for token in self._indices)

    def encode(self, word: str, language: Language | None = None) -> tuple[int, ...]:
        """Token indices of one word; empty where nothing of it can be written.

        Case and punctuation go, digits are read out as plain cardinals, letters that the model
        does not know go too. Of the ways to cut a word into pieces the one with the fewest pieces
        is taken.
        """
        spoken = " ".join(_spoken(word, language or "ru"))
        letters = "".join(filter(self._known, map(self._letter, spoken)))
        marked = letters if self.space is not None else SPACE + letters
        return self._fewest(marked) if letters.strip() else ()

    def _letter(self, letter: str) -> str:
        return "е" if letter == "ё" and not self._known("ё") else letter

    def _known(self, letter: str) -> bool:
        return letter in self._letters

    @cached_property
    def _letters(self) -> frozenset[str]:
        return frozenset(letter for token in self._indices for letter in token)

    def _fewest(self, text: str) -> tuple[int, ...]:
        """The text in the fewest tokens; letters that stand in no fitting token are left out."""
        best: list[tuple[int, tuple[int, ...]]] = [(0, ())]
        for stop in range(1, len(text) + 1):
            cost, pieces = best[stop - 1]
            choices = [(cost + _LEFT_OUT, pieces)]
            for start in range(max(0, stop - self._longest), stop):
                index = self._indices.get(text[start:stop])
                if index is not None:
                    choices.append((best[start][0] + 1, (*best[start][1], index)))
            best.append(min(choices, key=lambda choice: choice[0]))
        return best[-1][1]


_LEFT_OUT = 1000
"""Cost of leaving a letter out, against 1 for a token: only where there is no other way."""


def _spoken(word: str, language: Language) -> list[str]:
    words: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFC", word)):
        if run[0].isdecimal():
            words += spell(run, language)
        else:
            letters = "".join(c for c in cyrillic(run).lower() if c.isalpha() or c == "'")
            words += [letters] if letters else []
    return words
