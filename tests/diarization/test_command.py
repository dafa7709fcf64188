"""`hattama diarize`: files, pipes, rooms, and the one line of an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from hattama.diarization.fake import FakeDiarizer
from hattama.diarization.options import DiarizationOptions
from hattama.diarization.rttm import parse_rttm, read_rttm
from hattama.diarization.turns import Turn
from hattama.engine.cli import diarize as command
from hattama.engine.cli.main import run

TURNS = [Turn(1.0, 4.0, "SPEAKER_00"), Turn(5.0, 9.0, "SPEAKER_01"), Turn(8.0, 12.0, "SPEAKER_00")]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HATTAMA_LANG", "en")
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[DiarizationOptions]:
    """Options that reached the diarizer, which is a fake."""
    seen: list[DiarizationOptions] = []

    def load(_store: object, options: DiarizationOptions, _pipeline: str) -> FakeDiarizer:
        seen.append(options)
        return FakeDiarizer(TURNS)

    monkeypatch.setattr(command, "load_diarizer", load)
    return seen


def test_turns_go_to_the_pipe_and_the_table_beside_it(
    samples: Path, given: list[DiarizationOptions], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diarize", str(samples / "civil-ru-kk.flac"), "--speakers", "2"]) == 0
    out, err = capsys.readouterr()
    assert parse_rttm(out) == TURNS
    assert "SPEAKER_01" in err
    assert given[0].speakers == 2


def test_a_file_is_written_whole_and_quiet_says_nothing(
    samples: Path,
    tmp_path: Path,
    given: list[DiarizationOptions],
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "turns.rttm"
    out.write_text("the earlier one")
    arguments = ["diarize", str(samples / "civil-ru-kk.mp4"), "-o", str(out), "-q"]
    assert run([*arguments, "--min-speakers", "2", "--max-speakers", "6", "--step-s", "5"]) == 0
    assert read_rttm(out) == TURNS
    assert list(tmp_path.iterdir()) == [out]
    assert capsys.readouterr() == ("", "")
    assert (given[0].bounds, given[0].step_s) == ((2, 6), 5.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--speakers", "0"], "speakers is 0; allowed is 1 or more"),
        (["--microphones", "judge", "--room", "room.toml"], "either --microphones or --room"),
        (["--room", "nowhere.toml"], "nowhere.toml cannot be read"),
        (["-o", "no/such/folder/x.rttm"], "its folder is missing"),
        (["--microphones=-,-"], "no microphone"),
        (["--pipeline", "other"], "other"),
    ],
)
def test_bad_input_is_one_line_and_exit_two(
    samples: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diarize", str(samples / "civil-ru-kk.flac"), *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert "Traceback" not in err


def test_a_missing_recording_is_exit_two_and_an_earlier_file_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "turns.rttm"
    out.write_text("the earlier one")
    assert run(["diarize", str(tmp_path / "none.mp4"), "-o", str(out)]) == 2
    assert out.read_text() == "the earlier one"
    assert "none.mp4" in capsys.readouterr().err


@pytest.mark.weights
def test_roles_name_the_microphones_of_a_real_recording(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = tmp_path / "room.toml"
    roles = ("judge", "secretary", "claimant", "defendant", "interpreter")
    room.write_text(
        "".join(
            f'[[microphone]]\nchannel = {channel}\nrole = "{role}"\nseats = 1\n'
            for channel, role in enumerate(roles)
        )
    )
    out = tmp_path / "turns.rttm"
    media = str(samples / "civil-ru-kk-mics.flac")
    assert run(["diarize", media, "--room", str(room), "-o", str(out)]) == 0
    assert {turn.speaker for turn in read_rttm(out)} == set(roles)
    assert run(["diarize", media, "--microphones", "a,b,c,d,e,f"]) == 2
    assert "has 5 channels" in capsys.readouterr().err
