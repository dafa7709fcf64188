"""Runs: words with their language, doubts visible without colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from docx.document import Document
from docx.text.paragraph import Paragraph

from hattama.engine.document.model import Word
from hattama.engine.exports.docx.styles import DOUBT, DOUBT_MARK, set_language
from hattama.engine.exports.passages import doubtful
from hattama.engine.exports.texts import ExportLanguage

MARK = "?"
"""Stands raised after a doubtful word, whose underline is dotted."""
PUNCTUATION = ".,;:!?…»)–—"


def add_paragraph(document: Document, style: str) -> Paragraph:
    """Add an empty paragraph of one style.

    The style is set by its id: python-docx looks a name up among all styles, which for the runs
    of a long hearing takes minutes.
    """
    paragraph = document.add_paragraph()
    paragraph._p.style = style_id(style)  # noqa: SLF001  python-docx has no API for ids
    return paragraph


def style_id(name: str) -> str:
    """Id that python-docx gives a style of this name."""
    return name.replace(" ", "")


def add_run(
    paragraph: Paragraph, text: str, language: ExportLanguage, style: str | None = None
) -> Any:
    """Add text in one language and, where given, one character style."""
    run = paragraph.add_run(text)
    if style:
        run._r.style = style_id(style)  # noqa: SLF001  as in `add_paragraph`
    set_language(run._r.get_or_add_rPr(), language)  # noqa: SLF001  python-docx has no API for w:lang
    return run


def add_words(
    paragraph: Paragraph, words: Sequence[Word], language: ExportLanguage, *, mark: bool
) -> None:
    """Add words, one run for those that follow each other in one language without a doubt."""
    for (tongue, doubted), group in groupby(
        _pieces(words, language, mark=mark), key=lambda piece: piece[1:]
    ):
        for text in ["".join(piece[0] for piece in group)] if not doubted else _texts(group):
            add_run(paragraph, text, tongue, DOUBT if doubted else None)
            if doubted:
                add_run(paragraph, MARK, language, DOUBT_MARK)


Piece = tuple[str, ExportLanguage, bool]
"""Text, its language, whether it is doubtful."""


def _texts(pieces: Iterator[Piece]) -> list[str]:
    return [piece[0] for piece in pieces]


def _pieces(words: Sequence[Word], language: ExportLanguage, *, mark: bool) -> Iterator[Piece]:
    """Words and the spaces between them; the punctuation after a doubtful word is not doubted."""
    for index, word in enumerate(words):
        tongue = word.language or language
        if index:
            yield " ", tongue, False
        stem = word.text.rstrip(PUNCTUATION)
        if mark and doubtful(word) and stem:
            yield stem, tongue, True
            if stem != word.text:
                yield word.text[len(stem) :], tongue, False
        else:
            yield word.text, tongue, False
