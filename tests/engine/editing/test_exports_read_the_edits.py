"""Whatever writes a record in another form writes what the clerk made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hattama.engine.cli.main import run
from hattama.engine.editing import EditedRecord
from hattama.engine.editing.record import journal_path
from hattama.engine.editing.turns import SetSpeaker
from hattama.engine.editing.words import ReplaceWords
from hattama.engine.exports import FORMATS, SUFFIXES, Format
from hattama.engine.exports.registry import export


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_exports_the_edited_record(record_file: Path, form: Format) -> None:
    with EditedRecord(record_file, "Омарова") as record:
        record.do(ReplaceWords("1", 1, 2, "разбирательство"))
        record.do(SetSpeaker(("1",), "c"))
        draft, edited = record.draft, record.transcript
    assert run(["export", str(record_file), "--format", form]) == 0
    written = record_file.with_suffix(SUFFIXES[form]).read_bytes()
    assert written == export(edited, form)
    assert written != export(draft, form)


def test_the_command_gives_nothing_where_the_journal_was_changed(record_file: Path) -> None:
    with EditedRecord(record_file, "Омарова") as record:
        record.do(ReplaceWords("1", 1, 2, "разбирательство"))
    journal = journal_path(record_file)
    text = journal.read_text("utf-8").replace("разбирательство", "слушание")
    journal.write_text(text, "utf-8")
    assert run(["export", str(record_file), "--format", "txt"]) == 1
    assert not record_file.with_suffix(".txt").exists()
