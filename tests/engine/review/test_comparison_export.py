"""Files of the comparison: what was deleted and inserted can be told without colour."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_UNDERLINE
from docx.text.run import Run

from hattama.engine.cli.main import run
from hattama.engine.document.json import read
from hattama.engine.editing import EditedRecord
from hattama.engine.editing.speakers import Protect, RenameSpeaker
from hattama.engine.editing.turns import SetSpeaker
from hattama.engine.editing.words import ReplaceWords
from hattama.engine.review.comparison_export import COMPARISON_FORMS, export_comparison


@pytest.fixture
def edited(record_file: Path) -> Path:
    """A record with a word replaced, words inserted and deleted, and a turn of somebody else."""
    with EditedRecord(record_file, "Омарова") as record:
        record.do(ReplaceWords("1", 1, 2, "разбирательство"))
        record.do(ReplaceWords("2", 0, 1, ""))
        record.do(ReplaceWords("3", 2, 2, "пожалуйста, <b>"))
        record.do(SetSpeaker(("4",), "interpreter"))
    return record_file


def runs(content: bytes) -> list[Run]:
    document = docx.Document(io.BytesIO(content))
    return [run for paragraph in document.paragraphs for run in paragraph.runs if run.text.strip()]


def compared(path: Path, form: str = "docx", language: str = "ru") -> bytes:
    with EditedRecord(path, "", write=False) as record:
        return export_comparison(record.draft, record.transcript, form, language)  # type: ignore[arg-type]


def test_the_document_strikes_out_and_underlines_twice(edited: Path) -> None:
    found = runs(compared(edited))
    deleted = [run.text for run in found if run.style.font.strike]
    inserted = [run.text for run in found if run.style.font.underline == WD_UNDERLINE.DOUBLE]
    words = read(edited).segments
    assert deleted == ["удалено", "заседание", words[1].words[0].text]
    assert inserted == ["добавлено", "разбирательство", "пожалуйста, <b>"]
    assert any("→" in run.text and "Переводчик" in run.text for run in found)


def test_the_document_is_the_same_each_time_and_says_that_it_is_not_for_the_public(
    edited: Path,
) -> None:
    warnings = {"kk": "Жариялауға болмайды", "ru": "Не для", "en": "Not for publication"}
    for language, warning in warnings.items():
        content = compared(edited, language=language)
        assert content == compared(edited, language=language)
        assert warning in "".join(run.text for run in runs(content))


@pytest.mark.parametrize("form", COMPARISON_FORMS)
def test_no_form_names_a_protected_speaker(edited: Path, form: str) -> None:
    with EditedRecord(edited, "Омарова") as record:
        record.do(RenameSpeaker("claimant", "Тайная Т. Т."))
        record.do(Protect("claimant", protected=True, pseudonym="Лицо А"))
    content = compared(edited, form)
    text = "".join(run.text for run in runs(content)) if form == "docx" else content.decode()
    assert "Лицо А" in text
    assert "Тайная" not in text


def test_the_command_writes_every_form_and_replaces_nothing(
    edited: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert run(["compare", str(edited), "-f", "all", "-o", str(out), "--language", "kk"]) == 0
    names = [f"civil-ru-kk-changes.{form}" for form in COMPARISON_FORMS]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    for form in COMPARISON_FORMS:
        written = (out / f"civil-ru-kk-changes.{form}").read_bytes()
        assert written == compared(edited, form, "kk")
    capsys.readouterr()
    assert run(["compare", str(edited), "-f", "txt", "-o", str(out)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert run(["compare", str(edited), "-f", "txt", "-o", str(out), "--overwrite"]) == 0
    assert run(["compare", str(edited), "-f", "txt,html", "-o", str(tmp_path / "none")]) == 2


def test_a_comparison_of_an_untouched_draft_shows_no_change(record_file: Path) -> None:
    text = compared(record_file, "txt").decode()
    assert "[-" not in text.replace("[-…-]", "")
    assert "заменено 0" in text
