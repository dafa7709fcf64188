from __future__ import annotations

import json
from pathlib import Path

import pytest

from hattama.disguise.proof import ProofVerdict
from hattama.engine.cli.disguise_prove import SENTENCES
from hattama.engine.cli.language import translate
from hattama.engine.cli.main import run


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HATTAMA_LANG", "en")


@pytest.fixture
def handed_out(tmp_path: Path, samples: Path) -> list[str]:
    """Arguments of a proof: the original, what was handed out, its sealed secret."""
    media, out, sealed = samples / "civil-ru-kk.mp4", tmp_path / "out.mp4", tmp_path / "seal.json"
    span = ["--span", "10:02:35:00-10:02:37:07", "--unproven", "--seal", str(sealed), "-q"]
    assert run(["disguise", "file", str(media), "-o", str(out), *span]) == 0
    return [str(media), str(out), "--seal", str(sealed), "-q"]


def test_what_was_handed_out_is_proven_and_what_was_not_is_told(
    tmp_path: Path, handed_out: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    before = sorted(path.name for path in tmp_path.iterdir())
    assert run(["disguise", "prove", *handed_out]) == 0
    told = capsys.readouterr().out
    assert told.startswith("out.mp4 is civil-ru-kk.mp4 in another voice and nothing else")
    assert told.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    sealed = Path(handed_out[3])
    sealed.write_text(json.dumps(json.loads(sealed.read_text("ascii")) | {"secret": "00" * 32}))
    assert run(["disguise", "prove", *handed_out]) == 1
    told = capsys.readouterr().out
    assert told.startswith("out.mp4 is not what this secret makes of civil-ru-kk.mp4.")
    assert told.count("\n") == 1
    assert run(["disguise", "prove", *handed_out, "--json"]) == 1
    values = json.loads(capsys.readouterr().out)
    assert values["verdict"] == "other"
    assert values["copied"] is True
    assert values["distance_db"][0] > 0.0


def test_without_its_log_nothing_is_proven(
    tmp_path: Path, handed_out: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out.disguise.json").rename(tmp_path / "log.json")
    capsys.readouterr()
    assert run(["disguise", "prove", *handed_out]) == 2
    told = capsys.readouterr().err
    assert "out.disguise.json cannot be read as a log" in told
    assert told.count("\n") == 1
    assert run(["disguise", "prove", *handed_out, "--log", str(tmp_path / "log.json")]) == 0


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_verdict_is_a_sentence_in_every_language(language: str) -> None:
    sentences = [translate(text, language) for text in SENTENCES.values()]
    assert len(set(sentences)) == len(ProofVerdict)
    for sentence, english in zip(sentences, SENTENCES.values(), strict=True):
        assert sentence != english
        assert sentence.endswith(".")
