"""What stands after the words: lines to sign on, and how the draft came to be."""

from __future__ import annotations

from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.shared import Cm, Pt

from hattama.engine.document.model import Transcript
from hattama.engine.exports.docx.runs import add_paragraph, add_run
from hattama.engine.exports.docx.styles import FIELD, SECTION, SMALL
from hattama.engine.exports.labels import capitalised
from hattama.engine.exports.people import Person
from hattama.engine.exports.plain import plain
from hattama.engine.exports.texts import TEXTS, ExportLanguage
from hattama.engine.exports.times import media_time
from hattama.engine.hearing import Hearing
from hattama.engine.roles import role_name

SIGNATURE_CM = (7.5, 12.0)
"""Where the line to sign on begins and ends."""


def add_signatures(
    document: Document,
    people: tuple[Person, ...],
    hearing: Hearing | None,
    language: ExportLanguage,
) -> None:
    """A line for whoever presides and one for the secretary."""
    kind = hearing.kind if hearing else None
    for number, key in enumerate(("judge", "secretary")):
        role = capitalised(role_name(key, language, kind))
        names = [person.name for person in people if person.role == role]
        paragraph = add_paragraph(document, FIELD)
        paragraph.paragraph_format.space_before = Pt(10 if number else 24)
        paragraph.paragraph_format.keep_together = True
        paragraph.paragraph_format.keep_with_next = number == 0
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(Cm(SIGNATURE_CM[0]))
        stops.add_tab_stop(Cm(SIGNATURE_CM[1]), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES)
        add_run(paragraph, f"{role}\t\t {names[0] if len(names) == 1 else ''}", language)


def add_provenance(document: Document, transcript: Transcript, language: ExportLanguage) -> None:
    """The recording, the program and the models, each with its digest."""
    texts, origin, media = TEXTS[language], transcript.provenance, transcript.media
    add_run(add_paragraph(document, SECTION), texts.provenance, language)
    lines = [
        (
            f"{texts.file}: {plain(media.name)}; {texts.length}: {media_time(media.duration)};"
            f" {texts.digest}: {plain(media.sha256)}"
        ),
        f"{texts.program}: {plain(origin.program)}; {texts.created}: {plain(origin.created)}",
        *(
            f"{texts.model}: {plain(model.name)} ({plain(model.task)});"
            f" {texts.digest}: {plain(model.sha256)}"
            for model in origin.models
        ),
    ]
    for line in lines:
        add_run(add_paragraph(document, SMALL), line, language)
