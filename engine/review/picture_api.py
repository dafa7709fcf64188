"""Endpoints of the picture that is made where the browser cannot show the recording's own."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import FileResponse, Response

from hattama.engine.review import schemas
from hattama.engine.review.endpoint import LATER, Call, Endpoint, Json, told
from hattama.engine.review.room import Room


def made(room: Room, call: Call) -> Json:
    """The picture made for the page, where one is needed."""
    picture = room.sound.picture if room.sound else None
    return {
        "state": _state(room),
        "share": picture.share if picture else 0.0,
        "piece": picture.piece_s if picture else 0.0,
        "fault": told(picture.fault, call.language) if picture and picture.fault else "",
    }


def _state(room: Room) -> str:
    if room.sound is None:
        return "none"
    state = room.sound.picture.state
    return "waiting" if state == "none" and room.sound.picture_wanted else state


def post_picture(room: Room, call: Call) -> Json:
    """Have a picture made, where the browser cannot show the recording's own."""
    if room.sound is not None:
        room.sound.ask_picture()
    return made(room, call)


def get_picture(room: Room, call: Call) -> Response:
    """The made picture, once it is complete."""
    del call
    picture = room.sound.picture if room.sound else None
    if picture is None or _state(room) in {"none", "failed"}:
        return Response(status_code=404)
    return _webm(picture.whole)


def get_piece(room: Room, call: Call) -> Response:
    """A piece of the picture that is being made; asking for it has it made next."""
    picture = room.sound.picture if room.sound else None
    if picture is None or _state(room) in {"none", "failed"}:
        return Response(status_code=404)
    try:
        return _webm(picture.piece(call.query["piece"]))
    except LookupError:
        return Response(status_code=404)


def _webm(path: Path | None) -> Response:
    if path is None:
        return Response(status_code=425, headers=LATER)
    return FileResponse(path, media_type="video/webm", content_disposition_type="inline")


_WEBM = {"x-media-types": ["video/webm"]}
MADE = schemas.obj(
    {"state": {"enum": ["none", "waiting", "making", "ready", "failed"]}, "share": schemas.NUMBER,
     "piece": {**schemas.NUMBER, "description": "seconds of one piece"}, "fault": schemas.TEXT}
)  # fmt: skip

ENDPOINTS = (
    Endpoint("POST", "/api/picture", post_picture, "Have a picture made that the page can show.",
             MADE),
    Endpoint("GET", "/picture.webm", get_picture, "The made picture, once complete.", _WEBM),
    Endpoint(
        "GET", "/picture/{piece}.webm", get_piece, "A piece of the picture in the making.", _WEBM,
        query={"piece": {**schemas.INTEGER, "minimum": 0, "maximum": 1_000_000}},
    ),
)  # fmt: skip
