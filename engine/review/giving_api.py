"""Endpoints that give the record away: exports, comparison, protection."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast
from urllib.parse import quote

from starlette.responses import Response

from hattama.engine.document.json import to_json
from hattama.engine.document.model import Transcript
from hattama.engine.editing.comparison import Part, compare, count
from hattama.engine.editing.protection import (
    disguise_command,
    public,
    spans,
    spoken_names,
    timecode_spans,
)
from hattama.engine.exports import FORMATS, SUFFIXES, ExportOptions, Format, export
from hattama.engine.exports.texts import ExportLanguage
from hattama.engine.review import schemas
from hattama.engine.review.comparison_export import (
    COMPARISON_FORMS,
    ComparisonForm,
    export_comparison,
)
from hattama.engine.review.endpoint import Call, Endpoint, Json
from hattama.engine.review.room import Room

MEDIA_TYPES = {
    "txt": "text/plain", "srt": "application/x-subrip", "vtt": "text/vtt", "json":
    "application/json", "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
"""By form; the rest are plain text."""
PLAIN = "text/plain"
CONTEXT = 6
"""Unchanged words shown on either side of a change."""


def get_export(room: Room, call: Call) -> Response:
    """The edited record in another form: never the machine's draft."""
    chosen, language = call.query["format"], call.query["language"]
    with room.lock:
        transcript, draft = room.record.transcript, room.record.draft
    name = room.record.path.stem
    if chosen.startswith("comparison-"):
        form = cast(ComparisonForm, chosen.removeprefix("comparison-"))
        content = export_comparison(draft, transcript, form, language, room.hearing)
        return _download(content, f"{name}-changes.{form}", form)
    if call.query["public"]:
        transcript = public(transcript, language, _masked(call), room.hearing)
        name += "-public"
    if chosen == "json":
        return _download(to_json(transcript).encode(), f"{name}-edited.json", "json")
    content = _exported(room, transcript, chosen, call, is_public=call.query["public"])
    return _download(content, f"{name}{SUFFIXES[cast(Format, chosen)]}", chosen)


def _exported(
    room: Room, transcript: Transcript, form: str, call: Call, *, is_public: bool
) -> bytes:
    options = ExportOptions(
        language=cast(ExportLanguage, call.query["language"]),
        times=call.query["times"],
        doubts=call.query["doubts"] and not is_public,
    )
    # A hearing file may name whom the public must not know; what it gives is in the record.
    hearing = None if is_public else room.hearing
    return export(transcript, cast(Format, form), options, hearing)


def _masked(call: Call) -> set[tuple[str, int]] | None:
    """`segment:word` of each name to mask; None: all that are found."""
    if call.query["masked"] == "all":
        return None
    places = (place.rpartition(":") for place in call.query["masked"].split(",") if place)
    return {(segment, int(word)) for segment, _, word in places}


def _download(content: bytes, name: str, form: str) -> Response:
    kind = MEDIA_TYPES.get(form, PLAIN)
    text = "" if form == "docx" else "; charset=utf-8"
    return Response(
        content,
        headers={
            "content-type": kind + text,
            "content-disposition": f"attachment; filename*=utf-8''{quote(name)}",
        },
    )


def get_comparison(room: Room, call: Call) -> Json:
    """What was changed, word by word; unchanged stretches are cut short."""
    del call
    with room.lock:
        draft, edited = room.record.draft, room.record.transcript
    parts = compare(draft, edited)
    return {"counts": asdict(count(parts)), "parts": [_part(part, edited) for part in parts]}


def _part(part: Part, edited: Transcript) -> Json:
    before = [word.text for word in part.before]
    if part.kind == "same" and len(before) > 2 * CONTEXT:
        before = [*before[:CONTEXT], "…", *before[-CONTEXT:]]
    return {
        "kind": part.kind,
        "before": " ".join(before),
        "after": "" if part.kind == "same" else " ".join(word.text for word in part.after),
        "speaker_before": part.speaker_before,
        "speaker_after": part.speaker_after,
        "segment": edited.segments[part.turn].id if edited.segments else "",
        "start": part.start,
    }


def get_protection(room: Room, call: Call) -> Json:
    """Protected speakers: their times, the command that masks them, their names where spoken."""
    del call
    with room.lock:
        transcript = room.record.transcript
    times = spans(transcript)
    media = room.media or transcript.media.name
    labels = timecode_spans(transcript.media.clock, times)
    return {
        "spans": [
            {"start": start, "end": end, "timecode": label}
            for (start, end), label in zip(times, labels, strict=True)
        ],
        "command": disguise_command(transcript, media),
        "names": [asdict(name) for name in spoken_names(transcript, room.hearing)],
    }


_EXPORTS = [*FORMATS, "json", *(f"comparison-{form}" for form in COMPARISON_FORMS)]
_COUNTS = schemas.obj(
    dict.fromkeys(("same", "replaced", "inserted", "deleted", "speaker"), schemas.INTEGER)
)
_PART = schemas.obj(
    {"kind": schemas.TEXT, "before": schemas.TEXT, "after": schemas.TEXT,
     "speaker_before": schemas.nullable(schemas.TEXT),
     "speaker_after": schemas.nullable(schemas.TEXT), "segment": schemas.TEXT,
     "start": schemas.NUMBER}
)  # fmt: skip
_SPAN = schemas.obj(
    {"start": schemas.NUMBER, "end": schemas.NUMBER, "timecode": schemas.TEXT}
)  # fmt: skip
_NAME = schemas.obj(
    {"segment": schemas.TEXT, "word": schemas.INTEGER, "text": schemas.TEXT,
     "speaker": schemas.TEXT, "start": schemas.NUMBER, "end": schemas.NUMBER}
)  # fmt: skip

ENDPOINTS = (
    Endpoint(
        "GET", "/api/export/{format}", get_export, "The edited record in another form.",
        {"x-media-types": sorted({*MEDIA_TYPES.values(), PLAIN})},
        query={
            "format": {"enum": _EXPORTS},
            "language": {"enum": ["kk", "ru", "en"], "default": "ru"},
            "times": {"enum": ["auto", "media", "timecode"], "default": "auto"},
            "doubts": {**schemas.FLAG, "default": True},
            "public": {**schemas.FLAG, "default": False},
            "masked": {
                **schemas.TEXT, "default": "all",
                "pattern": r"^(all|[^,:]+:[0-9]{1,6}(,[^,:]+:[0-9]{1,6})*)?$",
                "description": "all, or segment:word of each spoken name to mask",
            },
        },
    ),
    Endpoint(
        "GET", "/api/comparison", get_comparison, "Machine draft and edited record compared.",
        schemas.obj({"counts": _COUNTS, "parts": schemas.array(_PART)}),
    ),
    Endpoint(
        "GET", "/api/protection", get_protection, "Protected speakers: spans, command, names.",
        schemas.obj({"spans": schemas.array(_SPAN), "command": schemas.TEXT,
                     "names": schemas.array(_NAME)}),
    ),
)  # fmt: skip
