"""torchaudio and pyannote.audio load beside any torch, silently and offline."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from hattama.diarization.libraries import absent_extension, import_pyannote, import_torchaudio


def _python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_torchaudio_loads_and_its_kaldi_features_work() -> None:
    kaldi = import_torchaudio().compliance.kaldi

    assert callable(kaldi.fbank)


def test_a_torchaudio_that_works_is_left_alone() -> None:
    code = """
import sys, types
working = types.ModuleType("torchaudio"); working.sentinel = 1
sys.modules["torchaudio"] = working
from hattama.diarization.libraries import import_torchaudio
assert import_torchaudio() is working
print("torchaudio._extension" in sys.modules)
"""
    assert _python(code) == "False"


def test_a_function_that_needs_the_extension_says_so() -> None:
    def forced_align() -> None: ...

    refused = absent_extension().fail_if_no_align(forced_align)
    with pytest.raises(RuntimeError, match="forced_align needs torchaudio's compiled extension"):
        refused()


def test_pyannote_is_imported_with_telemetry_off_even_where_the_user_turned_it_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYANNOTE_METRICS_ENABLED", "1")
    import_pyannote("pyannote.audio.core.model")
    assert os.environ["PYANNOTE_METRICS_ENABLED"] == "0"
    metrics = import_pyannote("pyannote.audio.telemetry.metrics")
    assert not metrics.is_metrics_enabled()


def test_importing_the_folder_imports_neither_torch_nor_pyannote() -> None:
    code = """
import sys
import hattama.diarization, hattama.diarization.turns, hattama.diarization.protocols
print([name for name in ("torch", "torchaudio", "pyannote.audio") if name in sys.modules])
"""
    assert _python(code) == "[]"
