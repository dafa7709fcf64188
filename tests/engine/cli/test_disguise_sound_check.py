"""The sound check of a live session or a pipe, as the operator sees it."""

from __future__ import annotations

import io
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from rich.console import Console

from hattama.disguise.errors import RehearsalError
from hattama.disguise.pcm import to_bytes, to_floats
from hattama.disguise.secret import Secret
from hattama.engine.cli import disguise_sound_check
from hattama.engine.cli.disguise_sound_check import check_sound
from hattama.engine.cli.disguise_verdict import (
    ReadingOptions,
    SoundCheckOptions,
    reader,
    voice_prints,
)
from hattama.engine.cli.main import run
from hattama.models.store import ModelStore

RATE = 16_000


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HATTAMA_LANG", "en")


@pytest.fixture
def judge(samples: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """A microphone that hears the judge of the sample hearing."""
    sound, rate = soundfile.read(samples / "civil-ru-kk.flac", dtype="float32")
    turns = [sound[round(a * rate) : round(b * rate)] for a, b in ((1.6, 15.6), (24.2, 30.0))]
    heard = np.concatenate(turns)
    seeds = iter(range(1, 100))
    monkeypatch.setattr(Secret, "fresh", lambda: Secret(bytes([next(seeds)]) * 32))
    some = partial(disguise_sound_check.rehearse, draws=2)
    monkeypatch.setattr(disguise_sound_check, "rehearse", some)
    return heard


def checked(
    heard: np.ndarray, *, profile: str = "strong", unproven: bool = False, listens: bool = False
) -> tuple[object, str]:
    out = io.StringIO()
    asked = SoundCheckOptions(listens, language="ru", sound_check=40.0, unproven=unproven)
    console = Console(file=out, width=120)
    found = check_sound(console, lambda *_: heard, RATE, profile, asked)
    return found, out.getvalue()


def mild(folder: Path) -> Path:
    """A profile that changes hardly anything but the pitch."""
    path = folder / "mild.toml"
    off = (
        "mapping",
        "mapping_high",
        "remainder",
        "bias",
        "normalisation",
        "twist",
        "tilt",
        "colour",
        "warp",
        "shade",
        "bass",
        "bass_from_hz",
    )
    lines = [f"{name} = 0.0" for name in off]
    path.write_text("\n".join([*lines, "lowest_pitch_hz = 120.0", "highest_pitch_hz = 125.0"]))
    return path


@pytest.mark.weights
def test_a_voice_is_chosen_and_its_figures_are_shown(judge: np.ndarray) -> None:
    found, told = checked(judge, listens=True)
    assert "Let the witness speak now" in told
    assert "for a stranger's" in told or "more like the witness" in told
    assert {one.name for one in found.similarities} == {"campplus", "ge2e"}
    assert found.words > 20
    assert f"Words that the recogniser loses, of {found.words}" in " ".join(told.split())
    assert not judge.any()  # the witness's own voice is not kept


@pytest.mark.weights
def test_a_voice_that_is_recognised_begins_no_session(judge: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(RehearsalError, match="the session was not begun"):
        checked(judge, profile=str(mild(tmp_path)))
    assert not judge.any()


def test_without_proof_nobody_compares_voices(judge: np.ndarray) -> None:
    found, told = checked(judge, profile="natural", unproven=True)
    assert found.similarities == ()
    assert "was not asked" in told
    assert found.known[0].voiced_s > 3.0
    assert not judge.any()


@pytest.mark.parametrize("command", ["live", "pipe"])
@pytest.mark.parametrize("seconds", ["5", "4000", "-1"])
def test_a_sound_check_of_an_impossible_length_is_told(
    seconds: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["disguise", command, "--sound-check", seconds]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "give 20 to 300 s" in told


def piped(data: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    hattama = Path(sys.executable).with_name("hattama")
    call = [hattama, "disguise", "pipe", "--rate", str(RATE), "--pace", "free", *arguments]
    return subprocess.run(call, input=data, capture_output=True, check=False)


def test_a_pipe_is_silent_for_its_sound_check_and_then_has_a_voice(judge: np.ndarray) -> None:
    whole = np.concatenate([judge, judge[: 2 * RATE]])
    done = piped(
        to_bytes(whole, "s16le"),
        *("--sound-check", "20", "--unproven", "--no-listen", "--profile", "natural", "--aligned"),
    )
    assert done.returncode == 0, done.stderr
    assert "was not asked" in done.stderr.decode()
    left = to_floats(done.stdout, "s16le", 1)[:, 0]
    assert len(left) == len(whole)
    assert not left[: 20 * RATE].any()
    assert np.sqrt(np.mean(left[20 * RATE :] ** 2)) > 0.01


def test_a_pipe_whose_sound_ends_in_the_sound_check_says_so_in_one_line() -> None:
    done = piped(bytes(2 * RATE), "--sound-check", "20", "--unproven", "--no-listen")
    assert done.returncode == 2
    assert done.stdout == bytes(2 * RATE)
    assert done.stderr.decode().splitlines()[-1].startswith("the sound ended after 1.0 s")


@pytest.mark.weights
def test_a_voice_that_is_recognised_begins_no_pipe(judge: np.ndarray, tmp_path: Path) -> None:
    silenced = to_bytes(np.tile(judge, 2)[: 20 * RATE], "s16le")
    done = piped(
        silenced * 2, "--sound-check", "20", "--no-listen", "--profile", str(mild(tmp_path))
    )
    assert done.returncode == 1
    assert done.stdout == bytes(len(silenced))
    assert "the session was not begun" in done.stderr.decode()


@pytest.mark.weights
def test_the_embeddings_keep_one_thread_when_the_recogniser_is_loaded_after_them() -> None:
    """CTranslate2 sets torch's threads as well; beside another program two take far longer."""
    store = ModelStore.default()
    voice_prints(store)
    reader(store, ReadingOptions())
    assert torch.get_num_threads() == 1
