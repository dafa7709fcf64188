"""Endpoints that read and edit the record."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, cast, get_args

from hattama.engine.document.model import Transcript
from hattama.engine.editing.history import Change
from hattama.engine.editing.operations import from_plain
from hattama.engine.editing.retiming import split_words
from hattama.engine.editing.search import SearchOptions, find
from hattama.engine.editing.words import ReplaceWords
from hattama.engine.exports.texts import ExportLanguage
from hattama.engine.review import schemas, wire
from hattama.engine.review.endpoint import Call, Endpoint, Json
from hattama.engine.review.room import Room
from hattama.engine.roles import ROLES, infer_kind, role_name

BASE = {**schemas.INTEGER, "minimum": 0, "description": "version that the page shows"}
MATCHES = 2000
"""Places that one search shows; more are counted."""
ENTRIES = 500
"""Entries of the journal in one answer."""


def get_record(room: Room, call: Call) -> Json:
    """The whole record, and what the page needs to know about the desk."""
    del call
    with room.lock:
        room.record.refresh()
        return {
            **standing(room),
            **wire.transcript(room.record.transcript),
            "name": room.record.path.name,
            "author": room.record.author,
            "holder": room.record.holder,
            "writable": room.record.writable,
            "roles": _roles(room),
            "has_hearing": room.hearing is not None,
            "digest": room.record.digest,
        }


def _roles(room: Room) -> list[Json]:
    """Roles as this kind of hearing calls them: the accused of one is the respondent of another."""
    speakers = room.record.transcript.speakers
    kind = room.hearing.kind if room.hearing else None
    kind = kind or infer_kind(speaker.role for speaker in speakers)
    languages: tuple[ExportLanguage, ...] = get_args(ExportLanguage)
    return [
        {"key": key, **{language: role_name(key, language, kind) for language in languages}}
        for key in ROLES
    ]


def standing(room: Room) -> Json:
    """Where the record stands."""
    history = room.record.history
    return {
        "version": history.version,
        "can_undo": history.can_undo,
        "can_redo": history.can_redo,
        "state": history.state.value,
    }


def post_desk(room: Room, call: Call) -> Json:
    """A page says that it is there; whether it may edit, and what stands now."""
    with room.lock:
        if call.body.get("leave"):
            room.desks.leave(call.body["desk"])
            return {**standing(room), "writable": False, "holder": room.record.holder}
        room.record.refresh()
        mine = room.desks.arrive(call.body["desk"], take=call.body.get("take", False))
        writable = mine and room.record.writable
        return {**standing(room), "writable": writable, "holder": room.record.holder}


def get_changes(room: Room, call: Call) -> Json:
    """Patches since a version, for pages that look only."""
    with room.lock:
        room.record.refresh()
        change = room.record.history.changes_since(call.query["since"])
        return changed(room, change)


def changed(room: Room, change: Change) -> Json:
    """An act's answer."""
    return {**standing(room), "patches": wire.change(change)}


def post_edit(room: Room, call: Call) -> Json:
    """One operation."""
    operation = from_plain(call.body["operation"])
    with room.lock:
        room.claim(call.desk)
        base, group = call.body["base"], call.body.get("group", "")
        if isinstance(operation, ReplaceWords):
            operation = _least(room.record.transcript, operation)
        return changed(room, room.edit(operation, group=group, base=base))


def _least(transcript: Transcript, operation: ReplaceWords) -> ReplaceWords:
    """The operation without words that stay, so that the journal holds what was changed.

    The page sends the whole text of a turn.
    """
    segment = next((s for s in transcript.segments if s.id == operation.segment), None)
    if segment is None or not 0 <= operation.first <= operation.last <= len(segment.words):
        return operation
    first, last = operation.first, operation.last
    texts = split_words(operation.text)
    while first < last and texts and segment.words[first].text == texts[0]:
        first, texts = first + 1, texts[1:]
    while first < last and texts and segment.words[last - 1].text == texts[-1]:
        last, texts = last - 1, texts[:-1]
    return replace(operation, first=first, last=last, text=" ".join(texts))


def post_undo(room: Room, call: Call) -> Json:
    """Take the last step back."""
    with room.lock:
        room.claim(call.desk)
        return changed(room, room.record.undo(call.body["base"]))


def post_redo(room: Room, call: Call) -> Json:
    """Do again what was taken back last."""
    with room.lock:
        room.claim(call.desk)
        return changed(room, room.record.redo(call.body["base"]))


def post_roll_back(room: Room, call: Call) -> Json:
    """Make the record as it was at a version."""
    with room.lock:
        room.claim(call.desk)
        return changed(room, room.record.roll_back(call.body["version"], call.body["base"]))


def post_sign(room: Room, call: Call) -> Json:
    """Freeze the record."""
    with room.lock:
        room.claim(call.desk)
        digest, change = room.record.sign(call.body["name"], call.body["base"])
        return {**changed(room, change), "digest": digest, "head": room.record.journal.head}


def get_journal(room: Room, call: Call) -> Json:
    """Entries of the journal, the last ones first."""
    with room.lock:
        entries = room.record.journal.entries
    before = min(call.query["before"], len(entries))
    chosen = entries[max(0, before - ENTRIES) : before]
    return {"total": len(entries), "entries": [wire.entry(entry) for entry in reversed(chosen)]}


def post_find(room: Room, call: Call) -> Json:
    """Places where words stand, with what would replace them."""
    body = call.body
    options = SearchOptions(
        case=body.get("case", False), exact=body.get("exact", False), whole=body.get("whole", False)
    )  # fmt: skip
    with room.lock:
        transcript, version = room.record.transcript, room.record.version
    found = list(find(transcript, body["pattern"], body.get("replacement"), options))
    segments = {segment.id: segment for segment in transcript.segments}

    def shown(match: Any) -> Json:
        words = segments[match.segment].words
        left = " ".join(word.text for word in words[max(0, match.first - 4) : match.first])
        right = " ".join(word.text for word in words[match.last : match.last + 4])
        start = words[match.first].start
        return {**asdict(match), "left": left, "right": right, "start": start}

    return {
        "version": version,
        "total": len(found),
        "matches": [shown(match) for match in found[:MATCHES]],
    }


_ACT = {"base": BASE}
_MATCH = schemas.obj(
    {"segment": schemas.TEXT, "first": schemas.INTEGER, "last": schemas.INTEGER,
     "before": schemas.TEXT, "after": schemas.TEXT, "left": schemas.TEXT, "right": schemas.TEXT,
     "start": schemas.NUMBER}
)  # fmt: skip
_DESK = {**schemas.DESK, "minLength": 1}
_ROLE = schemas.obj(dict.fromkeys(("key", "kk", "ru", "en"), schemas.TEXT))

ENDPOINTS = (
    Endpoint(
        "GET", "/api/record", get_record, "The record and what the page needs to know.",
        schemas.obj({
            **schemas.STANDING, "media": schemas.MEDIA, "speakers": schemas.array(schemas.SPEAKER),
            "segments": schemas.array(schemas.SEGMENT), "name": schemas.TEXT,
            "author": schemas.TEXT, "holder": schemas.TEXT, "writable": schemas.FLAG,
            "roles": schemas.array(_ROLE), "has_hearing": schemas.FLAG, "digest": schemas.TEXT,
        }),
    ),
    Endpoint(
        "POST", "/api/desk", post_desk, "A page says that it is there, takes over, or leaves.",
        schemas.obj({**schemas.STANDING, "writable": schemas.FLAG, "holder": schemas.TEXT}),
        schemas.obj({"desk": _DESK}, {"take": schemas.FLAG, "leave": schemas.FLAG}),
    ),
    Endpoint(
        "GET", "/api/changes", get_changes, "Patches since a version.", schemas.CHANGED,
        query={"since": {**schemas.INTEGER, "minimum": 0}},
    ),
    Endpoint(
        "POST", "/api/edit", post_edit, "Do one operation.", schemas.CHANGED,
        schemas.obj(
            {**_ACT, "operation": schemas.operation()},
            {"group": {**schemas.TEXT, "maxLength": 64}},
        ),
    ),
    Endpoint("POST", "/api/undo", post_undo, "Take the last step back.", schemas.CHANGED,
             schemas.obj(_ACT)),
    Endpoint("POST", "/api/redo", post_redo, "Do again what was taken back.", schemas.CHANGED,
             schemas.obj(_ACT)),
    Endpoint(
        "POST", "/api/roll-back", post_roll_back, "Make the record as it was at a version.",
        schemas.CHANGED,
        schemas.obj({**_ACT, "version": {**schemas.INTEGER, "minimum": 0}}),
    ),
    Endpoint(
        "POST", "/api/sign", post_sign, "Freeze the record and name its digest.",
        {**schemas.CHANGED, "properties": {
            **cast(Json, schemas.CHANGED["properties"]), "digest": schemas.TEXT,
            "head": schemas.TEXT}},
        schemas.obj({**_ACT, "name": {**schemas.TEXT, "minLength": 1, "maxLength": 200}}),
    ),
    Endpoint(
        "GET", "/api/journal", get_journal, "Entries of the journal, the last first.",
        schemas.obj({"total": schemas.INTEGER, "entries": schemas.array(schemas.ENTRY)}),
        query={"before": {**schemas.INTEGER, "minimum": 0, "default": 1 << 40}},
    ),
    Endpoint(
        "POST", "/api/find", post_find, "Find words, with a preview of what replaces them.",
        schemas.obj({"version": schemas.INTEGER, "total": schemas.INTEGER,
                     "matches": schemas.array(_MATCH)}),
        schemas.obj(
            {"pattern": {**schemas.TEXT, "minLength": 1, "maxLength": 500}},
            {"replacement": {**schemas.TEXT, "maxLength": 500}, "case": schemas.FLAG,
             "exact": schemas.FLAG, "whole": schemas.FLAG},
        ),
    ),
)  # fmt: skip
