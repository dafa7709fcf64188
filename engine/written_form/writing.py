"""Words to their written form, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hattama.engine.document.model import Word
from hattama.engine.written_form.numbers import find_numbers
from hattama.engine.written_form.pieces import Piece
from hattama.engine.written_form.rules import write_number


@dataclass(frozen=True, slots=True)
class Written:
    """One piece of text as it is written, and the words as they were said."""

    text: str
    """Without spaces at either end; groups of digits are parted by no-break spaces."""
    words: tuple[Word, ...]
    """At least one, in order."""

    @property
    def changed(self) -> bool:
        """Whether it is written otherwise than it was said."""
        return self.text != " ".join(word.text for word in self.words)


def written(words: Sequence[Word]) -> tuple[Written, ...]:
    """Write numbers, dates, money, articles and case numbers in digits.

    Every word stands in exactly one piece, in its order, so that `spoken` gives the words back.
    Numbers below ten without a unit stay in words; so do ordinals other than days, years and
    clauses of law.

    Parameters
    ----------
    words
        Of one turn; their languages tell Kazakh numerals from Russian words of the same letters.
    """
    texts = [(word.text, word.language) for word in words]
    numbers = find_numbers(texts)
    pieces: dict[int, Piece] = {}
    index = 0
    while index < len(numbers):
        made = write_number(texts, numbers, index)
        if made is None:
            index += 1
        else:
            pieces[made[0].first] = made[0]
            index = made[1]
    found: list[Written] = []
    at = 0
    while at < len(words):
        piece = pieces.get(at, Piece(words[at].text, at, at + 1))
        found.append(Written(piece.text, tuple(words[at : piece.last])))
        at = piece.last
    return tuple(found)


def spoken(pieces: Iterable[Written]) -> tuple[Word, ...]:
    """The words as they were said: what `written` was given."""
    return tuple(word for piece in pieces for word in piece.words)
