"""`hattama export`: files in place, nothing lost, one line for each fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import docx
import pytest

from hattama.engine.cli.main import run
from hattama.engine.document import json
from hattama.engine.document.model import (
    Media,
    Provenance,
    Segment,
    Speaker,
    Transcript,
    Word,
)
from hattama.engine.exports.registry import FORMATS, SUFFIXES

RECORD = Transcript(
    Media("a.mp4", "ab" * 32, 9.0, 1),
    (
        Speaker("judge", role="judge", channel=0),
        Speaker("w", "Жасырынов Т.", "witness", protected=True),
    ),
    (
        Segment("1", 0.0, 2.0, "judge", (
            Word("Свидетель", 0.0, 1.0, 0.9, "ru"),
            Word("Жасырынова!", 1.0, 2.0, 0.9, "ru"),
        )),
        Segment("2", 3.0, 4.0, "w", (Word("Да.", 3.0, 4.0, 0.9, "ru"),)),
    ),
    Provenance("hattama", "2026-03-05T09:00:00Z"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HATTAMA_LANG", "en")


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "hearing.record.json"
    json.write(path, RECORD)
    return path


def test_all_forms_stand_beside_the_record(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", str(record), "--format", "all"]) == 0
    made = {path.name for path in record.parent.iterdir()} - {record.name}
    assert made == {f"hearing{SUFFIXES[form]}" for form in FORMATS}
    assert len(capsys.readouterr().out.splitlines()) == len(FORMATS)


def test_one_form_goes_to_the_file_and_several_to_the_folder(record: Path, tmp_path: Path) -> None:
    target = tmp_path / "протокол.docx"
    assert run(["export", str(record), "-f", "docx", "-o", str(target), "--language", "kk"]) == 0
    assert any("ХАТТАМАСЫ" in p.text for p in docx.Document(str(target)).paragraphs)
    folder = tmp_path / "out"
    folder.mkdir()
    assert run(["export", str(record), "-f", "srt,txt", "-o", str(folder)]) == 0
    assert {path.name for path in folder.iterdir()} == {"hearing.srt", "hearing.txt"}


def test_a_document_that_was_edited_by_hand_is_not_lost(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = record.with_name("hearing.txt")
    target.write_text("правка", "utf-8")
    assert run(["export", str(record), "-f", "txt,srt"]) == 2
    assert target.read_text("utf-8") == "правка"
    assert not record.with_name("hearing.srt").exists()
    assert "hearing.txt is there already" in capsys.readouterr().err
    assert run(["export", str(record), "-f", "txt", "--overwrite"]) == 0
    assert target.read_text("utf-8").startswith("ЧЕРНОВИК")


def test_the_hearing_file_names_the_speakers(record: Path, samples: Path) -> None:
    hearing = str(samples / "hearing.toml")
    assert run(["export", str(record), "-f", "txt", "--hearing", hearing]) == 0
    text = record.with_name("hearing.txt").read_text("utf-8")
    assert "Сейтқали А. Б., председательствующий:" in text
    assert "Номер дела: 7514-26-00-2/0000" in text


def test_a_protected_name_said_aloud_is_pointed_out_and_not_named(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", str(record), "-f", "txt"]) == 0
    errors = capsys.readouterr().err
    assert "1 (00:00:01:00). Check them" in errors
    assert "Жасырынов" not in errors


def test_no_warning_where_no_name_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "quiet.json"
    json.write(path, replace(RECORD, segments=RECORD.segments[1:]))
    assert run(["export", str(path), "-f", "txt"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["-f", "pdf"], "-f pdf is not known; allowed: txt, srt"),
        (["-f", "txt,srt", "-o", "nowhere"], "nowhere is not a folder"),
        (["-f", "txt", "-o", "nowhere/a.txt"], "cannot be written (No such file"),
        (["-f", "txt", "--hearing", "none.toml"], "none.toml cannot be read"),
        ([], "--format"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    record: Path, arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", str(record), *arguments]) == 2
    errors = capsys.readouterr().err
    assert line in errors
    assert len(errors.splitlines()) == 1


def test_a_file_that_is_no_record_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text('{"turns": []}', "utf-8")
    assert run(["export", str(tmp_path / "a.json"), "-f", "txt"]) == 2
    assert "a.json is not a record of Hattama" in capsys.readouterr().err
