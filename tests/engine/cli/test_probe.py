"""`hattama probe`: the table, the JSON, the one line of an error, in three languages."""

from __future__ import annotations

import ast
import json
import tomllib
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import soxr

import hattama.engine
from hattama.engine.cli import probe
from hattama.engine.cli.main import run
from hattama.engine.media import notices

if TYPE_CHECKING:
    import numpy as np


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HATTAMA_LANG", "en")
    monkeypatch.setenv("COLUMNS", "120")


def write_wave(path: Path, signal: np.ndarray, rate_hz: int = 16_000) -> Path:
    channels = 1 if signal.ndim == 1 else signal.shape[1]
    with wave.open(str(path), "wb") as out:
        out.setparams((channels, 2, rate_hz, 0, "NONE", ""))
        out.writeframes((signal * 32_767).astype("<i2").tobytes())
    return path


def test_the_table_says_what_the_sample_hearing_holds(
    samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["probe", str(samples / "civil-ru-kk.mp4")]) == 0
    said = capsys.readouterr().out
    for fact in (
        "civil-ru-kk.mp4",
        "0:01:46.760",
        "10:02:15:00 (25 fps, tmcd track of the file)",
        "h264",
        "320x180, 25 fps",
        "aac",
        "16000 Hz, mono",
        "unknown without --deep",
    ):
        assert fact in said


def test_deep_adds_digest_gaps_and_levels(
    samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["probe", str(samples / "civil-ru-kk-mics.flac"), "--deep"]) == 0
    said = capsys.readouterr().out
    assert "deb4158094499628d01fe55254a01417512a8bbd46dc47c2aceaa94b68e10b4c" in said
    assert "5 (0:SR)" in said
    assert "-22.6 dBFS" in said


def test_json_holds_the_same(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    media = str(samples / "civil-ru-kk.mp4")
    work = tmp_path / "work"
    assert run(["probe", media, "--json", "--deep", "--work", str(work)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["clock"]["start_timecode"] == "10:02:15:00"
    assert said["video"][0]["rate"] == "25"
    assert said["audio"][0]["rate_hz"] == 16_000
    assert said["gaps"] == []
    assert said["channels"][0]["rms"] == pytest.approx(0.0842, abs=0.001)
    assert said["channels"][0]["telephone"] is False
    assert len(list(work.glob("*.s16"))) == 1


def test_options_set_the_clock(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    media = str(samples / "civil-ru-kk.flac")
    command = ["probe", media, "--start-timecode", "09:30:00:05"]
    assert run([*command, "--wall-start", "2024-03-05T09:30:00"]) == 0
    said = capsys.readouterr().out
    assert "09:30:00:05 (25 fps, as given)" in said
    assert "2024-03-05 09:30:00 (as given)" in said


def test_a_telephone_recording_is_told_to_the_clerk(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import soundfile  # noqa: PLC0415  only this test needs it

    wide, _rate = soundfile.read(samples / "civil-ru-kk.flac", frames=320_000, dtype="float32")
    media = write_wave(
        tmp_path / "[phone] 20240305-1002.wav", soxr.resample(wide, 16_000, 8000), 8000
    )
    assert run(["probe", str(media), "--deep"]) == 0
    said = capsys.readouterr().out
    assert "[phone] 20240305-1002.wav" in said
    assert "2024-03-05 10:02:00 (file name)" in said
    assert "! Sound stream 0 has 8000 samples a second, as a telephone" in said
    assert "! Channels with the narrow sound of a telephone: 1; recognition will be poor" in said


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "There is no file gone.mp4; check the name and the folder."),
        ("ru", "Файла gone.mp4 нет; проверьте имя и папку."),
        ("kk", "gone.mp4 файлы жоқ; атауы мен қалтасын тексеріңіз."),
    ],
)
def test_a_missing_file_is_one_line_in_the_readers_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str, line: str
) -> None:
    monkeypatch.setenv("HATTAMA_LANG", language)
    assert run(["probe", "gone.mp4"]) == 2
    said = capsys.readouterr()
    assert said.err == line + "\n"
    assert said.out == ""


def test_a_wrong_timecode_is_one_line(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    media = str(samples / "civil-ru-kk.mp4")
    assert run(["probe", media, "--start-timecode", "10:02:15:25"]) == 2
    assert capsys.readouterr().err == (
        "10:02:15:25 is no timecode at 25 frames a second; give HH:MM:SS:FF with frames up to 24.\n"
    )


def spoken(module: Path) -> set[str]:
    """Every text of a module that is put before people."""
    tree = ast.parse(module.read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            speaks = name in {"Notice", "translate"} or name.endswith("Error")
            if speaks and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            found.add(ast.literal_eval(node.value.elts[0]))
    return found


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_text_about_media_is_translated(language: str) -> None:
    root = Path(next(iter(hattama.engine.__path__)))
    modules = [*root.glob("media/*.py"), root / "clock.py", root / "timecode.py"]
    texts = set().union(*map(spoken, [*modules, root / "cli" / "probe.py"]))
    texts |= set(probe._SOURCES.values()) | {pair[0] for pair in notices._CHANNEL_NOTICES}
    table = tomllib.loads((root / "cli" / "locale" / f"{language}.toml").read_text("utf-8"))
    assert len(texts) > 40
    assert texts - set(table) <= {"SHA-256"}
