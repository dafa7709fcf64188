"""The record as DOCX: title block, passages with timecode in the margin, provenance."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

from docx import Document as open_document  # noqa: N813  it is a function
from docx.document import Document

from hattama.engine.document.model import Gap, State, Transcript
from hattama.engine.exports.docx.back import add_provenance, add_signatures
from hattama.engine.exports.docx.front import add_front
from hattama.engine.exports.docx.page import add_footer, add_header, set_page
from hattama.engine.exports.docx.runs import add_paragraph, add_run, add_words
from hattama.engine.exports.docx.styles import (
    GAP,
    LOCALES,
    PASSAGE,
    REMARK,
    SPEAKER,
    TIMECODE,
    add_styles,
)
from hattama.engine.exports.labels import speaker_labels
from hattama.engine.exports.options import ExportOptions
from hattama.engine.exports.passages import Passage, passages
from hattama.engine.exports.people import list_people
from hattama.engine.exports.plain import plain
from hattama.engine.exports.texts import TEXTS
from hattama.engine.exports.times import reader
from hattama.engine.hearing import Hearing

_EPOCH = (1980, 1, 1, 0, 0, 0)


def to_docx(transcript: Transcript, options: ExportOptions, hearing: Hearing | None) -> bytes:
    """DOCX for Word and LibreOffice; the same record gives the same bytes."""
    language, texts = options.language, TEXTS[options.language]
    document = open_document()
    add_styles(document, language)
    set_page(document)
    draft = "" if transcript.state is State.SIGNED else texts.draft
    case = f"{texts.case}: {plain(hearing.case)}" if hearing and hearing.case else ""
    add_header(document, case or plain(transcript.media.name), draft, language)
    add_footer(document, draft, texts.page, language)
    people = list_people(transcript, language, hearing)
    add_front(document, transcript, people, options, hearing)
    _add_passages(document, transcript, options, hearing)
    add_signatures(document, people, hearing, language)
    add_provenance(document, transcript, language)
    _set_properties(document, transcript, options)
    return saved(document)


def _add_passages(
    document: Document, transcript: Transcript, options: ExportOptions, hearing: Hearing | None
) -> None:
    labels = speaker_labels(transcript, options.language, hearing.kind if hearing else None)
    time = reader(transcript.media.clock, timecode=options.times != "media")
    gap = TEXTS[options.language].gap
    for item in passages(transcript):
        if isinstance(item, Gap):
            text = gap.format(start=time(item.start), end=time(item.end))
            add_run(add_paragraph(document, GAP), f"— {text} —", options.language)
            continue
        if item.new_speaker:
            label = labels[item.speaker]
            heading = add_paragraph(document, SPEAKER)
            add_run(heading, f"{label.full}:", options.language)
        _add_passage(document, item, time, options)


def _add_passage(
    document: Document, passage: Passage, time: Callable[[float], str], options: ExportOptions
) -> None:
    language, texts = options.language, TEXTS[options.language]
    paragraph = add_paragraph(document, PASSAGE)
    add_run(paragraph, f"{time(passage.start)}\t", language, TIMECODE)
    for index, part in enumerate(passage.parts):
        if index:
            add_run(paragraph, " ", language)
        if part.overlap:
            add_run(paragraph, f"({texts.overlap}) ", language, REMARK)
        if part.words:
            add_words(paragraph, part.words, language, mark=options.doubts)
        else:
            add_run(paragraph, f"({texts.unintelligible})", language, REMARK)


def _set_properties(document: Document, transcript: Transcript, options: ExportOptions) -> None:
    properties = document.core_properties
    properties.title = TEXTS[options.language].title
    properties.language = LOCALES[options.language]
    properties.author = plain(transcript.provenance.program)
    properties.last_modified_by = properties.comments = properties.keywords = ""
    created = _time(transcript.provenance.created)
    properties.created = properties.modified = created


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return datetime(*_EPOCH, tzinfo=UTC).replace(tzinfo=None)
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


def saved(document: Document) -> bytes:
    """The document's bytes, without the time of day that a ZIP archive keeps for every part."""
    dated, fixed = io.BytesIO(), io.BytesIO()
    document.save(dated)
    with zipfile.ZipFile(dated) as source, zipfile.ZipFile(fixed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return fixed.getvalue()
