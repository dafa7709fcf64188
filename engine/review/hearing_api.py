"""Endpoints of passages that models hear again, or whose words they find in the sound."""

from __future__ import annotations

from hattama.diarization.protocols import Samples
from hattama.engine.document.model import Segment
from hattama.engine.editing.operations import to_plain
from hattama.engine.editing.placing import sound_of
from hattama.engine.editing.selection import segment_of
from hattama.engine.review import schemas
from hattama.engine.review.endpoint import Call, Endpoint, Json
from hattama.engine.review.jobs import NoPassageError
from hattama.engine.review.room import Room


def post_rerun(room: Room, call: Call) -> Json:
    """Hear a turn again."""
    segment, samples = _passage(room, call)
    span = (segment.start, segment.end)
    language = call.body.get("language")
    return {"job": room.reruns.hear(samples, span, call.body["recogniser"], language)}


def get_rerun(room: Room, call: Call) -> Json:
    """What was heard, once it is."""
    words = room.reruns.heard.result(call.query["job"])
    if words is None:
        return {"done": False, "words": []}
    return {
        "done": True,
        "words": [
            {"text": w.text, "start": w.start, "end": w.end, "confidence": w.confidence,
             "language": w.language, "timing": w.timing}
            for w in words
        ],
    }  # fmt: skip


def post_place(room: Room, call: Call) -> Json:
    """Find the words of a turn in its sound."""
    return {"job": room.reruns.place(*_passage(room, call))}


def get_place(room: Room, call: Call) -> Json:
    """The operation that gives the words their times, once they are found."""
    placing = room.reruns.placed.result(call.query["job"])
    if placing is None:
        return {"done": False, "found": 0, "rough": 0, "operation": None}
    operation = to_plain(placing.operation) if placing.operation else None
    return {
        "done": True, "found": placing.found, "rough": placing.rough, "operation": operation,
    }  # fmt: skip


def _passage(room: Room, call: Call) -> tuple[Segment, Samples]:
    """A turn and the sound in which it is heard best."""
    recording = room.sound.recording if room.sound else None
    if recording is None:
        raise NoPassageError("The sound is not decoded yet; wait and try again.")
    with room.lock:
        transcript = room.record.transcript
        segment = segment_of(transcript, call.body["segment"])
    return segment, sound_of(transcript, segment, recording)


_NAME = {**schemas.TEXT, "minLength": 1, "maxLength": 200}
_JOB = schemas.obj({"job": schemas.INTEGER})
_NUMBER = {"job": {**schemas.INTEGER, "minimum": 0}}

ENDPOINTS = (
    Endpoint(
        "POST", "/api/rerun", post_rerun, "Hear a turn again with another recogniser or language.",
        _JOB,
        schemas.obj({"segment": _NAME, "recogniser": _NAME},
                    {"language": schemas.nullable({"enum": ["kk", "ru"]})}),
    ),
    Endpoint(
        "GET", "/api/rerun/{job}", get_rerun, "What was heard, once it is.",
        schemas.obj({"done": schemas.FLAG, "words": schemas.array(schemas.obj({
            "text": schemas.TEXT, "start": schemas.NUMBER, "end": schemas.NUMBER,
            "confidence": schemas.NUMBER, "language": schemas.nullable(schemas.TEXT),
            "timing": schemas.TEXT}))}),
        query=_NUMBER,
    ),
    Endpoint("POST", "/api/place", post_place, "Find the words of a turn in its sound.", _JOB,
             schemas.obj({"segment": _NAME})),
    Endpoint(
        "GET", "/api/place/{job}", get_place, "The operation that times the words, once found.",
        schemas.obj({"done": schemas.FLAG, "found": schemas.INTEGER, "rough": schemas.INTEGER,
                     "operation": schemas.nullable({"type": "object"})}),
        query=_NUMBER,
    ),
)  # fmt: skip
