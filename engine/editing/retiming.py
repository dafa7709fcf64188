"""Times of edited words: what stays keeps its time, what is new shares that of what it replaces.

A new word's share goes by its syllables; in Kazakh and in Russian every vowel letter is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from hattama.engine.document.model import Doubt, Language, Segment, Word
from hattama.engine.exports.plain import plain

EDITOR = "editor"
"""`Word.source` of words that a person wrote."""
SYLLABLE_S = 0.25
"""Time of a syllable at most, where a word is put into a pause."""
FACTS = frozenset({Doubt.OVERLAP})
"""Not a doubt that a person settles: others do speak here."""

BOND = "\u202f"
"""Narrow no-break space."""

_BREAK = re.compile(rf"[^\S{BOND}]+")
_VOWELS = frozenset("аеёиоуыэюяәіөүұaeiouy")
_KAZAKH = frozenset("әғқңөұүһі")


def split_words(text: str) -> tuple[str, ...]:
    """Words of a text, without control characters; white space parts them.

    A narrow no-break space does not: it holds a remark of several words together as one.
    """
    return tuple(filter(None, (_word(part) for part in _BREAK.split(text))))


def bound(text: str) -> str:
    """A remark of several words as one word."""
    return plain(text).replace(" ", BOND)


def _word(part: str) -> str:
    return BOND.join(filter(None, (plain(piece) for piece in part.split(BOND))))


def replaced(segment: Segment, first: int, last: int, texts: Sequence[str]) -> tuple[Word, ...]:
    """Words of the segment after those from `first` to before `last` became `texts`.

    Words that are in both stay as they are. One word for one takes its time. Otherwise the new
    words share the time of those they replace, or the pause that they are put into.
    """
    words, new = segment.words, list(texts)
    while first < last and new and words[first].text == new[0]:
        first, new = first + 1, new[1:]
    while first < last and new and words[last - 1].text == new[-1]:
        last, new = last - 1, new[:-1]
    return words[:first] + _aligned(segment, first, last, new) + words[last:]


def _aligned(segment: Segment, first: int, last: int, new: list[str]) -> tuple[Word, ...]:
    old = segment.words[first:last]
    found: list[Word] = []
    matcher = SequenceMatcher(None, [word.text for word in old], new, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            found += old[i1:i2]
        elif i2 - i1 == j2 - j1:
            found += [_rewritten(w, t) for w, t in zip(old[i1:i2], new[j1:j2], strict=True)]
        elif j2 > j1:
            found += _spread(segment, first + i1, first + i2, new[j1:j2])
    return tuple(found)


def _rewritten(word: Word, text: str) -> Word:
    """One word for one. Another comma or capital does not make it surer."""
    if fold_letters(word.text) == fold_letters(text):
        return replace(word, text=text)
    return replace(
        word,
        text=text,
        confidence=1.0,
        source=EDITOR,
        language=_language(text, word.language),
        doubts=word.doubts & FACTS,
        alternatives=(),
    )


def fold_letters(text: str) -> str:
    """Letters and digits alone, lower case."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _spread(segment: Segment, first: int, last: int, texts: Sequence[str]) -> list[Word]:
    start, end = _room(segment, first, last, texts)
    near = segment.words[first:last] or segment.words[max(first - 1, 0) : first + 1]
    language = near[0].language if near else None
    facts = near[0].doubts & FACTS if last > first else frozenset()
    weights = [syllables(text) for text in texts]
    total, position, words = sum(weights), 0, []
    for text, weight in zip(texts, weights, strict=True):
        begin = start + (end - start) * position / total
        position += weight
        stop = start + (end - start) * position / total
        words.append(
            Word(text, round(begin, 3), round(stop, 3), 1.0, _language(text, language),
                 segment.speaker, EDITOR, facts, timing="shared")
        )  # fmt: skip
    return words


def _room(segment: Segment, first: int, last: int, texts: Sequence[str]) -> tuple[float, float]:
    """Time for new words: of those they replace, else of the pause between the neighbours."""
    words = segment.words
    if last > first:
        start = words[first].start
        return start, max(start, *(word.end for word in words[first:last]))
    if not words:
        return segment.start, segment.end
    start = words[first - 1].end if first else segment.start
    end = words[last].start if last < len(words) else segment.end
    return start, max(start, min(end, start + SYLLABLE_S * sum(map(syllables, texts))))


def syllables(text: str) -> int:
    """Vowel letters, at least one."""
    return max(1, sum(character in _VOWELS for character in text.casefold()))


def _language(text: str, otherwise: Language | None) -> Language | None:
    """Kazakh where a letter tells it, else as the word before."""
    return "kk" if _KAZAKH & set(text.casefold()) else otherwise
