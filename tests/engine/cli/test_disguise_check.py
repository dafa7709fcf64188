from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hattama.disguise.check import CheckReport, Outcome
from hattama.disguise.errors import LogError
from hattama.disguise.leak import LeakPlace, LeakReport
from hattama.disguise.similarity import Place, Similarity
from hattama.disguise.undo import TurnedBack
from hattama.engine.cli.disguise_check import _logged, as_values
from hattama.engine.cli.disguise_verdict import SENTENCES, Reader
from hattama.engine.cli.language import translate
from hattama.engine.cli.main import run
from hattama.engine.document.model import LANGUAGES, Language, Word
from hattama.engine.recognisers.protocol import Recognition, Window


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HATTAMA_LANG", "en")


def _report(after: float, peak: float = 5.0, pitch: float = 0.1) -> CheckReport:
    similarity = Similarity("campplus", 0.9, after, after, 0.1, 0.05, 0, (), (Place(0, 6, after),))
    leak = LeakReport(3, 1, 4.0, (LeakPlace(0, 2, 0, peak),))
    return CheckReport(leak, TurnedBack(-4.0, pitch), (similarity,), 0.2, 50, ())


@pytest.mark.parametrize(
    ("report", "outcome"),
    [
        (_report(0.1), Outcome.HIDDEN),
        (_report(0.3), Outcome.DOUBTFUL),
        (_report(0.8), Outcome.RECOGNISED),
        (_report(0.1, pitch=0.6), Outcome.RECOGNISED),
        (_report(0.1, peak=40.0), Outcome.LEAKS),
        (_report(0.8, peak=40.0), Outcome.LEAKS),
    ],
)
def test_the_worst_finding_makes_the_verdict(report: CheckReport, outcome: Outcome) -> None:
    assert report.outcome is outcome
    assert as_values(report)["outcome"] == outcome.value
    json.dumps(as_values(report))


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_verdict_is_one_sentence_in_every_language(language: str) -> None:
    sentences = [translate(text, language) for text in SENTENCES.values()]
    assert len(set(sentences)) == len(Outcome)
    for sentence, english in zip(sentences, SENTENCES.values(), strict=True):
        assert sentence != english
        assert sentence.endswith(".")


def test_the_spans_come_from_the_log_beside_the_output(tmp_path: Path) -> None:
    log = tmp_path / "out.disguise.json"
    assert _logged(tmp_path / "out.mp4") == []
    log.write_text('{"format": "hattama-disguise", "spans": [{"start": 1.5, "end": 2}]}')
    (span,) = _logged(tmp_path / "out.mp4")
    assert (span.start, span.end) == (1.5, 2.0)
    for text in ("{", '{"format": "x", "spans": []}', '{"format": "hattama-disguise"}', "[]"):
        log.write_text(text)
        with pytest.raises(LogError):
            _logged(tmp_path / "out.mp4")


class Heard:
    """Hears the same word in everything, in a language of its own."""

    name = "fake"

    def __init__(self, language: Language) -> None:
        self.asked: list[Window] = []
        self._words = (Word("Сәлем", 0.0, 0.5, 0.9, language=language),)

    def recognise(self, windows: list[Window]) -> tuple[Recognition, ...]:
        self.asked.extend(windows)
        return (Recognition(self._words),)


def test_a_reader_asks_for_the_language_it_was_told() -> None:
    signal, model = np.zeros(16_000, np.float32), Heard("kk")
    assert Reader(model, "kk").words(signal, signal) == (["Сәлем"], ["Сәлем"])
    assert [(w.language, w.alternative) for w in model.asked] == [("kk", None)] * 2
    assert model.asked[0].speech == ((0.0, 1.0),)


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_a_reader_reads_the_disguise_in_the_language_of_the_witness(spoken: Language) -> None:
    """Told apart on its own, a disguise may be read in the other, every word counted as lost."""
    signal, model = np.zeros(16_000, np.float32), Heard(spoken)
    Reader(model, None).words(signal, signal)
    witness, disguise = model.asked
    assert {witness.language, witness.alternative} == {"ru", "kk"}
    assert (disguise.language, disguise.alternative) == (spoken, None)


@pytest.mark.weights
def test_a_plain_pitch_shifter_is_turned_back_and_refused(
    tmp_path: Path, samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Played slower by a third of an octave: pitch and formants moved, the voice still there."""
    sound, rate = soundfile.read(samples / "civil-ru-kk.flac", dtype="float32")
    words = sound[round(1.6 * rate) : round(15.6 * rate)]
    source, out = tmp_path / "in.wav", tmp_path / "out.wav"
    soundfile.write(source, words, rate)
    soundfile.write(out, _shifted(words, -4.0), rate)
    arguments = ["disguise", "check", str(source), str(out), "--no-listen", "-q", "--json"]
    assert run(arguments) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["outcome"] == "recognised"
    for similarity in report["similarities"]:
        assert similarity["turned_back"] > similarity["after"] + 0.1


def _shifted(sound: np.ndarray, semitones: float) -> np.ndarray:
    """A pitch shifter as simple as they come: resampled, then stretched back by overlap-add."""
    ratio = 2 ** (semitones / 12)
    slow = np.interp(np.arange(0, len(sound) - 1, ratio), np.arange(len(sound)), sound)
    frame, hop = 1024, 256
    window, out = np.hanning(frame), np.zeros(len(sound) + frame)
    for at in range(0, len(sound) - frame, hop):
        start = round(at / ratio)
        best = start
        if at and start > hop:
            before = out[at : at + frame - hop]
            shifts = range(-160, 160, 4)
            best = start + max(
                shifts, key=lambda s: float(before @ slow[start + s : start + s + frame - hop])
                if start + s >= 0 and start + s + frame <= len(slow) else -1e9,
            )  # fmt: skip
        piece = slow[best : best + frame]
        out[at : at + len(piece)] += piece * window[: len(piece)] / 2
    return out[: len(sound)]
