from __future__ import annotations

import errno
import os
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import hattama.engine.cli.transcribe as command
from hattama.diarization.turns import Diarization
from hattama.engine.cli.main import run
from hattama.engine.document import json
from hattama.engine.document.model import (
    Media,
    Provenance,
    Segment,
    Speaker,
    State,
    Transcript,
    Word,
)
from hattama.engine.editing.record import journal_path
from hattama.engine.transcribe import Draft

WORD = Word("Сот", 0.5, 1.0, 0.9, "kk", "A", "fake")
RECORD = Transcript(
    Media("hearing.wav", "0" * 64, 2.0, 1),
    (Speaker("A"),),
    (Segment("s00001", 0.5, 1.0, "A", (WORD,)),),
    Provenance("hattama test", "2026-03-05T10:00:00+00:00"),
)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "hearing.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(np.zeros(16_000, "<i2").tobytes())
    return path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The draft is made at once; what the command does with it is under test."""

    def made(_media: Path, work: Path, *_options: object, **_more: object) -> Draft:
        Path(work).mkdir(parents=True)
        return Draft(RECORD, Diarization((), ()), ())

    monkeypatch.setattr(command, "make_draft", made)


@pytest.mark.usefixtures("quick")
def test_the_record_and_every_form_lie_in_the_folder_and_the_work_is_gone(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(["transcribe", str(recording), "-o", str(out), "-f", "docx,srt,rttm", "-q"]) == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "hearing.kk.docx",
        "hearing.record.json",
        "hearing.rttm",
        "hearing.ru.docx",
        "hearing.srt",
    ]
    assert json.read(out / "hearing.record.json") == RECORD
    assert "hearing.ru.docx" in capsys.readouterr().out


@pytest.mark.usefixtures("quick")
def test_a_draft_is_replaced_but_never_what_a_person_has_worked_on(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["transcribe", str(recording), "-o", str(tmp_path), "-f", "txt", "-q"]
    assert run(arguments) == 0
    assert run(arguments) == 0
    target = tmp_path / "hearing.record.json"
    json.write(target, replace(RECORD, state=State.EDITED))
    before = target.read_bytes()
    assert run(arguments) == 2
    assert target.read_bytes() == before
    assert "edited or signed" in capsys.readouterr().err


@pytest.mark.usefixtures("quick")
def test_a_draft_that_the_desk_keeps_edits_of_is_not_replaced(
    recording: Path, tmp_path: Path
) -> None:
    arguments = ["transcribe", str(recording), "-o", str(tmp_path), "-f", "txt", "-q"]
    assert run(arguments) == 0
    target = tmp_path / "hearing.record.json"
    journal_path(target).write_text("", encoding="utf-8")
    before = target.read_bytes()
    assert run(arguments) == 2
    assert target.read_bytes() == before


@pytest.mark.usefixtures("quick")
def test_a_disk_that_fills_up_while_exporting_keeps_the_record_and_the_work(
    recording: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(path: Path, _content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(command, "write_bytes", full)
    assert run(["transcribe", str(recording), "-o", str(tmp_path), "-f", "srt", "-q"]) == 1
    assert "hearing.srt: No space left on device" in capsys.readouterr().err
    assert json.read(tmp_path / "hearing.record.json") == RECORD
    assert (tmp_path / ".hearing.work").exists()


def content(name: str, tmp_path: Path) -> list[str]:
    """Arguments of one bad call each."""
    path = tmp_path / name
    match name:
        case "empty.mp4":
            path.write_bytes(b"")
        case "text.mp4":
            path.write_text("Сот отырысы", encoding="utf-8")
        case "folder.mp4":
            path.mkdir()
        case "cut.mp4":
            sample = Path(__file__).parents[3] / "samples" / "civil-ru-kk.mp4"
            path.write_bytes(sample.read_bytes()[:20_000])
    return [str(path)]


@pytest.mark.parametrize("name", ["none.mp4", "empty.mp4", "text.mp4", "folder.mp4", "cut.mp4"])
def test_a_recording_that_cannot_be_used_is_one_line_and_leaves_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(["transcribe", *content(name, tmp_path), "-o", str(out), "-q"]) == 2
    errors = capsys.readouterr().err
    assert errors.count("\n") == 1
    assert name in errors
    assert not list(out.rglob("*.json"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--languages", "kk,de"], "de is not known; allowed: kk, ru"),
        (["--speakers", "0"], "allowed is 1 or more"),
        (["--min-speakers", "4", "--max-speakers", "2"], "4 or more"),
        (["--threads", "-1"], "allowed is 0"),
        (["--microphones", "judge", "--room", "room.toml"], "not both"),
        (["--recogniser", "ge2e"], "no recogniser"),
        (["--recogniser", "whisper-tiny"], "whisper-base"),
        (["--glossary", "none.txt"], "no such glossary"),
        (["--hearing", "none.toml"], "none.toml"),
        (["--room", "none.toml"], "none.toml"),
        (["--start-timecode", "25:00:00:00"], "25:00:00:00"),
        (["--format", "pdf"], "pdf is not known"),
        (["--speaker", "5"], "--speakers"),
    ],
)
@pytest.mark.weights
def test_a_wrong_option_is_one_line_that_says_what_is_allowed(
    options: list[str], told: str, recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["transcribe", str(recording), "-o", str(recording.parent), "-q", *options]) == 2
    errors = capsys.readouterr().err
    assert told in errors
    assert errors.count("\n") == 1


@pytest.mark.weights
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_one_line(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = recording.parent / "locked"
    folder.mkdir(mode=0o500)
    assert run(["transcribe", str(recording), "-o", str(folder), "-q"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.weights
def test_silence_makes_an_empty_record_and_says_so(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["transcribe", str(recording), "-o", str(tmp_path), "-q"]) == 0
    assert json.read(tmp_path / "hearing.record.json").segments == ()
    assert "silen" in capsys.readouterr().out


def test_the_line_comes_in_the_readers_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HATTAMA_LANG", "kk")
    assert run(["transcribe", str(tmp_path / "none.mp4"), "-q"]) == 2
    assert "тексеріңіз" in capsys.readouterr().err
