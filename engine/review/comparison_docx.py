"""The comparison as DOCX: struck out and doubly underlined, so that a black printer tells them."""

from __future__ import annotations

from docx import Document as open_document  # noqa: N813  it is a function
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_UNDERLINE
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph

from hattama.engine.exports.docx.document import saved
from hattama.engine.exports.docx.page import add_footer, add_header, set_page
from hattama.engine.exports.docx.runs import add_paragraph, add_run
from hattama.engine.exports.docx.styles import (
    NOTE,
    PASSAGE,
    REMARK,
    SMALL,
    SPEAKER,
    TIMECODE,
    TITLE,
    add_styles,
)
from hattama.engine.exports.texts import TEXTS, ExportLanguage
from hattama.engine.review.comparison_turns import Change, Comparison

DELETED = "Hattama Deleted"
INSERTED = "Hattama Inserted"
_RED = RGBColor(0x8F, 0x1D, 0x14)
_GREEN = RGBColor(0x13, 0x5A, 0x2B)
_LEGEND: dict[ExportLanguage, tuple[str, str, str]] = {
    "kk": ("өшірілген", "қосылған", "сөйлеуші өзгерген"),
    "ru": ("удалено", "добавлено", "сменён говорящий"),
    "en": ("deleted", "added", "another speaker"),
}


def to_docx(found: Comparison, language: ExportLanguage) -> bytes:
    """DOCX for Word and LibreOffice; the same comparison gives the same bytes."""
    document = open_document()
    add_styles(document, language)
    _add_marks(document)
    set_page(document)
    add_header(document, found.media, "", language)
    add_footer(document, "", TEXTS[language].page, language)
    add_run(add_paragraph(document, TITLE), found.title, language)
    add_run(add_paragraph(document, NOTE), found.warning, language)
    for line in (found.counts, f"{found.media} · SHA-256 {found.sha256}"):
        add_run(add_paragraph(document, SMALL), line, language)
    _add_legend(document, language)
    speaker = None
    for turn in found.turns:
        if turn.speaker != speaker:
            speaker = turn.speaker
            add_run(add_paragraph(document, SPEAKER), f"{speaker}:", language)
        paragraph = add_paragraph(document, PASSAGE)
        add_run(paragraph, f"{turn.time}\t", language, TIMECODE)
        for number, change in enumerate(turn.changes):
            add_run(paragraph, " " if number else "", language)
            _add_change(paragraph, change, language)
    _set_properties(document, found)
    return saved(document)


def _add_marks(document: Document) -> None:
    deleted = document.styles.add_style(DELETED, WD_STYLE_TYPE.CHARACTER)
    deleted.font.strike, deleted.font.color.rgb = True, _RED
    inserted = document.styles.add_style(INSERTED, WD_STYLE_TYPE.CHARACTER)
    inserted.font.underline, inserted.font.color.rgb = WD_UNDERLINE.DOUBLE, _GREEN


def _add_legend(document: Document, language: ExportLanguage) -> None:
    deleted, inserted, moved = _LEGEND[language]
    paragraph = add_paragraph(document, SMALL)
    styled = ((deleted, DELETED), (inserted, INSERTED), (f"‹… → …› {moved}", REMARK))
    for number, (text, style) in enumerate(styled):
        add_run(paragraph, "   " if number else "", language)
        add_run(paragraph, text, language, style)


def _add_change(paragraph: Paragraph, change: Change, language: ExportLanguage) -> None:
    if change.kind == "same":
        add_run(paragraph, change.after, language)
        return
    if change.kind == "speaker":
        was, now = change.speakers
        add_run(paragraph, f"‹{was} → {now}› ", language, REMARK)
        add_run(paragraph, change.after, language)
        return
    add_run(paragraph, change.before, language, DELETED)
    if change.before and change.after:
        add_run(paragraph, " ", language)
    add_run(paragraph, change.after, language, INSERTED)


def _set_properties(document: Document, found: Comparison) -> None:
    properties = document.core_properties
    properties.title = found.title
    properties.author = properties.last_modified_by = properties.comments = ""
