"""What somebody changes behind the desk's back is noticed when the record is opened again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hattama.engine.cli.main import run
from hattama.engine.document.json import write
from hattama.engine.document.model import Transcript
from hattama.engine.editing import EditedRecord, read_current
from hattama.engine.editing.errors import JournalError
from hattama.engine.editing.record import journal_path, signed_path
from hattama.engine.editing.speakers import RenameSpeaker


@pytest.fixture
def signed(tmp_path: Path, record: Transcript) -> Path:
    """A signed record with two acts before the signature."""
    path = tmp_path / "hearing.json"
    write(path, record)
    with EditedRecord(path, "Омарова") as edited:
        speaker = record.speakers[0].id
        edited.do(RenameSpeaker(speaker, "Сейтқали А. Б."))
        edited.do(RenameSpeaker(speaker, "Сейтқали А. С."))
        edited.sign("Омарова")
    return path


def change_draft(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"duration"', b' "duration"', 1))


def change_an_entry(path: Path) -> None:
    journal = journal_path(path)
    journal.write_bytes(journal.read_bytes().replace("А. Б.".encode(), "А. В.".encode(), 1))


def take_an_entry_out(path: Path) -> None:
    lines = journal_path(path).read_bytes().splitlines(keepends=True)
    journal_path(path).write_bytes(b"".join([lines[0], *lines[2:]]))


def swap_entries(path: Path) -> None:
    lines = journal_path(path).read_bytes().splitlines(keepends=True)
    journal_path(path).write_bytes(b"".join([lines[0], lines[2], lines[1], *lines[3:]]))


def cut_the_signature_off(path: Path) -> None:
    lines = journal_path(path).read_bytes().splitlines(keepends=True)
    journal_path(path).write_bytes(b"".join(lines[:-1]))


def remove_the_journal(path: Path) -> None:
    journal_path(path).unlink()


def change_the_signed_file(path: Path) -> None:
    place = signed_path(path)
    place.write_bytes(place.read_bytes().replace("А. С.".encode(), "А. В.".encode(), 1))


CHANGES = [
    change_draft, change_an_entry, take_an_entry_out, swap_entries, cut_the_signature_off,
    remove_the_journal, change_the_signed_file,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_noticed_by_the_desk_and_by_verify(
    signed: Path, change: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify", str(signed)]) == 0
    change(signed)
    kept = {path: path.read_bytes() for path in signed.parent.iterdir() if path.suffix == ".json"}
    capsys.readouterr()
    assert run(["verify", str(signed)]) == 1
    told = capsys.readouterr().err.strip()
    assert len(told.splitlines()) == 1
    with pytest.raises(JournalError):  # noqa: SIM117  two things are opened, one after the other
        with EditedRecord(signed, "Омарова") as edited:
            edited.write_signed()
    assert {path: path.read_bytes() for path in kept} == kept, "traces are left as they are"


@pytest.mark.parametrize("change", CHANGES[:4])
def test_exports_refuse_a_changed_record(
    signed: Path, change: Callable[[Path], None], tmp_path: Path
) -> None:
    change(signed)
    assert run(["export", str(signed), "-f", "txt", "-o", str(tmp_path / "out.txt")]) == 1
    assert not (tmp_path / "out.txt").exists()


def test_a_changed_signed_file_is_not_exported_beside_its_journal(signed: Path) -> None:
    assert read_current(signed_path(signed)) == read_current(signed)
    change_the_signed_file(signed)
    with pytest.raises(JournalError):
        read_current(signed_path(signed))


def test_a_journal_made_anew_is_told_by_the_digest_that_was_kept_elsewhere(
    signed: Path, record: Transcript, capsys: pytest.CaptureFixture[str]
) -> None:
    with EditedRecord(signed, "", write=False) as edited:
        noted = edited.digest
    assert run(["verify", str(signed), "--digest", noted.upper()]) == 0
    journal_path(signed).unlink()
    signed_path(signed).unlink()
    with EditedRecord(signed, "Омарова") as forged:
        forged.do(RenameSpeaker(record.speakers[0].id, "Другой"))
        forged.sign("Омарова")
    assert run(["verify", str(signed)]) == 0, "the chain alone proves nothing against its maker"
    capsys.readouterr()
    assert run(["verify", str(signed), "--digest", noted]) == 1
    assert noted in capsys.readouterr().err


def test_verify_tells_how_a_record_stands(
    signed: Path, tmp_path: Path, record: Transcript, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify", str(signed)]) == 0
    told = capsys.readouterr().out
    last = json.loads(journal_path(signed).read_text("utf-8").splitlines()[-1])
    assert last["content"]["digest"] in told
    assert "3 acts by Омарова" in told
    untouched = tmp_path / "untouched.json"
    write(untouched, record)
    assert run(["verify", str(untouched)]) == 0
    assert "nobody has edited" in capsys.readouterr().out
