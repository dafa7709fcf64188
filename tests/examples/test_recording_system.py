from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import soundfile

from hattama.engine.document import json
from hattama.engine.errors import CancelledError
from hattama.engine.options import TranscribeOptions
from hattama.models.store import ModelStore

EXAMPLES = Path(__file__).parents[2] / "examples"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.weights
def test_a_recording_system_is_stopped_goes_on_and_has_its_record(
    samples: Path, store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HATTAMA_MODELS", str(store.root))
    sound, rate = soundfile.read(samples / "civil-ru-kk.flac", stop=12 * 16_000)
    media = tmp_path / "clip.flac"
    soundfile.write(media, sound, rate)
    maker = load("recording_system").DraftMaker(TranscribeOptions(languages=("ru",)))
    maker.stop.set()
    with pytest.raises(CancelledError):
        maker.make(media, tmp_path)
    maker.stop.clear()
    draft = maker.make(media, tmp_path)
    assert "заседание" in draft.transcript.segments[0].text
    assert json.read(tmp_path / "clip.record.json") == draft.transcript
    assert (tmp_path / "clip.docx").stat().st_size > 10_000
