"""The Word document, read back by python-docx."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import docx
import pytest
from docx.oxml.ns import qn

from hattama.engine.document.model import Segment, State, Transcript
from hattama.engine.exports import ExportOptions, export
from hattama.engine.hearing import Hearing, Participant


def _open(content: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(content))


@pytest.fixture(scope="module")
def russian(record: Transcript, hearing: Hearing) -> docx.document.Document:
    return _open(export(record, "docx", ExportOptions(language="ru"), hearing))


@pytest.fixture(scope="module")
def kazakh(record: Transcript, hearing: Hearing) -> docx.document.Document:
    return _open(export(record, "docx", ExportOptions(language="kk"), hearing))


def _styled(document: docx.document.Document, style: str) -> list[str]:
    return [p.text for p in document.paragraphs if p.style.name == f"Hattama {style}"]


def test_the_title_block_names_the_court_the_case_and_everybody(
    russian: docx.document.Document, kazakh: docx.document.Document
) -> None:
    case, people = ([[c.text for c in row.cells] for row in t.rows] for t in russian.tables)
    assert ["Номер дела", "7514-26-00-2/0000"] in case
    assert ["Дата", "5 марта 2026 года"] in case
    assert people == [
        ["Председательствующий", "Сейтқали А. Б."],
        ["Секретарь судебного заседания", "Омарова Д. К."],
        ["Истец", "Ахметова Г. С."],
        ["Представитель ответчика", "Ли В. П."],
        ["Переводчик", "Қасымов Е. Т."],
    ]
    case, people = ([[c.text for c in row.cells] for row in t.rows] for t in kazakh.tables)
    assert ["Күні", "2026 жылғы 5 наурыз"] in case
    assert people[3] == ["Жауапкердің өкілі", "Ли В. П."]


def test_each_passage_begins_with_its_timecode_in_the_margin(
    russian: docx.document.Document, record: Transcript
) -> None:
    passages = _styled(russian, "Passage")
    assert len(passages) == len(record.segments)
    assert passages[0] == "10:02:16:15\tСудебное заседание объявляется открытым."
    layout = russian.styles["Hattama Passage"].paragraph_format
    assert layout.first_line_indent == -layout.left_indent
    assert layout.tab_stops[0].position == layout.left_indent


def test_speaker_and_role_stand_in_bold_at_each_change_of_turn(
    russian: docx.document.Document, kazakh: docx.document.Document
) -> None:
    speakers = _styled(russian, "Speaker")
    assert speakers[:2] == [
        "Сейтқали А. Б., председательствующий:",
        "Омарова Д. К., секретарь судебного заседания:",
    ]
    assert len(speakers) == 15
    assert russian.styles["Hattama Speaker"].font.bold
    assert russian.styles["Hattama Speaker"].paragraph_format.keep_with_next
    assert _styled(kazakh, "Speaker")[2] == "Сейтқали А. Б., төрағалық етуші:"


def test_a_doubtful_word_is_underlined_and_marked_not_coloured(
    russian: docx.document.Document,
) -> None:
    doubted = [
        (run.text, following.text)
        for p in russian.paragraphs
        for run, following in zip(p.runs, p.runs[1:], strict=False)
        if run.style.name == "Hattama Doubt"
    ]
    assert doubted == [("слово", "?"), ("Ахметовой", "?")]  # the legend's, then the record's
    assert russian.styles["Hattama Doubt"].font.color.rgb is None
    assert russian.styles["Hattama Doubt Mark"].font.superscript
    assert "слово? – сомнительное слово, сверьте с записью" in _styled(russian, "Small")


def test_what_was_not_understood_and_what_is_missing_is_said(
    russian: docx.document.Document, kazakh: docx.document.Document
) -> None:
    assert "10:03:35:01\t(неразборчиво)" in _styled(russian, "Passage")
    assert "10:03:35:01\t(анық емес)" in _styled(kazakh, "Passage")
    assert any("\t(говорят одновременно) Возражаю" in text for text in _styled(russian, "Passage"))
    assert _styled(russian, "Gap") == ["— Запись прервана с 10:03:46:12 по 10:03:47:00 —"]


@pytest.mark.parametrize(("language", "mark"), [("ru", "ЧЕРНОВИК"), ("kk", "ЖОБА")])
def test_every_page_of_a_draft_is_marked_and_none_of_a_signed_record(
    record: Transcript, hearing: Hearing, language: str, mark: str
) -> None:
    for state in State:
        document = _open(
            export(replace(record, state=state), "docx", ExportOptions(language=language), hearing)
        )
        assert not document.sections[0].different_first_page_header_footer
        header, footer = document.sections[0].header, document.sections[0].footer
        watermarks = header._element.xpath(".//*[local-name()='textpath']/@string")
        marked = state is not State.SIGNED
        assert (mark in header.paragraphs[0].text) == marked
        assert (mark in footer.paragraphs[0].text) == marked
        assert watermarks == ([mark] if marked else [])
        assert "7514-26-00-2/0000" in header.paragraphs[0].text
        fields = footer._element.xpath(".//w:instrText/text()")
        assert fields == ["PAGE", "NUMPAGES"]


def test_every_run_tells_the_spell_checker_its_language(russian: docx.document.Document) -> None:
    @cache
    def language(text: str) -> str:
        runs = [run for p in russian.paragraphs for run in p.runs if text in run.text]
        assert len(runs) == 1
        return runs[0]._r.rPr.find(qn("w:lang")).get(qn("w:val"))

    assert language("Үзіліс жарияланады.") == "kk-KZ"
    assert language("Прошу не перебивать.") == "ru-RU"
    for paragraph in russian.paragraphs:
        for run in paragraph.runs:
            assert run._r.rPr.find(qn("w:lang")) is not None


def test_the_end_says_where_the_draft_comes_from(
    russian: docx.document.Document, record: Transcript
) -> None:
    small = "\n".join(_styled(russian, "Small"))
    assert record.media.sha256 in small
    for model in record.provenance.models:
        assert f"{model.name} ({model.task}); SHA-256: {model.sha256}" in small


def test_the_same_record_gives_the_same_bytes(record: Transcript, hearing: Hearing) -> None:
    first = export(record, "docx", hearing=hearing)
    assert export(record, "docx", hearing=hearing) == first
    assert export(replace(record, state=State.SIGNED), "docx", hearing=hearing) != first


def test_an_empty_record_and_control_characters_give_a_document(
    empty: Transcript, record: Transcript
) -> None:
    assert _styled(_open(export(empty, "docx")), "Passage") == []
    word = replace(record.words[0], text="да\x00\x0b\ud800")
    segments = (Segment("1", 0.0, 1.0, None, (word,)),)
    document = _open(export(replace(record, segments=segments), "docx"))
    assert _styled(document, "Passage") == ["10:02:15:00\tда"]
    assert _styled(document, "Speaker") == ["Говорящий не установлен:"]


def test_a_protected_participant_is_listed_as_in_the_text(record: Transcript) -> None:
    hearing = Hearing(
        participants=(
            Participant("witness", "Тайный Т. Т.", protected=True),
            Participant("witness", "Скрытый С. С.", microphone=3, protected=True),
            Participant("expert", "Ким А."),
        )
    )
    document = _open(export(record, "docx", hearing=hearing))
    people = [[c.text for c in row.cells] for row in document.tables[1].rows]
    assert people[:3] == [
        ["Свидетель", "Защищаемое лицо"],
        ["Свидетель", "Свидетель № 1"],
        ["Эксперт", "Ким А."],
    ]
    assert "Свидетель № 1:" in _styled(document, "Speaker")
