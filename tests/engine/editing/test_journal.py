"""The journal: nothing that was answered as done is lost, and nothing is changed unseen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hattama.engine.document.json import read, to_json
from hattama.engine.document.model import State
from hattama.engine.editing import EditedRecord, read_current
from hattama.engine.editing.errors import (
    EditError,
    JournalError,
    LookingOnlyError,
    NothingToUndoError,
    SignedError,
    StaleEditError,
)
from hattama.engine.editing.journal import read_entries
from hattama.engine.editing.record import journal_path, signed_path
from hattama.engine.editing.speakers import RenameSpeaker
from hattama.engine.editing.words import ReplaceWords

ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("do"), st.sampled_from("абв"), st.sampled_from(["", "g"])),
        st.just(("undo",)),
        st.just(("redo",)),
        st.tuples(st.just("back"), st.integers(0, 12)),
    ),
    max_size=12,
)


def act(record: EditedRecord, step: tuple[Any, ...]) -> None:
    if step[0] == "do":
        record.do(ReplaceWords("1", 0, 1, step[1]), group=step[2])
    elif step[0] == "undo":
        record.undo()
    elif step[0] == "redo":
        record.redo()
    else:
        record.roll_back(step[1])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=ACTS)
def test_opening_a_record_again_gives_what_stood_with_all_its_steps(
    record_file: Path, steps: list[tuple[Any, ...]]
) -> None:
    journal_path(record_file).unlink(missing_ok=True)
    with EditedRecord(record_file, "Омарова") as record:
        for step in steps:
            try:
                act(record, step)
            except (NothingToUndoError, EditError):
                continue
        stood, version = record.transcript, record.version
        flags = record.history.can_undo, record.history.can_redo
    assert read_current(record_file) == stood
    with EditedRecord(record_file, "Ли") as again:
        assert again.transcript == stood
        assert again.version == version
        assert (again.history.can_undo, again.history.can_redo) == flags
        while again.history.can_undo:
            again.undo()
        assert again.transcript == again.draft


def test_the_draft_is_never_written(record_file: Path) -> None:
    before = record_file.read_bytes()
    record_file.chmod(0o444)
    with EditedRecord(record_file, "Омарова") as record:
        record.do(RenameSpeaker("b", "Омарова"))
        record.undo()
        record.redo()
        record.sign("Омарова")
    assert record_file.read_bytes() == before


def test_every_entry_names_its_author_and_time_and_the_one_before(record_file: Path) -> None:
    times = iter(f"2026-03-05T09:00:0{n}Z" for n in range(9))
    with EditedRecord(record_file, "Омарова", clock=lambda: next(times)) as record:
        record.do(RenameSpeaker("b", "Омарова"))
        record.undo()
    entries = list(read_entries(journal_path(record_file)))
    assert [entry.act for entry in entries] == ["open", "do", "undo"]
    assert {entry.author for entry in entries} == {"Омарова"}
    assert [entry.previous for entry in entries] == ["", entries[0].hash, entries[1].hash]
    assert entries[1].content == {"kind": "RenameSpeaker", "speaker": "b", "name": "Омарова"}


def edited(record_file: Path, count: int = 3) -> Path:
    with EditedRecord(record_file, "Омарова") as record:
        for number in range(count):
            record.do(ReplaceWords("1", 0, 1, f"слово{number}"))
    return journal_path(record_file)


@pytest.mark.parametrize("kept", [1, 20, 200])
def test_a_torn_last_line_is_set_aside_and_the_rest_survives(record_file: Path, kept: int) -> None:
    journal = edited(record_file)
    whole = journal.read_bytes()
    lines = whole.splitlines(keepends=True)
    journal.write_bytes(whole + lines[-1][:kept])
    assert read_current(record_file).segments[0].words[0].text == "слово2"
    with EditedRecord(record_file, "Омарова") as record:
        assert record.version == 3
        record.do(ReplaceWords("1", 0, 1, "дальше"))
    assert read_current(record_file).segments[0].words[0].text == "дальше"
    assert journal.with_name(f"{journal.name}.torn").exists()


def tampered(lines: list[bytes], how: str) -> list[bytes]:
    if how == "text":
        return [lines[0], lines[1].replace("слово0".encode(), "другое".encode()), *lines[2:]]
    if how == "author":
        return [*lines[:2], lines[2].replace("Омарова".encode(), "Ли".encode()), lines[3]]
    if how == "left out":
        return [lines[0], lines[1], lines[3]]
    if how == "order":
        return [lines[0], lines[2], lines[1], lines[3]]
    if how == "doubled":
        return [*lines, lines[3]]
    value = json.loads(lines[1])
    value["hash"] = "0" * 64
    return [lines[0], json.dumps(value).encode() + b"\n", *lines[2:]]


@pytest.mark.parametrize("how", ["text", "author", "left out", "order", "doubled", "hash"])
def test_a_changed_journal_is_refused_and_the_draft_is_not_given_for_it(
    record_file: Path, how: str
) -> None:
    journal = edited(record_file)
    journal.write_bytes(b"".join(tampered(journal.read_bytes().splitlines(keepends=True), how)))
    with pytest.raises(JournalError, match="entry"):
        EditedRecord(record_file, "Омарова")
    with pytest.raises(JournalError, match="entry"):
        read_current(record_file)


def test_a_journal_of_another_draft_is_refused(record_file: Path) -> None:
    edited(record_file)
    record_file.write_text(record_file.read_text("utf-8").replace("лично", "личнo"), "utf-8")
    with pytest.raises(JournalError, match="another draft"):
        EditedRecord(record_file, "Омарова")
    with pytest.raises(JournalError, match="another draft"):
        read_current(record_file)


def test_an_edit_that_cannot_be_written_is_not_done(
    record_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EditedRecord(record_file, "Омарова") as record:
        record.do(RenameSpeaker("b", "Омарова"))
        stood, size = record.transcript, journal_path(record_file).stat().st_size

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(JournalError, match="No space left"):
            record.do(RenameSpeaker("b", "Ли"))
        monkeypatch.undo()
        assert record.transcript is stood
        assert journal_path(record_file).stat().st_size == size
        record.do(RenameSpeaker("b", "Ли"))
    assert read_current(record_file).speakers[1].name == "Ли"


def test_a_second_desk_may_look_only_and_sees_what_the_first_writes(record_file: Path) -> None:
    with EditedRecord(record_file, "Омарова") as first:
        second = EditedRecord(record_file, "Ли")
        assert not second.writable
        assert second.holder == "Омарова"
        with pytest.raises(LookingOnlyError, match="Омарова"):
            second.do(RenameSpeaker("b", "x"))
        first.do(RenameSpeaker("b", "Омарова"))
        assert second.refresh()
        assert second.transcript == first.transcript
        assert not second.refresh()
    with EditedRecord(record_file, "Ли") as third:
        assert third.writable


def test_an_edit_of_an_earlier_version_is_refused(record_file: Path) -> None:
    with EditedRecord(record_file, "Омарова") as record:
        record.do(RenameSpeaker("b", "Омарова"), base=0)
        with pytest.raises(StaleEditError):
            record.do(RenameSpeaker("b", "Ли"), base=0)


def test_a_signed_record_stays_signed_and_its_file_is_the_named_one(record_file: Path) -> None:
    with EditedRecord(record_file, "Омарова") as record:
        record.do(RenameSpeaker("b", "Омарова"))
        digest, _ = record.sign("Омарова")
    with EditedRecord(record_file, "Ли") as again:
        assert again.transcript.state is State.SIGNED
        with pytest.raises(SignedError):
            again.do(RenameSpeaker("b", "Ли"))
        signed_path(record_file).unlink()
        again.write_signed()
        assert to_json(read(signed_path(record_file))) == to_json(again.transcript)
        assert list(again.journal.entries)[-1].content["digest"] == digest


_WRITER = """
import sys
from pathlib import Path
from hattama.engine.editing import EditedRecord
from hattama.engine.editing.words import ReplaceWords
with EditedRecord(Path(sys.argv[1]), "Омарова") as record:
    for number in range(100000):
        record.do(ReplaceWords("1", 0, 1, f"слово{number}"))
        print(number, flush=True)
"""


def test_a_killed_program_loses_nothing_that_it_answered(record_file: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(record_file)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    answered = [writer.stdout.readline() for _ in range(25)]
    time.sleep(0.01)
    writer.send_signal(signal.SIGKILL)
    answered += writer.stdout.readlines()
    writer.wait()
    last = max(int(line) for line in answered if line.endswith("\n"))
    with EditedRecord(record_file, "Ли") as record:
        assert record.writable, "the lock of the dead one is free"
        said = record.transcript.segments[0].words[0].text
        assert int(said.removeprefix("слово")) in {last, last + 1}
