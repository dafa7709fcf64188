"""The table of who speaks when: how recordings are summed, and hearings composed of voices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from benchmarks import diarization
from benchmarks.diarization import Job, Measured
from benchmarks.synthetic_hearings import RATE, make
from hattama.diarization.rttm import read_rttm
from hattama.engine.scoring.speakers import DiarizationScores

ANY = "any.flac"


def measured(der: float, total_s: float, speakers: int, found: int) -> Measured:
    """A recording of 100 s with nothing but confusion; the collar forgives half of it."""
    strict, kind = (
        DiarizationScores(d, d, 0.0, 0.0, d * total_s, total_s, speakers, found)
        for d in (der, der / 2)
    )
    return Measured(strict, kind, 100.0, 10.0, 5.0, 700)


def test_several_recordings_are_weighted_by_speech_and_by_speakers() -> None:
    row = diarization.row("set", "hattama", [measured(0.1, 90.0, 3, 3), measured(0.4, 30.0, 1, 2)])
    assert (row["DER"], row["confused"], row["DER, collar"]) == ("17.50", "17.50", "8.75")
    assert row["JER"] == "17.50"
    assert row["speakers"] == "right in 1 of 2"
    assert (row["speed"], row["CPU s per audio s"]) == ("10.00", "0.050")


def test_one_recording_shows_its_speakers() -> None:
    assert diarization.row("set", "plain", [measured(0.0, 90.0, 5, 4)])["speakers"] == "4 of 5"


def test_every_set_is_planned_for_both_systems_told_and_not_told(tmp_path: Path) -> None:
    (tmp_path / "hearing-1-00.flac").touch()
    planned = list(diarization.jobs(("plain", "hattama"), tmp_path, threads=1))
    sets = {(job.name, job.system, job.told) for job in planned}
    for system in ("hattama", "plain"):
        assert ("civil-ru-kk, mix", system, False) in sets
        assert ("civil-ru-kk, mix, number told", system, True) in sets
        assert ("pyannote sample.wav", system, False) in sets
        assert ("composed hearings", system, False) in sets
    assert ("civil-ru-kk, microphones", "microphones", False) in sets
    assert planned[-1].system == "plain"


def test_a_recording_that_fails_is_named_and_the_others_are_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def apart(job: Job) -> Measured:
        if job.system == "plain":
            raise RuntimeError("no weights")
        return measured(0.1, 90.0, 3, 3)

    monkeypatch.setattr(diarization, "run_apart", apart)
    notes: list[str] = []
    planned = [Job("mix", system, ANY, ANY, 1) for system in ("hattama", "plain")]  # type: ignore[arg-type]  literals
    assert list(diarization.measure_all(planned, notes)) == [("mix", "hattama")]
    assert notes == ["plain failed on mix: no weights"]


def test_composed_hearings_have_the_turns_that_their_reference_says(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    voices = tmp_path / "voices"
    voices.mkdir()
    burst = (np.arange(60 * RATE) // (RATE // 2)) % 4 > 0  # 1.5 s of sound, 0.5 s of silence
    for name in "abcdefgh":
        sound = (rng.standard_normal(60 * RATE) * 0.1 * burst).astype(np.float32)
        sf.write(voices / f"{name}-1.flac", sound, RATE)
    seconds = make(voices, tmp_path / "out", count=2, seed=5)
    sounds = sorted((tmp_path / "out").glob("*.flac"))
    assert [sound.stem for sound in sounds] == ["hearing-5-00", "hearing-5-01"]
    assert sum(sf.info(sound).duration for sound in sounds) == pytest.approx(seconds)
    for sound in sounds:
        signal, _ = sf.read(sound)
        turns = read_rttm(sound.with_suffix(".rttm"))
        spoken = np.zeros(len(signal), bool)
        for turn in turns:
            spoken[round(turn.start * RATE) : round(turn.end * RATE)] = True
        assert 2 <= len({turn.speaker for turn in turns}) <= 7
        assert max(turn.end for turn in turns) <= len(signal) / RATE
        loud, quiet = signal[spoken], signal[~spoken]
        assert np.mean(loud**2) > 4 * np.mean(quiet**2)
