from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.disguise_corpus import RATE_HZ, recordings


def written(path: Path, seconds: float, rate_hz: int = RATE_HZ) -> Path:
    """A ramp, so that a sample tells its place."""
    soundfile.write(path, np.arange(round(seconds * rate_hz)) / 2**22, rate_hz, "FLOAT")
    return path


def test_a_recording_is_one_utterance(tmp_path: Path) -> None:
    (one,) = recordings([written(tmp_path / "lecture.wav", 2.0)], "ru")
    assert (one.speaker, one.name, len(one.samples)) == ("lecture", "lecture", 2 * RATE_HZ)


def test_turns_of_a_hearing_are_joined_by_speaker_in_one_language(tmp_path: Path) -> None:
    path = written(tmp_path / "hearing.wav", 40.0)
    path.with_suffix(".stm").write_text(
        "h 1 judge 0 6 <ru> а\nh 1 clerk 6 8 <kk> ә\nh 1 clerk 8 10 <ru> б\n"
        "h 1 judge 10 15 <ru> в\nh 1 judge 20 22 <ru> г\n",
        "utf-8",
    )
    found = {u.name: u for u in recordings([path], "ru")}
    assert {name: len(u.samples) / RATE_HZ for name, u in found.items()} == {
        "hearing judge 0": 11.0,
        "hearing judge 1": 2.0,
        "hearing clerk 0": 2.0,
    }
    place = found["hearing judge 0"].samples[6 * RATE_HZ] * 2**22 / RATE_HZ
    assert place == pytest.approx(10.0)


def test_speech_of_another_rate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="give 16 kHz mono, not 8000"):
        recordings([written(tmp_path / "phone.wav", 1.0, 8000)], "ru")
