"""Glossary of a case: names and terms that the recogniser is told and near misses corrected by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from rapidfuzz import fuzz

from hattama.engine.document.model import Doubt, Word
from hattama.engine.errors import BadInputError
from hattama.engine.recognisers.faults import plain

MAX_TERM_WORDS = 4


class GlossaryError(BadInputError):
    """A glossary that cannot be used."""


@dataclass(frozen=True, slots=True)
class Glossary:
    """Names and terms of one case."""

    terms: tuple[str, ...] = ()
    """As they are to be written."""

    @property
    def prompt(self) -> str:
        """What the recogniser is told."""
        return ", ".join(self.terms) + "." if self.terms else ""


@dataclass(frozen=True, slots=True)
class CorrectionOptions:
    """When a word counts as a near miss of a term."""

    likeness: float = 78.0
    """Similarity of the sounds, 0 to 100, from which on the term is meant."""
    min_letters: int = 5
    """Shorter terms are not corrected to: too much sounds like them."""
    sure: float = 0.9
    """A word of at least this confidence is left alone, 0 to 1."""


def load(path: Path) -> Glossary:
    """Read a glossary: one name or term a line, UTF-8; `#` begins a comment.

    Raises
    ------
    GlossaryError
        The file is missing, no UTF-8, or a line is no term.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise GlossaryError(
            "{path}: no such glossary; give a text file with one name or term a line.", path=path
        ) from error
    except UnicodeDecodeError as error:
        raise GlossaryError(
            "{path} is not UTF-8 text; save the glossary as UTF-8.", path=path
        ) from error
    except OSError as error:
        raise GlossaryError(
            "{path} cannot be read ({reason}); check the path and its permissions.",
            path=path,
            reason=error.strerror,
        ) from error
    return Glossary(tuple(dict.fromkeys(_terms(text, path))))


def correct(
    words: Sequence[Word], glossary: Glossary, options: CorrectionOptions | None = None
) -> tuple[Word, ...]:
    """Write near misses of the terms as the terms, marked, with what was heard kept.

    A word that is a term already, in any of its endings, is left as it is. One term may take the
    place of several words («Ахмет ова»); the first of them carries it.

    Returns
    -------
    tuple
        Words with `Doubt.CORRECTED` where a term took a place; `alternatives` begins with what
        was heard.
    """
    chosen = options or CorrectionOptions()
    corrected: list[Word] = []
    at = 0
    while at < len(words):
        found = _match(words, at, glossary, chosen)
        if found is None:
            corrected.append(words[at])
            at += 1
            continue
        term, count = found
        corrected.append(_corrected(words[at : at + count], term))
        at += count
    return tuple(corrected)


def _terms(text: str, path: Path) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        term = line.split("#", 1)[0].strip()
        if not term:
            continue
        if len(term.split()) > MAX_TERM_WORDS or not plain(term):
            raise GlossaryError(
                "{path}, line {line}: {given} is no term; give one name or term of at most "
                "{most} words a line.",
                path=path,
                line=number,
                given=term,
                most=MAX_TERM_WORDS,
            )
        yield term


def _match(
    words: Sequence[Word], at: int, glossary: Glossary, options: CorrectionOptions
) -> tuple[str, int] | None:
    best: tuple[float, str, int] | None = None
    for term in glossary.terms:
        size = len(term.split())
        for count in {size, size + 1}:
            heard = words[at : at + count]
            if len(heard) < count or all(word.confidence >= options.sure for word in heard):
                continue
            score = _likeness(" ".join(plain(word.text) for word in heard), term, options)
            if score >= options.likeness and (best is None or score > best[0]):
                best = (score, term, count)
    if best is None or _is_term(words[at : at + best[2]], best[1]):
        return None
    return best[1], best[2]


def _likeness(heard: str, term: str, options: CorrectionOptions) -> float:
    said = plain(term)
    if len(said) < options.min_letters or abs(len(heard) - len(said)) > len(said) // 2:
        return 0.0
    return fuzz.ratio(sound(heard), sound(said))


def _is_term(words: Sequence[Word], term: str) -> bool:
    """Whether the words are the term, or the term with another ending («Ахметовой»)."""
    heard, said = plain(" ".join(word.text for word in words)), plain(term)
    stem = said[: max(4, len(said) - 2)]
    return heard == said or heard.startswith(stem)


def _corrected(words: Sequence[Word], term: str) -> Word:
    heard = " ".join(word.text for word in words)
    trailing = re.search(r"[^\w]*$", heard)
    return replace(
        words[0],
        text=term + (trailing.group() if trailing else ""),
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


@lru_cache(maxsize=4096)
def sound(text: str) -> str:
    """Roughly how it sounds: voiced and unvoiced, open and closed letters made one."""
    folded = plain(text).translate(_SOUNDS)
    return re.sub(r"(.)\1+", r"\1", folded)
