"""Results of stages as JSON values, for the ledger."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from hattama.diarization.turns import Diarization, Turn
from hattama.engine.document.model import Doubt, Word
from hattama.engine.recognisers.protocol import Recognition
from hattama.models.notice import Notice


def diarization_to_json(diarization: Diarization) -> object:
    """Turns as lists of start, end and speaker."""
    return {
        "turns": [[turn.start, turn.end, turn.speaker] for turn in diarization.turns],
        "exclusive": [[turn.start, turn.end, turn.speaker] for turn in diarization.exclusive],
        "notices": [[notice.template, dict(notice.fields)] for notice in diarization.notices],
    }


def diarization_from_json(value: object) -> Diarization:
    """Undo `diarization_to_json`."""
    table = cast("dict[str, list[Any]]", value)
    return Diarization(
        turns=tuple(Turn(*turn) for turn in table["turns"]),
        exclusive=tuple(Turn(*turn) for turn in table["exclusive"]),
        notices=tuple(Notice(*notice) for notice in table["notices"]),
    )


def recognition_to_json(recognition: Recognition) -> object:
    """Words and doubts of one window."""
    return {
        "words": [_word_to_json(word) for word in recognition.words],
        "doubts": sorted(recognition.doubts),
    }


def recognition_from_json(value: object) -> Recognition:
    """Undo `recognition_to_json`."""
    table = cast("dict[str, list[Any]]", value)
    return Recognition(
        words=tuple(_word_from_json(word) for word in table["words"]),
        doubts=frozenset(Doubt(doubt) for doubt in table["doubts"]),
    )


def _word_to_json(word: Word) -> dict[str, object]:
    return asdict(word) | {"doubts": sorted(word.doubts), "alternatives": list(word.alternatives)}


def _word_from_json(table: dict[str, Any]) -> Word:
    return Word(
        **table
        | {
            "doubts": frozenset(Doubt(doubt) for doubt in table["doubts"]),
            "alternatives": tuple(table["alternatives"]),
        }
    )
