from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from hattama.disguise.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType


@pytest.mark.weights
def test_a_recording_system_tries_a_voice_on_the_witness_first(
    load: Callable[[str], ModuleType],
    samples: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The judge, whose first turns are the sound check and whose last one is disguised."""
    seeds = iter(range(1, 100))
    monkeypatch.setattr(Secret, "fresh", lambda: Secret(bytes([next(seeds)]) * 32))
    sound, rate = soundfile.read(samples / "civil-ru-kk.flac", dtype="float32")
    turns = [sound[round(a * rate) : round(b * rate)] for a, b in ((1.6, 15.6), (92.1, 99.5))]
    soundfile.write(tmp_path / "judge.wav", np.concatenate(turns), rate)
    assert load("sound_check").main(tmp_path / "judge.wav", 14.0) == 0
    told = capsys.readouterr().out
    assert "campplus: " in told
    assert "ge2e: " in told
    said, _ = soundfile.read(tmp_path / "judge.disguised.wav")
    assert len(said) == round(14.0 * rate) + round(7.4 * rate) - round(14.0 * rate)
    assert np.abs(said).max() > 0.01
