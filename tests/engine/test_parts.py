from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from hattama.diarization.fake import FakeDiarizer
from hattama.diarization.turns import Turn
from hattama.engine.document.model import Doubt, Word
from hattama.engine.options import TranscribeOptions
from hattama.engine.parts import StoreParts
from hattama.engine.recognisers.protocol import Recognition
from hattama.engine.speech.vad import FakeVoiceActivity
from hattama.engine.transcribe import transcribe
from hattama.models.catalog import Catalog
from hattama.models.store import ModelStore

SENTENCE = "мен вчера сотқа келдім"


@pytest.fixture
def with_tones(tmp_path: Path, store: ModelStore, gigaam: Any) -> ModelStore:
    """A store with the real diarization models and whisper-base, and a CTC model of tones."""
    text = (files("hattama.models") / "catalog.toml").read_text("utf-8") + gigaam.entry
    root = tmp_path / "store"
    root.mkdir()
    for name in ("segmentation-3.0", "campplus", "whisper-base"):
        (root / name).symlink_to(store.require(name))
    carried = tmp_path / "carried"
    carried.mkdir()
    (carried / "tones").symlink_to(gigaam.folder)
    made = ModelStore(root, Catalog.parse(text))
    reports = made.import_from(carried)
    assert [report.entry for report in reports] == ["tones"]
    return made


@pytest.fixture
def sung(tmp_path: Path, gigaam: Any) -> Path:
    path = tmp_path / "sung.wav"
    signal = gigaam.sing(list(SENTENCE.replace(" ", "\u2581")))
    soundfile.write(path, signal, 16_000)
    return path


def heard_by(parts: StoreParts, options: TranscribeOptions, sung: Path, work: Path) -> Any:
    parts.__dict__["voice_activity"] = FakeVoiceActivity()
    parts.__dict__["diarizer"] = FakeDiarizer((Turn(0.0, 4.0, "A"),))
    return transcribe(sung, work, options, parts=parts)


@pytest.mark.weights
def test_a_recogniser_of_an_imported_folder_makes_a_record_of_two_languages(
    with_tones: ModelStore, sung: Path, tmp_path: Path
) -> None:
    options = TranscribeOptions(recogniser="tones")
    parts = StoreParts(options, with_tones)
    assert parts.identifier is None
    draft = heard_by(parts, options, sung, tmp_path / "work")
    words = draft.transcript.words
    assert [word.text for word in words] == SENTENCE.split()
    assert [word.language for word in words] == ["kk", "ru", "kk", "kk"]
    assert words[0].start == pytest.approx(0.2, abs=0.04)
    assert {word.speaker for word in words} == {"A"}
    models = {model.name: model.sha256 for model in draft.transcript.provenance.models}
    assert models["tones"] == with_tones.entry("tones").sha256 != ""
    assert not draft.notices


@pytest.mark.weights
def test_auto_takes_two_opinions_where_both_are_there_and_says_so(
    with_tones: ModelStore, sung: Path, tmp_path: Path
) -> None:
    options = TranscribeOptions()
    draft = heard_by(StoreParts(options, with_tones), options, sung, tmp_path / "work")
    told = [str(notice) for notice in draft.notices]
    assert "Recogniser: tones, the best in the store for kk, ru." in told
    assert any("Second opinion: whisper-base" in notice for notice in told)
    words = draft.transcript.words
    assert [word.source for word in words] == ["tones"] * 4
    # Whisper hears no words in tones, or others: every word is doubted.
    assert all(Doubt.DISAGREEMENT in word.doubts for word in words)


@pytest.mark.weights
def test_whispers_words_are_placed_by_the_ctc_model_where_its_text_fits_the_sound(
    with_tones: ModelStore, sung: Path, tmp_path: Path
) -> None:
    options = TranscribeOptions(recogniser="whisper-base")
    parts = StoreParts(options, with_tones)
    # What Whisper hears in tones is its own affair; here it hears the truth at rough times.
    parts.__dict__["_whisper"] = Told(SENTENCE.split())
    draft = heard_by(parts, options, sung, tmp_path / "work")
    words = draft.transcript.words
    assert [(word.text, word.source, word.timing) for word in words] == [
        (text, "whisper-base", "ctc") for text in SENTENCE.split()
    ]
    assert words[0].start == pytest.approx(0.2, abs=0.04)
    models = {model.name: model.task for model in draft.transcript.provenance.models}
    assert (models["whisper-base"], models["tones"]) == ("recognition", "alignment")
    assert not draft.notices


@pytest.mark.weights
def test_without_a_ctc_model_the_record_says_that_its_times_are_rough(
    with_tones: ModelStore, sung: Path, tmp_path: Path
) -> None:
    options = TranscribeOptions(recogniser="whisper-base", aligner="none")
    parts = StoreParts(options, with_tones)
    parts.__dict__["_whisper"] = Told(SENTENCE.split())
    draft = heard_by(parts, options, sung, tmp_path / "work")
    assert {word.timing for word in draft.transcript.words} == {"attention"}
    assert ["Word times are Whisper's own" in str(n) for n in draft.notices] == [True]
    assert "alignment" not in {model.task for model in draft.transcript.provenance.models}


class Told:
    """Whisper that was told the words: at times that attention might give."""

    name = "whisper-base"

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    def language_probabilities(self, signals: Any, languages: Any) -> Any:
        return np.full((len(signals), len(languages)), 0.5)

    def recognise(self, windows: Any) -> tuple[Recognition, ...]:
        step = 0.2
        return tuple(
            Recognition(
                tuple(
                    Word(text, w.start + step * i, w.start + step * i + step, 0.9, "kk",
                         source=self.name, timing="attention")
                    for i, text in enumerate(self._texts)
                )
            )
            for w in windows
        )  # fmt: skip
