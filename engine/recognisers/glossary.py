"""Glossary of a case: names and terms that the recogniser is told and near misses corrected by."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hattama.engine.document.strict import decode
from hattama.engine.errors import BadInputError
from hattama.engine.hearing import Hearing
from hattama.engine.recognisers.faults import plain

MAX_TERM_WORDS = 4
LEAST_NAME = 3
"""Letters of the shortest part of a participant's name; initials are none."""


class GlossaryError(BadInputError):
    """A glossary that cannot be used."""


@dataclass(frozen=True, slots=True)
class Glossary:
    """Names and terms of one case."""

    terms: tuple[str, ...] = ()
    """As they are to be written, the most important first."""
    heard: tuple[tuple[str, str], ...] = ()
    """What a recogniser is known to hear in place of a term, and the term."""

    @property
    def prompt(self) -> str:
        """What the recogniser is told."""
        return told(self.terms)


@dataclass(frozen=True, slots=True)
class _File:
    """A glossary in TOML."""

    terms: tuple[str, ...] = ()
    heard: dict[str, object] = field(default_factory=dict)


def told(terms: tuple[str, ...]) -> str:
    """Terms as a recogniser is told them."""
    return ", ".join(terms) + "." if terms else ""


def load(path: Path) -> Glossary:
    """Read a glossary.

    A text file holds one name or term a line; `#` begins a comment. A `.toml` file holds
    `terms = ["Ахметова", …]` and, where a recogniser is known to mishear one, a table `[heard]`
    with `"Ахметова" = ["Охмитова"]`. Both are UTF-8.

    Raises
    ------
    GlossaryError
        The file is missing, no UTF-8, no TOML, or something in it is no term.
    hattama.engine.document.strict.ShapeError
        Unknown key or wrong value in the TOML.
    """
    text = _text(path)
    if path.suffix.lower() == ".toml":
        return _of_toml(text, path)
    return Glossary(tuple(dict.fromkeys(_lines(text, path))))


def of_hearing(hearing: Hearing) -> Glossary:
    """Names of the participants, but for those who are protected; initials are left out."""
    names = [person.name for person in hearing.people if not person.protected]
    parts = (part.strip(".,") for name in names for part in name.split())
    kept = (part for part in parts if len(plain(part)) >= LEAST_NAME and "." not in part)
    return Glossary(tuple(dict.fromkeys(kept)))


def joined(first: Glossary, second: Glossary) -> Glossary:
    """Both glossaries, the terms of the first before those of the second."""
    terms = tuple(dict.fromkeys((*first.terms, *second.terms)))
    return Glossary(terms, (*first.heard, *second.heard))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
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


def _of_toml(text: str, path: Path) -> Glossary:
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GlossaryError(
            '{path} is not valid TOML ({reason}); write terms = ["…"], or a text file with one '
            "name or term a line.",
            path=path,
            reason=error,
        ) from error
    file = decode(_File, value, path.name)
    pairs = [
        (heard, term) for term, every in file.heard.items() for heard in _listed(every, term, path)
    ]
    for text_ in (*file.terms, *file.heard, *(heard for heard, _ in pairs)):
        _check(text_, path, "terms")
    return Glossary(tuple(dict.fromkeys((*file.terms, *file.heard))), tuple(pairs))


def _listed(value: object, term: str, path: Path) -> list[str]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise GlossaryError(
        '{path}: what is heard in place of {term} is a list of texts: "{term}" = ["…"].',
        path=path,
        term=term,
    )


def _lines(text: str, path: Path) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        term = line.split("#", 1)[0].strip()
        if term:
            _check(term, path, number)
            yield term


def _check(term: str, path: Path, line: object) -> None:
    if len(term.split()) > MAX_TERM_WORDS or not plain(term):
        raise GlossaryError(
            "{path}, line {line}: {given} is no term; give one name or term of at most "
            "{most} words a line.",
            path=path,
            line=line,
            given=term,
            most=MAX_TERM_WORDS,
        )
