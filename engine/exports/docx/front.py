"""What stands before the words: title, the case, participants, the marks explained."""

from __future__ import annotations

from datetime import date

from docx.document import Document
from docx.shared import Cm
from docx.table import Table

from hattama.engine.document.model import State, Transcript
from hattama.engine.exports.docx.page import TEXT_WIDTH_CM
from hattama.engine.exports.docx.runs import MARK, add_paragraph, add_run
from hattama.engine.exports.docx.styles import (
    DOUBT,
    DOUBT_MARK,
    FIELD,
    NOTE,
    REMARK,
    SECTION,
    SMALL,
    TITLE,
)
from hattama.engine.exports.options import ExportOptions
from hattama.engine.exports.passages import doubtful, overlapped, printable
from hattama.engine.exports.people import Person
from hattama.engine.exports.plain import plain
from hattama.engine.exports.texts import TEXTS, ExportLanguage, Texts
from hattama.engine.hearing import Hearing

FIRST_COLUMN_CM = 6.5
"""Width of the names of fields and roles."""


def add_front(
    document: Document,
    transcript: Transcript,
    people: tuple[Person, ...],
    options: ExportOptions,
    hearing: Hearing | None,
) -> None:
    """Title, what the draft is, court and case, participants, marks."""
    language, texts = options.language, TEXTS[options.language]
    title = add_paragraph(document, TITLE)
    add_run(title, texts.title.upper(), language)
    if transcript.state is not State.SIGNED:
        note = texts.draft_note if transcript.state is State.DRAFT else texts.edited_note
        add_run(add_paragraph(document, NOTE), f"{texts.draft}. {note}", language)
    add_table(document, _case(transcript, texts, hearing), language)
    if people:
        add_run(add_paragraph(document, SECTION), texts.participants, language)
        rows = [(person.role or "–", person.name or "–") for person in people]
        add_table(document, rows, language)
    add_run(add_paragraph(document, SECTION), texts.legend, language)
    _legend(document, transcript, options, texts)
    add_run(add_paragraph(document, SECTION), texts.proceedings, language)


def add_table(document: Document, rows: list[tuple[str, str]], language: ExportLanguage) -> Table:
    """Two columns without borders: name of a field, its value."""
    table: Table = document.add_table(rows=0, cols=2)
    table.autofit = False
    widths = (Cm(FIRST_COLUMN_CM), Cm(TEXT_WIDTH_CM - FIRST_COLUMN_CM))
    for row in rows:
        cells = table.add_row().cells  # type: ignore[no-untyped-call]  # python-docx types a part of itself
        for cell, text, width in zip(cells, row, widths, strict=True):
            cell.width = width
            cell.paragraphs[0].style = document.styles[FIELD]
            add_run(cell.paragraphs[0], text, language)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    return table


def written_date(day: date, texts: Texts) -> str:
    """The date in words, as records write it."""
    month = texts.months[day.month - 1]
    return texts.day_format.format(day=day.day, month=month, year=day.year)


def _case(transcript: Transcript, texts: Texts, hearing: Hearing | None) -> list[tuple[str, str]]:
    recording = (texts.recording, plain(transcript.media.name))
    if hearing is None:
        return [recording]
    fields = (
        (texts.court, plain(hearing.court)),
        (texts.case, plain(hearing.case)),
        (texts.day, written_date(hearing.date, texts) if hearing.date else ""),
        (texts.place, plain(hearing.place)),
        recording,
    )
    return [(name, value) for name, value in fields if value]


def _legend(
    document: Document, transcript: Transcript, options: ExportOptions, texts: Texts
) -> None:
    """Each mark that occurs, shown as it looks in the text."""
    language = options.language
    timecode = options.times != "media"
    source = transcript.media.clock.timecode_source
    told = texts.sources.get(source, plain(source))
    line = texts.legend_time.format(source=told) if timecode else texts.media_times
    add_run(add_paragraph(document, SMALL), line, language)
    if options.doubts and any(doubtful(word) for word in transcript.words):
        paragraph = add_paragraph(document, SMALL)
        add_run(paragraph, texts.doubt_example, language, DOUBT)
        add_run(paragraph, MARK, language, DOUBT_MARK)
        add_run(paragraph, f" – {texts.legend_doubt}", language)
    if options.written:
        add_run(add_paragraph(document, SMALL), texts.legend_written, language)
    remarks = (
        (texts.unintelligible, texts.legend_unintelligible,
         any(not printable(segment) for segment in transcript.segments)),
        (texts.overlap, texts.legend_overlap, any(map(overlapped, transcript.segments))),
    )  # fmt: skip
    for mark, meaning, occurs in remarks:
        if occurs:
            paragraph = add_paragraph(document, SMALL)
            add_run(paragraph, f"({mark})", language, REMARK)
            add_run(paragraph, f" – {meaning}", language)
