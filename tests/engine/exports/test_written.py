"""The written form in exports: digits for readers, the words as they were said in the record."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.cli.main import run
from hattama.engine.document.json import read, write
from hattama.engine.document.model import (
    Doubt,
    Language,
    Media,
    Provenance,
    Segment,
    Speaker,
    Transcript,
    Word,
)
from hattama.engine.exports import ExportOptions, Format, export
from hattama.engine.exports.written import as_written
from hattama.engine.written_form.writing import spoken, written

SAID_RU = (
    "Пятого марта две тысячи двадцать шестого года по статье сто девятой взыскано один миллион "
    "двести тысяч тенге."
)
SAID_KK = "Іс нөмірі екі бөлшек жүз бес, жүз сексен сегізінші баптың екінші бөлігі."
WRITTEN_RU = "5 марта 2026 года по статье 109 взыскано 1\u00a0200\u00a0000 тенге."
WRITTEN_KK = "Іс №\u00a02/105, 188-баптың 2-бөлігі."


def words(text: str, start: float, language: Language) -> tuple[Word, ...]:
    return tuple(
        Word(word, start + i / 2, start + i / 2 + 0.4, 0.9, language, "a", "w", timing="ctc")
        for i, word in enumerate(text.split())
    )


@pytest.fixture
def record() -> Transcript:
    ru, kk = words(SAID_RU, 0.0, "ru"), words(SAID_KK, 20.0, "kk")
    unsure = replace(ru[3], doubts=frozenset({Doubt.LOW_CONFIDENCE}), confidence=0.2)
    ru = (*ru[:3], unsure, *ru[4:])
    return Transcript(
        Media("m.mp4", "0" * 64, 40.0, 1),
        (Speaker("a", "", "judge"),),
        (Segment("1", 0.0, 9.0, "a", ru), Segment("2", 20.0, 29.0, "a", kk)),
        Provenance("hattama", "2026-03-05T09:00:00Z"),
    )


def text(record: Transcript, form: Format, options: ExportOptions) -> str:
    content = export(record, form, options)
    if form != "docx":
        return content.decode()
    return "\n".join(p.text for p in Document(io.BytesIO(content)).paragraphs)


@pytest.mark.parametrize("form", ["txt", "docx", "srt", "vtt"])
def test_forms_for_reading_may_show_digits_and_are_verbatim_by_default(
    record: Transcript, form: Format
) -> None:
    verbatim = " ".join(text(record, form, ExportOptions(doubts=False)).split())
    shown = " ".join(text(record, form, ExportOptions(doubts=False, written=True)).split(" "))
    shown = shown.replace("\n", " ")
    assert "девятой" in verbatim
    assert "девятой" not in shown
    for piece in ("5 марта 2026 года", "статье 109", "1\u00a0200\u00a0000", "№\u00a02/105,",
                  "188-баптың"):  # fmt: skip
        assert piece in shown, piece


@pytest.mark.parametrize("form", ["ctm", "stm", "textgrid", "rttm"])
def test_forms_of_tools_are_always_verbatim(record: Transcript, form: Format) -> None:
    assert export(record, form, ExportOptions(written=True)) == export(record, form)


def test_a_reader_is_told_that_digits_stand_for_words_where_they_do(record: Transcript) -> None:
    note = "Числа записаны цифрами"
    options = ExportOptions(written=True)
    assert note in text(record, "txt", options)
    assert note in text(record, "docx", options)
    assert note in text(record, "vtt", options)
    assert note not in text(record, "txt", ExportOptions())
    without = replace(record, segments=(replace(record.segments[0], words=record.words[7:8]),))
    assert note not in text(without, "txt", options)


def test_a_doubt_about_one_of_the_words_stays_with_the_number(record: Transcript) -> None:
    year = next(word for word in as_written(record).words if word.text == "2026")
    assert year.doubts == {Doubt.LOW_CONFIDENCE}
    assert (year.confidence, year.timing) == (0.2, "ctc")
    assert year.alternatives == ("две тысячи двадцать шестого",)
    assert "2026[?]" in text(record, "txt", ExportOptions(written=True))


def test_times_reach_from_the_first_word_to_the_last(record: Transcript) -> None:
    year = next(word for word in as_written(record).words if word.text == "2026")
    assert (year.start, year.end) == (record.words[2].start, record.words[5].end)


def test_the_command_line_offers_it_and_the_record_keeps_the_words(
    record: Transcript, tmp_path: Path
) -> None:
    path = tmp_path / "m.record.json"
    write(path, record)
    before = path.read_bytes()
    assert run(["export", str(path), "-f", "txt", "--written"]) == 0
    assert "5 марта 2026" in (tmp_path / "m.txt").read_text("utf-8")
    assert path.read_bytes() == before
    assert run(["export", str(path), "-f", "txt", "--overwrite"]) == 0
    assert "Пятого марта" in (tmp_path / "m.txt").read_text("utf-8")
    assert read(path) == record


def test_what_was_said_comes_back_word_for_word(record: Transcript) -> None:
    expected = (WRITTEN_RU, WRITTEN_KK)
    for segment, shown, looks in zip(
        record.segments, as_written(record).segments, expected, strict=True
    ):
        pieces = written(segment.words)
        assert shown.text == " ".join(piece.text for piece in pieces) == looks
        assert spoken(pieces) == segment.words


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.sampled_from(f"{SAID_RU} {SAID_KK} тысяч семью целых ноль в".split()), max_size=20),
    st.sampled_from(["ru", "kk", None]),
)
def test_any_words_come_back_from_the_written_record(said: list[str], language: Language) -> None:
    record = Transcript(
        Media("m", "0" * 64, 40.0, 1),
        (),
        (Segment("1", 0.0, 20.0, None, words(" ".join(said), 0.0, language)),),
        Provenance("h", "2026"),
    )
    shown = as_written(record).words
    # A written word keeps what was said first among its alternatives; the others are as they were.
    back = " ".join(word.alternatives[0] if word.alternatives else word.text for word in shown)
    assert back == " ".join(said)
