"""The sound check of a live session, as the operator sees it."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from rich.console import Console

from hattama.disguise.errors import RehearsalError
from hattama.disguise.live import LiveOptions
from hattama.disguise.secret import Secret
from hattama.engine.cli import disguise_sound_check
from hattama.engine.cli.disguise_sound_check import check_sound
from hattama.engine.cli.disguise_verdict import ReadingOptions, reader, voice_prints
from hattama.engine.cli.main import run
from hattama.models.store import ModelStore

OPTIONS = LiveOptions(rate=16_000)


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
    monkeypatch.setattr(disguise_sound_check, "listen", lambda *_: heard)
    return heard


def checked(options: LiveOptions, *, unproven: bool, listens: bool = False) -> tuple[object, str]:
    out = io.StringIO()
    reading = ReadingOptions(listen=listens, language="ru")
    console = Console(file=out, width=120)
    return check_sound(console, options, 40.0, reading, unproven=unproven), out.getvalue()


@pytest.mark.weights
def test_a_voice_is_chosen_and_its_figures_are_shown(judge: np.ndarray) -> None:
    found, told = checked(OPTIONS, unproven=False, listens=True)
    assert "Let the witness speak now" in told
    assert "for a stranger's" in told or "more like the witness" in told
    assert {one.name for one in found.similarities} == {"campplus", "ge2e"}
    assert found.words > 20
    assert f"Words that the recogniser loses, of {found.words}" in " ".join(told.split())
    assert not judge.any()  # the witness's own voice is not kept


@pytest.mark.weights
def test_a_voice_that_is_recognised_begins_no_session(judge: np.ndarray, tmp_path: Path) -> None:
    mild = tmp_path / "mild.toml"
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
    mild.write_text("\n".join([*lines, "lowest_pitch_hz = 120.0", "highest_pitch_hz = 125.0"]))
    with pytest.raises(RehearsalError, match="the session was not begun"):
        checked(LiveOptions(rate=16_000, profile=str(mild)), unproven=False)
    assert not judge.any()


def test_without_proof_nobody_compares_voices(judge: np.ndarray) -> None:
    found, told = checked(LiveOptions(rate=16_000, profile="natural"), unproven=True)
    assert found.similarities == ()
    assert "was not asked" in told
    assert found.known[0].voiced_s > 3.0
    assert not judge.any()


@pytest.mark.parametrize("seconds", ["5", "4000", "-1"])
def test_a_sound_check_of_an_impossible_length_is_told(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["disguise", "live", "--sound-check", seconds]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "give 20 to 300 s" in told


@pytest.mark.weights
def test_the_embeddings_keep_one_thread_when_the_recogniser_is_loaded_after_them() -> None:
    """CTranslate2 sets torch's threads as well; beside another program two take far longer."""
    store = ModelStore.default()
    voice_prints(store)
    reader(store, ReadingOptions())
    assert torch.get_num_threads() == 1
