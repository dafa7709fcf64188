"""The scoreboard on systems that are scripts of a few lines: what is summed, named and skipped."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from benchmarks import answers, machine, tally, transcription
from benchmarks.cost import Cost, FailedError, cheapest, run, together
from benchmarks.peers.job import phrase, word
from benchmarks.speech_sets import SpeechSet, read_folder
from benchmarks.systems import System, hattama_systems, peer_systems, recognisers
from hattama.diarization.rttm import write_rttm
from hattama.diarization.turns import Turn
from hattama.engine.document import json as record_json
from hattama.engine.document.model import (
    Doubt,
    Media,
    Provenance,
    Segment,
    Speaker,
    Transcript,
    Word,
)
from hattama.engine.scoring.errors import ErrorCounts
from hattama.models.store import ModelStore

ECHO = """
import json, pathlib, sys
job = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
for number, recording in enumerate(job["recordings"]):
    answer = {"language": job["language"], "phrases": [
        {"start": 0.0, "end": 1.0, "words": [{"text": "Сәлем", "start": 0.1, "end": 0.5}]}]}
    if "fails" in recording:
        (pathlib.Path(job["output"]) / f"{number}.failed.txt").write_text("cannot read it", "utf-8")
    else:
        text = json.dumps(answer)
        (pathlib.Path(job["output"]) / f"{number}.words.json").write_text(text, "utf-8")
"""


@pytest.fixture
def phrases(tmp_path: Path) -> SpeechSet:
    """Three clips of a second: one the scripts get right, one half right, one that they fail on."""
    texts = {"a": "Сәлем!", "b": "Сәлем бе", "fails": "Иә"}
    quoted = ", ".join(f"`{name}` «{text}»" for name, text in texts.items())
    (tmp_path / "README.md").write_text(quoted, "utf-8")
    (tmp_path / "clips").mkdir()
    for name in texts:
        sf.write(tmp_path / "clips" / f"{name}.wav", np.zeros(16_000, np.float32), 16_000)
    (found,) = read_folder(tmp_path / "clips", "kk")
    return found


@pytest.fixture
def echo(tmp_path: Path) -> System:
    script = tmp_path / "echo.py"
    script.write_text(ECHO, "utf-8")
    return System("echo", (sys.executable, str(script)), "auto", speakers=False)


def test_a_set_is_answered_scored_and_summed(
    phrases: SpeechSet, echo: System, tmp_path: Path
) -> None:
    board = transcription.Board()
    transcription.measure(echo, phrases, tmp_path / "out", ["kk", "ru"], board)
    ((on, name, sums, cost),) = transcription.lines([phrases], [echo], board)
    assert (on, name, sums.recordings) == ("phrases kk", "echo", 3)
    assert sums.audio_s == pytest.approx(3.0)
    # Right; one of two words missing; everything missing, because the script failed on it.
    assert sums.normalised == ErrorCounts(0, 2, 0, 4)
    assert sums.verbatim == ErrorCounts(1, 2, 0, 4)
    assert sums.languages is not None
    assert (sums.languages.right, sums.languages.total) == (2, 2)
    assert sums.speaker_words is None
    assert sums.wrong_marked is None
    assert board.notes == ["echo on phrases kk: failed: cannot read it."]
    row = tally.row(sums, cost)
    assert (row["WER"], row["cpWER"], row["wrong words marked"]) == ("50.0", "–", "–")
    assert float(row["speed"]) > 0


def test_answers_that_were_kept_are_taken_for_the_same_job_alone(
    phrases: SpeechSet, echo: System, tmp_path: Path
) -> None:
    boards = [transcription.Board() for _ in range(3)]
    for board in boards[:2]:
        transcription.measure(echo, phrases, tmp_path / "out", ["kk"], board)
    shorter = SpeechSet(phrases.name, phrases.recordings[:1], "kk")
    transcription.measure(echo, shorter, tmp_path / "out", ["kk"], boards[2])
    first, again, other = (list(board.costs.values()) for board in boards)
    assert first == again != other


def test_a_system_that_cannot_start_is_named_and_the_others_go_on(
    phrases: SpeechSet, echo: System, tmp_path: Path
) -> None:
    board = transcription.Board()
    broken = System("broken", (sys.executable, "-c", "raise SystemExit('no weights')"), "auto")
    for system in (broken, echo):
        transcription.measure(system, phrases, tmp_path / "out", ["kk"], board)
    assert [name for _, name, _, _ in transcription.lines([phrases], [broken, echo], board)] == [
        "echo"
    ]
    assert board.notes[0] == "broken failed on phrases kk: no weights"


def test_all_sets_are_summed_where_a_system_took_them_all(
    phrases: SpeechSet, echo: System, tmp_path: Path
) -> None:
    other = SpeechSet("more", phrases.recordings[:1], "kk")
    board = transcription.Board()
    for speech_set in (phrases, other):
        transcription.measure(echo, speech_set, tmp_path / "out", ["kk"], board)
    *_, (on, _, sums, _) = transcription.lines([phrases, other], [echo], board)
    assert (on, sums.recordings) == ("all sets", 4)
    assert sums.normalised == ErrorCounts(0, 2, 0, 5)


def test_folders_that_are_no_sets_are_named_and_the_sample_stays(tmp_path: Path) -> None:
    board = transcription.Board()
    found = transcription.find_sets([f"{tmp_path / 'none'}=kk"], 500, board)
    assert [speech_set.name for speech_set in found] == ["civil-ru-kk"]
    assert board.notes == ["Skipped: none: there is no such folder."]


def test_a_peers_words_are_read_with_its_language_and_its_note(
    samples: Path, tmp_path: Path
) -> None:
    (hearing,) = read_folder(samples)
    words = [word("Судебное", 1.6, 2.0), word(" заседание ", 2.0, 2.6), word("")]
    answer = {"language": "tr", "phrases": [phrase(1.6, 2.6, words)], "note": "no verbs"}
    (tmp_path / "0.words.json").write_text(json.dumps(answer), "utf-8")
    read = answers.read(tmp_path, 0)
    assert [(w.text, w.language) for w in read.speech.words] == [
        ("Судебное", None), ("заседание", None),
    ]  # fmt: skip
    assert (read.note, read.turns, read.words) == ("no verbs", None, None)
    result = tally.measure(hearing.recordings[0], read)
    assert result.turns is None
    assert result.scores.first_words is not None
    assert result.scores.first_words.median_s == 0.0


def test_doubts_of_a_record_are_counted_over_the_products_own_words(
    samples: Path, tmp_path: Path
) -> None:
    (hearing,) = read_folder(samples)
    doubt = frozenset({Doubt.LOW_CONFIDENCE})
    heard = (
        Word("Судебное", 1.6, 2.0, 0.9, "ru", "A"),
        Word("задание", 2.0, 2.6, 0.2, "ru", "A", doubts=doubt),
        Word("открыто", 2.6, 3.0, 0.9, "ru", "A"),
    )
    record = Transcript(
        Media("civil-ru-kk.flac", "0" * 64, 106.0, 1),
        (Speaker("A"),),
        (Segment("s1", 1.6, 3.0, "A", heard),),
        Provenance("test", "2026-01-01T00:00:00+00:00"),
    )
    record_json.write(tmp_path / "0.record.json", record)
    write_rttm(tmp_path / "0.rttm", [Turn(1.6, 3.0, "A")], "0")
    result = tally.measure(hearing.recordings[0], answers.read(tmp_path, 0))
    assert result.doubts is not None
    assert (result.doubts.wrong.right, result.doubts.wrong.total) == (1, 2)
    assert (result.doubts.right.right, result.doubts.right.total) == (0, 1)
    assert result.scores.speaker_words is not None
    assert result.turns is not None
    assert (result.turns.speakers, result.turns.speakers_found) == (5, 1)


def test_a_command_costs_what_its_process_costs() -> None:
    spends = "x = bytearray(80 << 20)\nimport time\nt = time.process_time()\n"
    spends += "while time.process_time() - t < 0.3: pass"
    cost = run((sys.executable, "-c", spends))
    assert cost.cpu_s >= 0.3
    assert cost.peak_mib > 80
    with pytest.raises(FailedError, match="the last line"):
        run((sys.executable, "-c", "import sys; print('first'); sys.exit('the last line')"))
    with pytest.raises(FailedError, match="No such file"):
        run(("no-such-program",))


def test_a_command_is_not_charged_with_the_memory_of_who_started_it() -> None:
    held = np.ones(40 << 20)  # 320 MiB, all of it written to
    assert run((sys.executable, "-c", "pass")).peak_mib < 100
    assert held[-1] == 1


def test_of_repeats_the_fastest_counts_and_sets_add_up() -> None:
    costs = [Cost(3.0, 2.0, 10.0), Cost(2.0, 2.5, 12.0)]
    assert cheapest(costs) == Cost(2.0, 2.0, 12.0)
    assert together(costs) == Cost(5.0, 4.5, 12.0)


@pytest.mark.weights
def test_every_recogniser_of_the_store_has_a_row_and_every_whisper_its_peers(
    store: ModelStore, tmp_path: Path, samples: Path
) -> None:
    ours = list(hattama_systems(store, ("kk", "ru")))
    present, missing = recognisers(store)
    assert {entry.name for entry in present} <= {system.model for system in ours}
    assert {entry.name for entry in missing}.isdisjoint(system.model for system in ours)
    peers = list(peer_systems(store, tmp_path))
    assert {s.name.partition(",")[0] for s in peers if s.model == "whisper-base"} == {
        "faster-whisper", "faster-whisper + pyannote", "whisperx", "whisper-timestamped",
        "stable-ts",
    }  # fmt: skip
    (hearing,) = read_folder(samples)
    clips = SpeechSet("clips", hearing.recordings, "kk")
    assert all(system.takes(hearing) for system in ours)
    assert {s.name for s in (*ours, *peers) if s.microphones and s.takes(clips)} == set()


def test_figures_are_written_with_what_they_are_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "RESULTS", tmp_path)
    path = machine.write("x", [{"WER": "1.0"}], "# Notes", counts=[{"wrong": 1}])
    assert "| 1.0 |" in path.read_text("utf-8")
    assert json.loads((tmp_path / "x.json").read_text("utf-8"))["counts"] == [{"wrong": 1}]
