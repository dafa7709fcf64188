"""At the desk, words that a clerk writes are found in the sound where a CTC model is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from starlette.testclient import TestClient

from hattama.engine.document.json import write
from hattama.engine.document.model import Media, Provenance, Segment, Transcript, Word
from hattama.engine.editing.record import read_current
from hattama.engine.media.digest import sha256
from hattama.engine.recognisers.ctc import CtcRecogniser
from hattama.engine.recognisers.ctc_model import CtcModel
from hattama.engine.review.desk import open_desk
from hattama.engine.review.options import ReviewOptions
from hattama.engine.review.placing import WordPlacing

SENTENCE = "мен вчера сотқа келдім"
TOKENS = list(SENTENCE.replace(" ", "\u2581"))


@pytest.fixture
def starts(gigaam: Any) -> list[float]:
    begins = [0, *(i + 1 for i, piece in enumerate(TOKENS) if piece == "\u2581")]
    return [gigaam.starts(TOKENS)[i] for i in begins]


@pytest.fixture
def record_file(tmp_path: Path, gigaam: Any, starts: list[float]) -> Path:
    """A record in which two words were heard as one."""
    media = tmp_path / "sung.wav"
    signal = np.pad(gigaam.sing(TOKENS), (0, 8_000))
    soundfile.write(media, signal, 16_000)
    words = tuple(
        Word(text, start, end, 0.9, "kk", source="w", timing="attention")
        for text, start, end in (
            ("мен", starts[0], starts[0] + 0.3),
            ("шерсот", starts[1] + 0.3, starts[3] - 0.2),
            ("келдім", starts[3], starts[3] + 0.5),
        )
    )
    turn = Segment("1", 0.0, len(signal) / 16_000, None, words)
    path = tmp_path / "sung.record.json"
    write(path, Transcript(Media(media.name, sha256(media), turn.end, 1), (), (turn,),
                           Provenance("hattama", "2026")))  # fmt: skip
    return path


def edited(path: Path, tmp_path: Path, placing: WordPlacing | None, text: str) -> Any:
    """Write a text in place of the second word at the desk; what the page is answered."""
    options = ReviewOptions(author="Омарова", work=tmp_path / "work", port=0, browser=False)
    with open_desk(path, options, tmp_path / "preferences.json") as desk:
        assert desk.room.sound is not None
        assert desk.room.sound.wait(30)
        desk.room.placing = placing
        client = TestClient(desk.app, base_url=f"http://127.0.0.1:{desk.gate.port}")
        client.get(desk.address)
        client.headers["X-Desk"] = "first"
        operation = {"kind": "ReplaceWords", "segment": "1", "first": 1, "last": 2, "text": text}
        answer = client.post("/api/edit", json={"operation": operation, "base": 0})
        assert answer.status_code == 200, answer.text
        after = read_current(path)
        undone = client.post("/api/undo", json={"base": answer.json()["version"]})
        assert undone.status_code == 200
        assert [word.text for word in desk.room.record.transcript.words][1] == "шерсот"
    return answer.json(), after


def test_the_words_are_found_and_one_undo_takes_both_steps_back(
    record_file: Path, tmp_path: Path, gigaam: Any, starts: list[float]
) -> None:
    model = CtcModel.load(gigaam.folder, gigaam.family.model, "gigaam-ctc", threads=1)
    placing = WordPlacing(lambda: CtcRecogniser("tones", model))
    placing.start()
    assert placing.wait()
    answer, after = edited(record_file, tmp_path, placing, "вчера сотқа")
    words = after.words
    assert [word.timing for word in words] == ["attention", "ctc", "ctc", "attention"]
    assert [word.start for word in words] == pytest.approx(starts, abs=0.041)
    (last,) = answer["patches"][-1]["splices"][0]["insert"]
    assert [word[1] for word in last["words"]] == [word.start for word in words]


def test_without_a_model_the_words_keep_shared_times_and_say_so(
    record_file: Path, tmp_path: Path
) -> None:
    placing = WordPlacing(lambda: None)
    placing.start()
    assert not placing.wait()
    _, after = edited(record_file, tmp_path, placing, "вчера сотқа")
    assert [word.timing for word in after.words] == ["attention", "shared", "shared", "attention"]


def test_words_that_nobody_said_keep_shared_times(
    record_file: Path, tmp_path: Path, gigaam: Any
) -> None:
    model = CtcModel.load(gigaam.folder, gigaam.family.model, "gigaam-ctc", threads=1)
    placing = WordPlacing(lambda: CtcRecogniser("tones", model))
    placing.start()
    assert placing.wait()
    text = "бұл жерде мүлдем басқа нәрсе жазылған"
    _, after = edited(record_file, tmp_path, placing, text)
    assert {word.timing for word in after.words[1:-1]} == {"shared"}
