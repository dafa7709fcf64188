"""A CTC model as a court gets it: carried in, imported, heard with, aligned with.

The catalogue, the store, onnx-asr's loader and features, the record and the commands are real; the
weights are those of a model that hears tones, so Silero and pyannote, which know speech alone, are
told where it sings.
"""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from hattama.diarization.fake import FakeDiarizer
from hattama.diarization.turns import Turn
from hattama.engine.cli.main import run
from hattama.engine.editing import EditedRecord, read_current
from hattama.engine.editing.words import ReplaceWords
from hattama.engine.parts import StoreParts
from hattama.engine.speech.vad import FakeVoiceActivity
from hattama.models.store import ModelStore

SENTENCE = "мен вчера сотқа келдім"
TOKENS = list(SENTENCE.replace(" ", "\u2581"))
PIECES = ["\u2581суд", "ья", "\u2581ид", "ет", "\u2581сот", "қа"]
BEFORE_S = 1.5


@pytest.fixture
def court(tmp_path: Path, store: ModelStore, gigaam: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A court's machine: its store holds whisper-base and what tells speakers apart."""
    root = tmp_path / "store"
    root.mkdir()
    for name in ("segmentation-3.0", "campplus", "whisper-base"):
        (root / name).symlink_to(store.require(name))
    (root / "catalog.toml").write_text(gigaam.entry, "utf-8")
    monkeypatch.setenv("HATTAMA_MODELS", str(root))
    monkeypatch.setenv("HATTAMA_OFFLINE", "1")
    monkeypatch.setattr(StoreParts, "voice_activity", FakeVoiceActivity())
    monkeypatch.setattr(StoreParts, "diarizer", FakeDiarizer((Turn(0.0, 60.0, "A"),)))
    return root


def carry(model: Any, name: str, folder: Path) -> None:
    """Copy a model's files to a stick and import them."""
    shutil.copytree(model.folder, folder / name)
    assert run(["models", "import", str(folder)]) == 0


def sung(model: Any, tokens: list[str], path: Path) -> Path:
    signal = np.pad(model.sing(tokens), (round(BEFORE_S * 16_000), 0))
    soundfile.write(path, signal, 16_000)
    return path


def word_starts(model: Any, tokens: list[str]) -> list[float]:
    begins = [
        i for i, t in enumerate(tokens)
        if i == 0 or (t != "\u2581" and (t[0] == "\u2581" or tokens[i - 1] == "\u2581"))
    ]  # fmt: skip
    return [BEFORE_S + model.starts(tokens)[i] for i in begins]


def record(folder: Path) -> Any:
    (path,) = folder.glob("*.record.json")
    return json.loads(path.read_text("utf-8"))


def errors(written: Any, starts: list[float]) -> list[float]:
    words = [word for segment in written["segments"] for word in segment["words"]]
    assert {word["timing"] for word in words} == {"ctc"}
    return [abs(word["start"] - start) for word, start in zip(words, starts, strict=True)]


@pytest.mark.weights
def test_an_imported_model_of_gigaams_kind_writes_a_record_with_times_to_the_frame(
    court: Path, gigaam: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    carry(gigaam, "tones", tmp_path / "stick")
    assert (court / "tones" / "multilingual_ctc.int8.onnx").is_file()
    media = sung(gigaam, TOKENS, tmp_path / "sung.wav")
    out = tmp_path / "out"
    command = ["transcribe", str(media), "-o", str(out), "--recogniser", "tones", "-q", "-f", "txt"]
    assert run(command) == 0
    written = record(out)
    words = [word for segment in written["segments"] for word in segment["words"]]
    assert " ".join(word["text"] for word in words) == SENTENCE
    assert [word["language"] for word in words] == ["kk", "ru", "kk", "kk"]
    assert np.median(errors(written, word_starts(gigaam, TOKENS))) <= 0.020
    models = {model["name"]: model["task"] for model in written["provenance"]["models"]}
    assert models["tones"] == "recognition"
    assert "whisper-base" not in models
    assert SENTENCE in (out / "sung.ru.txt").read_text("utf-8")
    assert "Word times" not in capsys.readouterr().out


@pytest.mark.weights
def test_fastconformer_as_the_catalogue_has_it_is_pinned_and_heard_with(
    court: Path, nemo: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    carry(nemo, "fastconformer-kk-ru", tmp_path / "stick")
    told = capsys.readouterr().out
    pins = (court / "pins.toml").read_text("utf-8")
    sha256 = ModelStore(court).entry("fastconformer-kk-ru").sha256
    assert sha256
    assert sha256 in pins
    assert sha256 in told
    media = sung(nemo, PIECES, tmp_path / "sung.wav")
    command = ["transcribe", str(media), "-o", str(tmp_path / "out"), "-q", "-f", "txt",
               "--recogniser", "fastconformer-kk-ru"]  # fmt: skip
    assert run(command) == 0
    written = record(tmp_path / "out")
    words = [word["text"] for segment in written["segments"] for word in segment["words"]]
    assert words == ["судья", "идет", "сотқа"]
    assert max(errors(written, word_starts(nemo, PIECES))) <= 0.080


@pytest.mark.weights
def test_other_bytes_than_those_pinned_are_refused(
    court: Path, nemo: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    carry(nemo, "fastconformer-kk-ru", tmp_path / "stick")
    with (court / "fastconformer-kk-ru" / "vocab.txt").open("a", encoding="utf-8") as file:
        file.write("\n")
    media = sung(nemo, PIECES, tmp_path / "sung.wav")
    command = ["transcribe", str(media), "-o", str(tmp_path / "out"), "-q",
               "--recogniser", "fastconformer-kk-ru"]  # fmt: skip
    capsys.readouterr()
    assert run(command) != 0
    assert "vocab.txt" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.weights
@pytest.mark.usefixtures("court")
def test_auto_hears_with_both_and_says_so_in_the_clerks_language(
    gigaam: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    media = sung(gigaam, TOKENS, tmp_path / "sung.wav")
    monkeypatch.setenv("HATTAMA_LANG", "ru")
    assert run(["transcribe", str(media), "-o", str(tmp_path / "alone"), "-q", "-f", "txt"]) == 0
    alone = capsys.readouterr().out
    assert "Распознаёт whisper-base" in alone
    assert "Для этого заседания лучше tones: `hattama models pull tones`" in alone
    carry(gigaam, "tones", tmp_path / "stick")
    capsys.readouterr()
    assert run(["transcribe", str(media), "-o", str(tmp_path / "both"), "-q", "-f", "txt"]) == 0
    both = capsys.readouterr().out
    assert "Распознаёт tones" in both
    assert "Второе мнение: whisper-base" in both
    words = [word for segment in record(tmp_path / "both")["segments"] for word in segment["words"]]
    assert [word["text"].strip(".,").lower() for word in words] == SENTENCE.split()
    assert {word["source"] for word in words} == {"tones"}
    # Whisper hears no words in tones, or others.
    assert all("disagreement" in word["doubts"] for word in words)


@pytest.mark.weights
@pytest.mark.usefixtures("court")
def test_words_that_a_person_wrote_are_found_by_the_align_command(
    gigaam: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    carry(gigaam, "tones", tmp_path / "stick")
    media = sung(gigaam, TOKENS, tmp_path / "sung.wav")
    out = tmp_path / "out"
    assert run(["transcribe", str(media), "-o", str(out), "--recogniser", "tones", "-q"]) == 0
    shutil.copy(media, out)
    (path,) = out.glob("*.record.json")
    with EditedRecord(path, "Омарова") as edited:
        segment = edited.transcript.segments[0].id
        edited.do(ReplaceWords(segment, 1, 3, "бірдеңе"))
        edited.do(ReplaceWords(segment, 1, 2, "вчера сотқа"))
    shared = read_current(path).words
    assert [word.timing for word in shared] == ["ctc", "shared", "shared", "ctc"]
    capsys.readouterr()
    assert run(["align", str(path)]) == 0
    assert "2 words were found in the sound by tones; 0 were not." in capsys.readouterr().out
    words = read_current(path).words
    starts = word_starts(gigaam, TOKENS)
    assert max(abs(w.start - s) for w, s in zip(words, starts, strict=True)) <= 0.040
    # Every word of Whisper's alone, in a record made before the CTC model came.
    with EditedRecord(path, "Омарова") as edited:
        edited.undo()
        assert edited.transcript.words == shared
    assert run(["align", str(path), "--every"]) == 0
    assert "4 words were found" in capsys.readouterr().out


@pytest.mark.weights
@pytest.mark.usefixtures("court")
def test_align_says_what_it_lacks(
    gigaam: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    media = sung(gigaam, TOKENS, tmp_path / "sung.wav")
    out = tmp_path / "out"
    assert run(["transcribe", str(media), "-o", str(out), "-q", "-f", "txt"]) == 0
    (path,) = out.glob("*.record.json")
    capsys.readouterr()
    assert run(["align", str(path), "--media", str(media)]) == 2
    assert "models pull gigaam-multilingual" in capsys.readouterr().err
    carry(gigaam, "tones", tmp_path / "stick")
    assert run(["align", str(path)]) == 2  # no recording beside the record
    other = sung(gigaam, TOKENS[:3], tmp_path / "other.wav")
    assert run(["align", str(path), "--media", str(other)]) == 2
    assert "is not the recording of this record" in capsys.readouterr().err


def test_the_loader_finds_the_files_that_the_catalogue_names() -> None:
    """onnx-asr looks for files by patterns of its own; ours must match, and only once."""
    from onnx_asr.models.gigaam import GigaamMultilingualCtc  # noqa: PLC0415  slow
    from onnx_asr.models.nemo import NemoConformerCtc  # noqa: PLC0415  likewise
    from onnx_asr.resolver import model_repos  # noqa: PLC0415  likewise

    store = ModelStore(Path("nowhere"))
    kinds = {"gigaam-ctc": GigaamMultilingualCtc, "nemo-ctc": NemoConformerCtc}
    known = [entry for entry in store.entries() if entry.architecture in kinds]
    assert len(known) == 3
    for entry in known:
        quantization = "int8" if ".int8." in entry.main else None
        patterns = kinds[entry.architecture]._get_model_files(quantization)
        names = [Path(file.name) for file in entry.files]
        for pattern in patterns.values():
            assert [n for n in names if n.match(pattern)], (entry.name, pattern)
        assert [n for n in names if n.match(patterns["model"])] == [Path(entry.main)]
    catalogue = (files("hattama.models") / "catalog.toml").read_text("utf-8")
    for name in ("gigaam-multilingual-ctc", "gigaam-multilingual-large-ctc"):
        assert f'"{model_repos[name]}"' in catalogue
