"""`hattama score`: the table, the JSON, one line for each fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hattama.engine.cli.main import run


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HATTAMA_LANG", "en")
    monkeypatch.setenv("COLUMNS", "120")


def test_the_table_shows_every_rate_that_the_reference_allows(
    samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stm, rttm = str(samples / "civil-ru-kk.stm"), str(samples / "civil-ru-kk.rttm")
    assert run(["score", stm, "--reference", stm, "--reference", rttm]) == 0
    lines = {
        line.split("  ")[1].strip(): line
        for line in capsys.readouterr().out.splitlines()
        if "%" in line
    }
    assert "0.0 %" in lines["WER normalised"]
    assert "0 wrong, 0 missing, 0 extra of 159" in lines["WER normalised, ru"]
    assert "of 19" in lines["WER normalised, kk"]
    assert "0.0 %" in lines["cpWER normalised"]
    assert "0.0 %" in lines["tcpWER normalised"]
    assert "4.1 %" in lines["DER"]  # the pauses between the phrases of a turn
    assert "5 speakers found of 5" in lines["JER"]


def test_the_json_holds_rates_and_counts(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rttm = str(samples / "civil-ru-kk.rttm")
    assert run(["score", rttm, "-r", rttm, "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["diarization"]["der"] == 0
    assert value["diarization"]["speakers"] == 5
    assert value["words"] is None


def test_words_without_errors_but_other_case_differ_as_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("Да, конечно", "utf-8")
    (tmp_path / "b.txt").write_text("да конечно", "utf-8")
    assert run(["score", str(tmp_path / "a.txt"), "-r", str(tmp_path / "b.txt"), "--json"]) == 0
    words = json.loads(capsys.readouterr().out)["words"]
    assert words["verbatim"]["rate"] == 0.5
    assert words["normalised"]["rate"] == 0


@pytest.mark.parametrize(
    ("record", "reference", "line"),
    [
        ("none.json", "good.txt", "none.json cannot be read"),
        ("good.txt", "none.stm", "none.stm cannot be read"),
        ("turns.rttm", "good.txt", "neither words nor turns in common"),
        ("good.docx", "good.txt", "allowed: .stm, .rttm, .json, .txt"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    tmp_path: Path, record: str, reference: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.txt").write_text("да", "utf-8")
    (tmp_path / "turns.rttm").write_text("SPEAKER f 1 0 1 <NA> <NA> A <NA> <NA>\n", "utf-8")
    assert run(["score", str(tmp_path / record), "-r", str(tmp_path / reference)]) == 2
    errors = capsys.readouterr().err
    assert line in errors
    assert len(errors.splitlines()) == 1
