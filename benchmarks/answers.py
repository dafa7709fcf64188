"""What a system answered to a recording, whichever system it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hattama.diarization.rttm import read_rttm
from hattama.diarization.turns import Turn
from hattama.engine.document import json as record_json
from hattama.engine.document.model import LANGUAGES, Language, Word
from hattama.engine.scoring.speech import Phrase, Speech, SpokenWord, of_record


@dataclass(frozen=True, slots=True)
class Answer:
    """One recording as one system heard it."""

    speech: Speech
    """Empty where the system failed on the recording."""
    words: tuple[Word, ...] | None = None
    """With doubt marks; None where the system has none."""
    turns: tuple[Turn, ...] | None = None
    """Who speaks when; None where the system does not say."""
    note: str = ""
    """What the system could not do."""


def read(output: Path, number: int) -> Answer:
    """The answer to recording `number`: a record, a peer's words, or a failure."""
    rttm = output / f"{number}.rttm"
    turns = tuple(read_rttm(rttm)) if rttm.exists() else None
    record = output / f"{number}.record.json"
    if record.exists():
        transcript = record_json.read(record)
        return Answer(of_record(transcript), transcript.words, turns)
    words = output / f"{number}.words.json"
    if words.exists():
        answer = json.loads(words.read_text("utf-8"))
        return Answer(_speech(answer), turns=turns, note=answer.get("note", ""))
    failed = output / f"{number}.failed.txt"
    why = failed.read_text("utf-8").splitlines()[0] if failed.exists() else "no answer"
    return Answer(Speech((), ()), note=f"failed: {why}")


def _speech(answer: dict[str, Any]) -> Speech:
    """A peer's phrases; one language for the whole recording, as Whisper tells it."""
    language = next((known for known in LANGUAGES if known == answer["language"]), None)
    return Speech(tuple(_phrase(phrase, language) for phrase in answer["phrases"]), ())


def _phrase(phrase: dict[str, Any], language: Language | None) -> Phrase:
    words = tuple(
        SpokenWord(word["text"], language, word["start"], word["end"])
        for word in phrase["words"]
        if word["text"]
    )
    return Phrase(words, phrase.get("speaker"), phrase["start"], phrase["end"], language)
