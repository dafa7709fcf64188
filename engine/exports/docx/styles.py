"""Styles of the document: a clerk changes one and the whole record follows."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_UNDERLINE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import BaseStyle

from hattama.engine.exports.texts import ExportLanguage

FONT = "Times New Roman"
"""In every office; Liberation Serif takes its place elsewhere. Both have the Kazakh letters."""
MARGIN_CM = 2.6
"""Width of the column on the left in which the timecode stands."""
GREY = RGBColor(0x4D, 0x4D, 0x4D)
"""8.4 to 1 on white: still readable for weak eyes and on a weak printer."""

TITLE = "Hattama Title"
NOTE = "Hattama Note"
FIELD = "Hattama Field"
SPEAKER = "Hattama Speaker"
PASSAGE = "Hattama Passage"
GAP = "Hattama Gap"
SECTION = "Hattama Section"
SMALL = "Hattama Small"
TIMECODE = "Hattama Timecode"
DOUBT = "Hattama Doubt"
DOUBT_MARK = "Hattama Doubt Mark"
REMARK = "Hattama Remark"

LOCALES: dict[ExportLanguage, str] = {"kk": "kk-KZ", "ru": "ru-RU", "en": "en-GB"}
"""Language tags that spell checkers know."""


def add_styles(document: Document, language: ExportLanguage) -> None:
    """Define every style that the record uses."""
    _base(document, language)
    _paragraph(document, TITLE, size=14, bold=True, before=6, after=4,
               align=WD_ALIGN_PARAGRAPH.CENTER)  # fmt: skip
    _paragraph(document, NOTE, size=10.5, italic=True, after=8, align=WD_ALIGN_PARAGRAPH.CENTER)
    _paragraph(document, FIELD, size=12, after=2)
    _paragraph(document, SECTION, size=12, bold=True, before=14, after=4, keep=True)
    _paragraph(document, SMALL, size=9.5, after=2)
    _paragraph(document, GAP, size=11, italic=True, before=8, after=4,
               align=WD_ALIGN_PARAGRAPH.CENTER)  # fmt: skip
    speaker = _paragraph(document, SPEAKER, size=12, bold=True, before=9, after=1, keep=True)
    speaker.paragraph_format.left_indent = Cm(MARGIN_CM)
    passage = _paragraph(document, PASSAGE, size=12, after=3)
    passage.paragraph_format.left_indent = Cm(MARGIN_CM)
    passage.paragraph_format.first_line_indent = Cm(-MARGIN_CM)
    passage.paragraph_format.tab_stops.add_tab_stop(Cm(MARGIN_CM))
    _character_styles(document)


def set_language(element: Any, language: ExportLanguage) -> None:
    """Tell spell checkers the language of a run, or of a style, by its `w:rPr`."""
    lang = element.find(qn("w:lang"))
    if lang is None:
        lang = OxmlElement("w:lang")
        element.append(lang)
    lang.set(qn("w:val"), LOCALES[language])


def set_fonts(properties: Any) -> None:
    """The document's font for every script, over what the theme says."""
    fonts = properties.get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), FONT)


def _base(document: Document, language: ExportLanguage) -> None:
    normal = document.styles["Normal"]
    set_fonts(normal.element.get_or_add_rPr())
    set_language(normal.element.get_or_add_rPr(), language)
    normal.font.size = Pt(12)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if defaults is not None:
        set_language(defaults, language)
        set_fonts(defaults)


def _paragraph(
    document: Document,
    name: str,
    *,
    size: float,
    bold: bool = False,
    italic: bool = False,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
    align: WD_ALIGN_PARAGRAPH | None = None,
) -> Any:
    """A paragraph style; sizes and distances in points."""
    style = _new(document, name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.font.size = Pt(size)
    style.font.bold, style.font.italic = bold, italic
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.keep_with_next, layout.alignment = keep, align
    layout.widow_control = True
    return style


def _character_styles(document: Document) -> None:
    timecode = _new(document, TIMECODE, WD_STYLE_TYPE.CHARACTER)
    timecode.font.size, timecode.font.color.rgb = Pt(9.5), GREY
    doubt = _new(document, DOUBT, WD_STYLE_TYPE.CHARACTER)
    doubt.font.underline = WD_UNDERLINE.DOTTED
    mark = _new(document, DOUBT_MARK, WD_STYLE_TYPE.CHARACTER)
    mark.font.superscript, mark.font.bold = True, True
    remark = _new(document, REMARK, WD_STYLE_TYPE.CHARACTER)
    remark.font.italic = True


def _new(document: Document, name: str, kind: WD_STYLE_TYPE) -> Any:
    style: BaseStyle = document.styles.add_style(name, kind)
    style.quick_style = True
    return style
