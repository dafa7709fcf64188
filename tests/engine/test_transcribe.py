from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hattama.diarization.fake import FakeDiarizer
from hattama.diarization.microphones import MicrophoneDiarizer
from hattama.diarization.room import Microphone, Room
from hattama.diarization.turns import Turn
from hattama.engine.document import json
from hattama.engine.document.model import Doubt, ModelUse, Word
from hattama.engine.errors import CancelledError
from hattama.engine.options import TranscribeOptions
from hattama.engine.progress import Progress, Stage
from hattama.engine.recognisers.fake import FakeRecogniser
from hattama.engine.recognisers.glossary import Glossary
from hattama.engine.recognisers.protocol import Recognition, Window
from hattama.engine.speech.vad import FakeVoiceActivity
from hattama.engine.transcribe import transcribe
from hattama.models.notice import Notice
from hattama.models.store import ModelStore

RATE = 16_000
TURNS = (Turn(0.5, 2.5, "A"), Turn(3.0, 5.0, "B"), Turn(5.5, 7.5, "A"))
LEVELS = {"A": 0.1, "B": 0.6}


@dataclass
class FakeParts:
    diarizer: FakeDiarizer = field(default_factory=lambda: FakeDiarizer(TURNS))
    recogniser: FakeRecogniser = field(default_factory=FakeRecogniser)
    voice_activity: FakeVoiceActivity = field(default_factory=FakeVoiceActivity)
    models: tuple[ModelUse, ...] = (ModelUse("fake", "recognition", "0" * 64),)
    microphones: MicrophoneDiarizer | None = None
    glossary: Glossary = field(default_factory=Glossary)
    notices: tuple[Notice, ...] = ()

    @property
    def identifier(self) -> FakeRecogniser:
        return self.recogniser


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Three turns of noise in 8.5 s; speaker A is quiet, speaker B loud."""
    noise = np.random.default_rng(7).uniform(-1, 1, round(8.5 * RATE))
    level = np.zeros(len(noise))
    for turn in TURNS:
        level[round(turn.start * RATE) : round(turn.end * RATE)] = LEVELS[turn.speaker]
    path = tmp_path / "hearing.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((noise * level * 32767).astype("<i2").tobytes())
    return path


def test_a_recording_becomes_turns_with_speakers_languages_and_times(
    recording: Path, tmp_path: Path
) -> None:
    draft = transcribe(recording, tmp_path / "work", parts=FakeParts())
    said = [(s.speaker, s.text, round(s.start, 1)) for s in draft.transcript.segments]
    assert said == [("A", "ru20", 0.5), ("B", "kk20", 3.0), ("A", "ru20", 5.5)]
    assert [s.id for s in draft.transcript.speakers] == ["A", "B"]
    assert draft.transcript.media.name == "hearing.wav"
    json.check(draft.transcript, "draft")


def test_one_language_is_not_asked_for(recording: Path, tmp_path: Path) -> None:
    options = TranscribeOptions(languages=("ru",))
    draft = transcribe(recording, tmp_path / "work", options, parts=FakeParts())
    assert {word.language for word in draft.transcript.words} == {"ru"}


def test_every_stage_reports_up_to_its_end(recording: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    transcribe(recording, tmp_path / "work", parts=FakeParts(), report=seen.append)
    assert {p.stage for p in seen if p.done == 1.0} == set(Stage)
    overall = [p.overall for p in seen]
    assert overall == sorted(overall)
    assert overall[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_cancelled_run_goes_on_where_it_was_and_gives_the_same_record(
    recording: Path, tmp_path: Path, stage: Stage
) -> None:
    whole = transcribe(recording, tmp_path / "whole", parts=FakeParts()).transcript

    def cancel(progress: Progress) -> None:
        if progress.stage is stage:
            raise CancelledError("Stopped.")

    work, parts = tmp_path / "work", FakeParts()
    with pytest.raises(CancelledError):
        transcribe(recording, work, parts=parts, report=cancel)
    resumed = transcribe(recording, work, parts=parts).transcript
    assert resumed.segments == whole.segments
    assert parts.recogniser.heard == len(TURNS), "no window is heard twice"


def test_a_finished_run_repeats_no_work_in_the_same_folder(recording: Path, tmp_path: Path) -> None:
    parts = FakeParts()
    first = transcribe(recording, tmp_path / "work", parts=parts).transcript
    heard = parts.recogniser.heard
    assert transcribe(recording, tmp_path / "work", parts=parts).transcript == first
    assert parts.recogniser.heard == heard


def test_other_options_are_another_run(recording: Path, tmp_path: Path) -> None:
    parts = FakeParts()
    transcribe(recording, tmp_path / "work", parts=parts)
    heard = parts.recogniser.heard
    transcribe(recording, tmp_path / "work", TranscribeOptions(languages=("kk",)), parts=parts)
    assert parts.recogniser.heard > heard


def test_speech_in_which_nothing_is_recognised_is_in_the_record(
    recording: Path, tmp_path: Path
) -> None:
    class Deaf(FakeRecogniser):
        def recognise(self, windows: Sequence[Window]) -> tuple[Recognition, ...]:
            return tuple(replace(heard, words=()) for heard in super().recognise(windows))

    draft = transcribe(recording, tmp_path / "work", parts=FakeParts(recogniser=Deaf()))
    assert [s.doubts for s in draft.transcript.segments] == [{Doubt.SPEECH_WITHOUT_WORDS}] * 3
    assert [s.speaker for s in draft.transcript.segments] == ["A", "B", "A"]


def test_a_doubt_about_a_window_reaches_its_words_also_from_the_ledger(
    recording: Path, tmp_path: Path
) -> None:
    class Torn(FakeRecogniser):
        def recognise(self, windows: Sequence[Window]) -> tuple[Recognition, ...]:
            torn = frozenset({Doubt.LANGUAGE})
            return tuple(replace(heard, doubts=torn) for heard in super().recognise(windows))

    parts = FakeParts(recogniser=Torn())
    for _ in range(2):
        draft = transcribe(recording, tmp_path / "work", parts=parts)
        assert all(Doubt.LANGUAGE in word.doubts for word in draft.transcript.words)


def test_terms_of_the_glossary_are_corrected_and_marked(recording: Path, tmp_path: Path) -> None:
    class Mishearing(FakeRecogniser):
        def recognise(self, windows: Sequence[Window]) -> tuple[Recognition, ...]:
            return tuple(
                replace(heard, words=tuple(self.misheard(word) for word in heard.words))
                for heard in super().recognise(windows)
            )

        def misheard(self, word: Word) -> Word:
            return replace(word, text="Охмитова", confidence=0.4)

    parts = FakeParts(recogniser=Mishearing(), glossary=Glossary(("Ахметова",)))
    draft = transcribe(recording, tmp_path / "work", parts=parts)
    assert {word.text for word in draft.transcript.words} == {"Ахметова"}


def test_microphones_name_the_speakers_and_each_is_recognised_by_itself(tmp_path: Path) -> None:
    """Two microphones; the second person interrupts the first, and both are in the record."""
    noise = np.random.default_rng(3).uniform(-1, 1, (8 * RATE, 2)) * 0.3
    said = np.zeros((8 * RATE, 2))
    said[RATE : 5 * RATE, 0] = said[4 * RATE : 7 * RATE, 1] = 1
    heard = noise * said + (noise * said)[:, ::-1] * 0.1
    path = tmp_path / "room.wav"
    soundfile.write(path, heard + 1e-4 * noise, RATE)
    room = Room((Microphone(0, "judge", "Ахметова А. С."), Microphone(1, "witness")))
    parts = FakeParts(voice_activity=FakeVoiceActivity(0.05), microphones=MicrophoneDiarizer(room))
    options = TranscribeOptions(microphones=("judge", "witness"))
    record = transcribe(path, tmp_path / "work", options, parts=parts).transcript
    assert [(s.name, s.role, s.channel) for s in record.speakers] == [
        ("Ахметова А. С.", "judge", 0),
        ("", "witness", 1),
    ]
    assert [(s.speaker, round(s.start), round(s.end)) for s in record.segments] == [
        ("judge", 1, 5),
        ("witness", 4, 7),
    ]


@pytest.mark.weights
def test_a_run_that_was_killed_gives_the_record_of_one_that_was_not(
    samples: Path, store: ModelStore, tmp_path: Path
) -> None:
    """kill -9 as soon as the first result is in the ledger; the real models, the real command."""
    media = tmp_path / "clip.flac"
    sound, rate = soundfile.read(samples / "civil-ru-kk.flac", stop=30 * RATE)
    soundfile.write(media, sound, rate)
    command = [sys.executable, "-m", "hattama.engine.cli", "transcribe", str(media), "-q"]
    environment = {**os.environ, "HATTAMA_MODELS": str(store.root)}
    work = tmp_path / "killed" / ".clip.work"
    run = subprocess.Popen([*command, "-o", str(tmp_path / "killed")], env=environment)
    deadline = time.monotonic() + 300
    while not _kept(work) and run.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert run.poll() is None, "the run ended before it could be killed"
    run.send_signal(signal.SIGKILL)
    run.wait()
    kept = _kept(work)
    subprocess.run(
        [*command, "-o", str(tmp_path / "killed"), "--keep-work"], env=environment, check=True
    )
    subprocess.run([*command, "-o", str(tmp_path / "whole")], env=environment, check=True)
    killed, whole = (
        json.read(tmp_path / name / "clip.record.json") for name in ("killed", "whole")
    )
    assert killed.segments == whole.segments
    assert _kept(work).startswith(kept), "what was done was not done again"
    assert not (tmp_path / "whole" / ".clip.work").exists(), "it goes when the record is safe"


def _kept(work: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in work.glob("ledger-*.jsonl"))


def test_what_is_wrong_with_the_sound_is_told_before_recognition_begins(
    recording: Path, tmp_path: Path
) -> None:
    signal, _ = soundfile.read(recording)
    silent_too = np.stack([signal, np.zeros_like(signal)], axis=1)
    soundfile.write(tmp_path / "room.wav", silent_too, RATE)
    parts = FakeParts(notices=(Notice("Recogniser: fake."),))
    told: list[str] = []

    def tell(notice: Notice) -> None:
        assert parts.recogniser.heard == 0
        told.append(str(notice))

    draft = transcribe(tmp_path / "room.wav", tmp_path / "work", parts=parts, tell=tell)
    assert told[0] == "Recogniser: fake."
    assert told[1].startswith("Silent channels: 2")
    assert [str(notice) for notice in draft.notices][:2] == told
    assert parts.recogniser.heard > 0


def test_who_hears_that_the_sound_is_bad_can_stop(recording: Path, tmp_path: Path) -> None:
    parts = FakeParts(notices=(Notice("Recogniser: fake."),))

    def stop(notice: Notice) -> None:
        raise CancelledError(str(notice))

    with pytest.raises(CancelledError, match="Recogniser: fake"):
        transcribe(recording, tmp_path / "work", parts=parts, tell=stop)
    assert parts.recogniser.heard == 0
