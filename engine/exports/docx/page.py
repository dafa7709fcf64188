"""The page: A4, header with the case, footer with the page number, the draft's mark on each."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement, parse_xml
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from hattama.engine.exports.docx.runs import add_run
from hattama.engine.exports.docx.styles import FONT
from hattama.engine.exports.texts import ExportLanguage

TEXT_WIDTH_CM = 21.0 - 2.5 - 1.5
"""A4 less the margins: room for the file's holes on the left."""
LETTER_WIDTH_PT = 54
"""Width of a letter of the watermark."""

_WATERMARK = """
<w:pict xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
 xmlns:w10="urn:schemas-microsoft-com:office:word">
 <v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
  path="m@7,l@8,m@5,21600l@6,21600e">
  <v:formulas>
   <v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/>
   <v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>
   <v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/>
  </v:formulas>
  <v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/>
  <o:lock v:ext="edit" text="t" shapetype="t"/>
 </v:shapetype>
 <v:shape id="HattamaDraft" o:spid="_x0000_s2049" type="#_x0000_t136" stroked="f"
  fillcolor="#d0d0d0" style="position:absolute;margin-left:0;margin-top:0;width:{width}pt;
height:110pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;
mso-position-horizontal-relative:margin;mso-position-vertical:center;
mso-position-vertical-relative:margin">
  <v:fill opacity=".45"/>
  <v:textpath style="font-family:&quot;{font}&quot;;font-size:1pt;font-weight:bold"
   string="{text}"/>
  <w10:wrap anchorx="margin" anchory="margin"/>
 </v:shape>
</w:pict>
"""


def set_page(document: Document) -> None:
    """A4 upright with the margins that records are filed with."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.5), Cm(1.5)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.0)
    section.header_distance, section.footer_distance = Cm(1.0), Cm(0.9)


def add_header(document: Document, left: str, draft: str, language: ExportLanguage) -> None:
    """Case on the left, the draft's mark on the right and across the page; `draft` may be empty."""
    paragraph = document.sections[0].header.paragraphs[0]
    paragraph.style = document.styles["Normal"]
    _line(paragraph, "bottom")
    add_run(paragraph, left, language).font.size = Pt(9.5)
    if draft:
        mark = add_run(paragraph, f"\t{draft}", language)
        mark.font.size, mark.font.bold = Pt(11), True
        run = paragraph.add_run()
        run._r.append(_watermark(draft))  # noqa: SLF001  VML has no API


def add_footer(document: Document, draft: str, page: str, language: ExportLanguage) -> None:
    """The draft's mark on the left, page number and number of pages on the right."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles["Normal"]
    _line(paragraph, "top")
    mark = add_run(paragraph, f"{draft}\t{page} ", language)
    mark.font.size = Pt(9.5)
    _field(paragraph, "PAGE", language)
    add_run(paragraph, " / ", language).font.size = Pt(9.5)
    _field(paragraph, "NUMPAGES", language)


def _line(paragraph: Paragraph, side: str) -> None:
    """A thin rule and a tab stop at the right edge."""
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Cm(TEXT_WIDTH_CM), WD_TAB_ALIGNMENT.RIGHT)
    borders = OxmlElement("w:pBdr")
    border = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "4"), ("color", "808080")):
        border.set(qn(f"w:{name}"), value)
    borders.append(border)
    properties: Any = paragraph._p.get_or_add_pPr()  # noqa: SLF001  borders have no API
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _watermark(text: str) -> Any:
    """The text in grey across the page, as wide as its letters want."""
    width = LETTER_WIDTH_PT * len(text)
    return parse_xml(_WATERMARK.format(font=FONT, text=text, width=width))


def _field(paragraph: Paragraph, code: str, language: ExportLanguage) -> None:
    """A number that Word and LibreOffice count; each part in a run of its own, as they do."""
    instruction, shown = OxmlElement("w:instrText"), OxmlElement("w:t")
    instruction.text, shown.text = code, "1"
    parts = (_mark("begin"), instruction, _mark("separate"), shown, _mark("end"))
    for part in parts:
        run = add_run(paragraph, "", language)
        run.font.size = Pt(9.5)
        run._r.append(part)  # noqa: SLF001  fields have no API


def _mark(kind: str) -> Any:
    part = OxmlElement("w:fldChar")
    part.set(qn("w:fldCharType"), kind)
    return part
