from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import soundfile

from hattama.engine.document import json
from hattama.engine.errors import CancelledError
from hattama.engine.options import TranscribeOptions


@pytest.mark.weights
def test_a_recording_system_is_stopped_goes_on_and_has_its_record(
    load: Callable[[str], ModuleType], samples: Path, tmp_path: Path
) -> None:
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
