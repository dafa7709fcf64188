"""The record as the page takes it: words as short arrays, since there are forty thousand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from hattama.engine.document.model import Segment, Speaker, Transcript, Word
from hattama.engine.editing.entries import Entry
from hattama.engine.editing.history import Change
from hattama.engine.editing.patch import Patch
from hattama.engine.editing.retiming import EDITOR
from hattama.engine.editing.words import NOTE, UNINTELLIGIBLE

_SOURCES = {EDITOR: 1, NOTE: 2, UNINTELLIGIBLE: 3}
"""Whose the word is; 0 is a machine's."""


def word(value: Word) -> list[Any]:
    """`[text, start, end, confidence, language, source, doubts, alternatives]`."""
    head = [value.text, round(value.start, 3), round(value.end, 3), round(value.confidence, 2)]
    source = _SOURCES.get(value.source, 0)
    if value.doubts or value.alternatives:
        doubts = sorted(doubt.value for doubt in value.doubts)
        return [*head, value.language, source, doubts, list(value.alternatives)]
    return [*head, value.language, source]


def segment(value: Segment) -> dict[str, Any]:
    """A turn."""
    return {
        "id": value.id,
        "start": round(value.start, 3),
        "end": round(value.end, 3),
        "speaker": value.speaker,
        "doubts": sorted(doubt.value for doubt in value.doubts),
        "words": [word(item) for item in value.words],
    }


def speaker(value: Speaker) -> dict[str, Any]:
    """A speaker."""
    return asdict(value)


def patch(value: Patch) -> dict[str, Any]:
    """What changed: segments at places, and speakers and state where they did."""
    found: dict[str, Any] = {
        "splices": [
            {"at": s.at, "remove": len(s.removed), "insert": [segment(i) for i in s.inserted]}
            for s in value.splices
        ]
    }
    if value.speakers:
        found["speakers"] = [speaker(item) for item in value.speakers[1]]
    if value.state:
        found["state"] = value.state[1].value
    return found


def change(value: Change) -> list[dict[str, Any]]:
    """Patches in their order."""
    return [patch(item) for item in value]


def transcript(value: Transcript) -> dict[str, Any]:
    """The whole record."""
    return {
        "state": value.state.value,
        "media": {
            "name": value.media.name,
            "sha256": value.media.sha256,
            "duration": value.media.duration,
            "channels": value.media.channels,
            "clock": asdict(value.media.clock),
            "gaps": [asdict(gap) for gap in value.media.gaps],
        },
        "speakers": [speaker(item) for item in value.speakers],
        "segments": [segment(item) for item in value.segments],
    }


def entry(value: Entry) -> dict[str, Any]:
    """An entry of the journal."""
    return asdict(value)
