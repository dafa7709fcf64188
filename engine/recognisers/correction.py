"""Near misses of a case's terms, by sound and edit distance: corrected, and marked as corrected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz, process

from hattama.engine.document.model import Doubt, Word
from hattama.engine.recognisers.common_words import KAZAKH_WORDS, RUSSIAN_WORDS
from hattama.engine.recognisers.faults import plain
from hattama.engine.recognisers.glossary import Glossary
from hattama.engine.recognisers.term_forms import forms, kin
from hattama.engine.scoring.numerals import cardinal

_EDGES = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)
_COMMON = KAZAKH_WORDS | RUSSIAN_WORDS


@dataclass(frozen=True, slots=True)
class CorrectionOptions:
    """When a word counts as a near miss of a term."""

    likeness: float = 82.0
    """Similarity of the sounds, 0 to 100, from which on the term is meant."""
    likeness_small: float = 92.0
    """The same for a word that begins small among words of which some do not, where the term is a
    name: who writes capitals heard no name."""
    min_letters: int = 5
    """Shorter terms are not corrected to: too much sounds like them."""
    sure: float = 0.97
    """A word of at least this confidence is left alone, 0 to 1."""
    longest_gap_s: float = 0.7
    """Words further apart are no one term, seconds."""


@dataclass(frozen=True, slots=True)
class _Match:
    likeness: float
    text: str
    """What is written."""
    count: int
    """How many words it takes the place of."""


def correct(
    words: Sequence[Word], glossary: Glossary, options: CorrectionOptions | None = None
) -> tuple[Word, ...]:
    """Write near misses of the terms as the terms, marked, with what was heard kept.

    A near miss keeps its ending: «Охмитовой» becomes «Ахметовой». A word that is a term already,
    in any of its forms, is only written with the term's capitals, since CTC models write none.
    Common words of either language are never taken for a term. One term may take the place of
    several words («Ахмед ова»); the first of them carries it. What the glossary says is heard in
    place of a term is corrected however sure the recogniser is.

    Returns
    -------
    tuple
        Words with `Doubt.CORRECTED` where a term took a place; `alternatives` begins with what
        was heard.
    """
    chosen = options or CorrectionOptions()
    if all(word.text == word.text.lower() for word in words):
        chosen = replace(chosen, likeness_small=chosen.likeness)
    corrected: list[Word] = []
    at = 0
    while at < len(words):
        found = _known(words, at, glossary) or _match(words, at, glossary, chosen)
        if found is None:
            corrected.append(_with_capitals(words[at], glossary))
            at += 1
            continue
        corrected.append(_corrected(words[at : at + found.count], found.text))
        at += found.count
    return tuple(corrected)


def _known(words: Sequence[Word], at: int, glossary: Glossary) -> _Match | None:
    """What the glossary itself says is heard in place of a term."""
    for heard, term in glossary.heard:
        count = len(heard.split())
        if _said(words[at : at + count]) == plain(heard):
            return _Match(100.0, term, count)
    return None


@dataclass(frozen=True, slots=True)
class _Choices:
    """Forms of the terms of one size that words may be taken for."""

    size: int
    """Words of each."""
    sounds: tuple[str, ...]
    forms: tuple[str, ...]
    terms: tuple[str, ...]


@lru_cache(maxsize=16)
def _choices(terms: tuple[str, ...], min_letters: int) -> tuple[_Choices, ...]:
    made = []
    for size in sorted({len(term.split()) for term in terms}):
        every = [
            (sound(form), form, term)
            for term in terms
            if len(term.split()) == size and len(plain(term)) >= min_letters
            for form in forms(term)
        ]
        if every:
            made.append(_Choices(size, *map(tuple, zip(*every, strict=True))))
    return tuple(made)


def _match(
    words: Sequence[Word], at: int, glossary: Glossary, options: CorrectionOptions
) -> _Match | None:
    best: _Match | None = None
    for choices in _choices(glossary.terms, options.min_letters):
        for count in (choices.size, choices.size + 1):
            heard = words[at : at + count]
            if len(heard) < count or all(word.confidence >= options.sure for word in heard):
                continue
            if any(b.start - a.end > options.longest_gap_s for a, b in pairwise(heard)):
                continue
            found = _nearest(heard, choices, options)
            if found is not None and (best is None or found.likeness > best.likeness):
                best = found
    if best is None:
        return None
    taken = words[at : at + best.count]
    # «Иск Ахметовой» holds the term already: it is not a near miss over two words.
    holds = any(_is_form(plain(word.text), term) for word in taken for term in glossary.terms)
    return None if holds else best


def _nearest(heard: Sequence[Word], choices: _Choices, options: CorrectionOptions) -> _Match | None:
    """The form of a term that sounds most like what was heard."""
    said = _said(heard)
    if any(map(_is_common, said.split())):
        return None
    # The plain form wins a tie, for it stands first.
    found = process.extractOne(
        sound(said), choices.sounds, scorer=fuzz.ratio, score_cutoff=options.likeness
    )
    if found is None:
        return None
    term = choices.terms[found[2]]
    least = options.likeness_small if _is_small(heard, term) else options.likeness
    too_long = abs(len(said) - len(plain(term))) > len(plain(term)) // 2
    if found[1] < least or too_long or _is_form(said, term):
        return None
    return _Match(found[1], choices.forms[found[2]], len(heard))


def _is_small(heard: Sequence[Word], term: str) -> bool:
    """Whether the words begin small where a name would have a capital."""
    name = term[:1] != term[:1].lower()
    return name and heard[0].text[:1] == heard[0].text[:1].lower()


def _is_common(word: str) -> bool:
    return word in _COMMON or cardinal(word) != word


def _is_form(heard: str, term: str) -> bool:
    """Whether the words are the term in one of its forms, or the namesake of the other sex."""
    if heard in _plain_forms(term):
        return True
    said, words = plain(term).split(), heard.split()
    if len(said) > 1:  # every word of it may take endings: «акционерному обществу»
        alike = (h.startswith(t[: max(4, len(t) - 2)]) for h, t in zip(words, said, strict=False))
        return len(words) == len(said) and all(alike)
    return heard.startswith(said[0])


@lru_cache(maxsize=4096)
def _plain_forms(term: str) -> frozenset[str]:
    return frozenset(plain(form) for form in (*forms(term), *kin(term)))


def _with_capitals(word: Word, glossary: Glossary) -> Word:
    """A term that was heard rightly, in the term's own capitals."""
    before, core, after = _EDGES.match(word.text).groups()  # type: ignore[union-attr]  # matches all
    if not core or core != core.lower():
        return word
    form = _capitals(glossary.terms).get(core)
    return word if form is None else replace(word, text=before + form + after)


@lru_cache(maxsize=16)
def _capitals(terms: tuple[str, ...]) -> dict[str, str]:
    """Forms of the terms of one word that have capitals, by how they look in small letters."""
    every = [form for term in terms if " " not in term for form in forms(term)]
    # The first of the glossary's terms wins.
    return {form.lower(): form for form in reversed(every) if form != form.lower()}


def _said(words: Sequence[Word]) -> str:
    return " ".join(plain(word.text) for word in words)


def _corrected(words: Sequence[Word], text: str) -> Word:
    heard = " ".join(word.text for word in words)
    before, _, after = _EDGES.match(heard).groups()  # type: ignore[union-attr]  # matches all
    return replace(
        words[0],
        text=before + text + after,
        end=words[-1].end,
        confidence=min(word.confidence for word in words),
        doubts=frozenset().union(*(word.doubts for word in words)) | {Doubt.CORRECTED},
        alternatives=(heard, *words[0].alternatives),
    )


_SOUNDS = str.maketrans(
    {
        "ә": "а", "ё": "е", "э": "е", "і": "и", "ы": "и", "й": "и", "ө": "о", "ү": "у", "ұ": "у",
        "ң": "н", "қ": "к", "ғ": "г", "һ": "х", "щ": "ш", "ъ": "", "ь": "", "ж": "ш", "з": "с",
        "б": "п", "в": "ф", "г": "к", "д": "т", "о": "а", " ": "",
    }
)  # fmt: skip


@lru_cache(maxsize=65_536)
def sound(text: str) -> str:
    """Roughly how it sounds: voiced and unvoiced, open and closed letters made one."""
    folded = plain(text).translate(_SOUNDS)
    return re.sub(r"(.)\1+", r"\1", folded)
