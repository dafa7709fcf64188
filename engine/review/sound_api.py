"""Endpoints of the recording: the file itself, its decoded sound, its waveform; and choices."""

from __future__ import annotations

from typing import Any

from starlette.responses import FileResponse, Response, StreamingResponse

from hattama.engine.review import schemas
from hattama.engine.review.endpoint import LATER, Call, Endpoint, Json, told
from hattama.engine.review.peaks import PEAKS_A_SECOND
from hattama.engine.review.picture_api import MADE, made
from hattama.engine.review.ranges import RangeError, parse_range
from hattama.engine.review.room import Room


def get_sound(room: Room, call: Call) -> Json:
    """How the recording can be played, and how far its decoding is."""
    picture = made(room, call)  # read before the sound, which is there before a picture is begun
    sound = room.sound
    playing = sound.playing if sound else None
    recording = sound.recording if sound else None
    failed = bool(sound and sound.picture_asked)  # the browser has tried the recording itself
    return {
        "media": playing is not None,
        "picture": bool(playing and playing.picture) and not failed,
        "sound": bool(playing and playing.sound) and not failed,
        "offset": playing.offset if playing else 0.0,
        "share": sound.share if sound else 0.0,
        "ready": bool(sound and sound.ready),
        "other": bool(sound and sound.other),
        "fault": told(sound.fault, call.language) if sound and sound.fault else "",
        "channels": len(recording.tracks) if recording else 0,
        "peaks_a_second": PEAKS_A_SECOND,
        "recognisers": list(room.reruns.names()),
        "aligners": list(room.reruns.aligners()),
        "made": picture,
    }


def get_media(room: Room, call: Call) -> Response:
    """The recording as it is; parts of it where a player asks for them."""
    del call
    if room.sound is None or not room.sound.media.is_file():
        return Response(status_code=404)
    return FileResponse(room.sound.media, content_disposition_type="inline")


def get_mix(room: Room, call: Call) -> Response:
    """All channels mixed, as WAV."""
    return _wav(room, call, None)


def get_channel(room: Room, call: Call) -> Response:
    """One channel as WAV, counted from 1."""
    return _wav(room, call, call.query["channel"] - 1)


def _wav(room: Room, call: Call, channel: int | None) -> Response:
    if room.sound is None or room.sound.fault:
        return Response(status_code=404)
    if not room.sound.ready:
        return Response(status_code=425, headers=LATER)
    wav = room.sound.wav(channel)
    if wav is None:
        return Response(status_code=404)
    headers = {"Accept-Ranges": "bytes"}
    try:
        part = parse_range(call.request.headers.get("range"), wav.size)
    except RangeError:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{wav.size}"})
    start, end = part or (0, wav.size)
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{wav.size}"
    return StreamingResponse(wav.read(start, end), 206 if part else 200, headers, "audio/wav")


def get_peaks(room: Room, call: Call) -> Response:
    """Loudest sample of each 20 ms, one byte each."""
    del call
    if room.sound is None or room.sound.fault:
        return Response(status_code=404)
    if not room.sound.ready:
        return Response(status_code=425, headers=LATER)
    return Response(room.sound.peaks, media_type="application/octet-stream")


def get_preferences(room: Room, call: Call) -> Json:
    """What the clerk chose."""
    del call
    return {"values": room.preferences.read()}


def put_preferences(room: Room, call: Call) -> Json:
    """Keep what the clerk chose."""
    room.preferences.write(call.body["values"])
    return {"values": call.body["values"]}


_BINARY = {"x-media-types": ["application/octet-stream"]}
_MEDIA = {"x-media-types": ["video/*", "audio/*", "application/*", "text/plain"]}
"""By the name of the recording; a name without a known ending is sent as plain text."""
_WAV = {"x-media-types": ["audio/wav"]}
_SIMPLE: Json = {"type": ["string", "number", "boolean"], "maxLength": 200}
_VALUES: dict[str, Any] = {
    "type": "object",
    "maxProperties": 60,
    "propertyNames": {"maxLength": 60},
    "additionalProperties": {
        "anyOf": [
            _SIMPLE,
            {"type": "object", "maxProperties": 60, "propertyNames": {"maxLength": 60},
             "additionalProperties": _SIMPLE},
        ]
    },
}  # fmt: skip
_STORED = {"type": "object"}

ENDPOINTS = (
    Endpoint(
        "GET", "/api/sound", get_sound, "How the recording can be played; progress of decoding.",
        schemas.obj({
            "media": schemas.FLAG, "picture": schemas.FLAG, "sound": schemas.FLAG,
            "offset": schemas.NUMBER, "share": schemas.NUMBER, "ready": schemas.FLAG,
            "other": schemas.FLAG, "fault": schemas.TEXT, "channels": schemas.INTEGER,
            "peaks_a_second": schemas.INTEGER, "recognisers": schemas.array(schemas.TEXT),
            "aligners": schemas.array(schemas.TEXT),
            "made": MADE,
        }),
    ),
    Endpoint("GET", "/media", get_media, "The recording, whole or in parts.", _MEDIA),
    Endpoint("GET", "/sound/mix.wav", get_mix, "All channels mixed, made on the fly.", _WAV),
    Endpoint(
        "GET", "/sound/{channel}.wav", get_channel, "One channel, made on the fly.", _WAV,
        query={"channel": {**schemas.INTEGER, "minimum": 1, "maximum": 1000}},
    ),
    Endpoint("GET", "/api/peaks", get_peaks, "The waveform: one byte for each 20 ms.", _BINARY),
    Endpoint("GET", "/api/preferences", get_preferences, "What the clerk chose for the page.",
             schemas.obj({"values": _STORED})),
    Endpoint("PUT", "/api/preferences", put_preferences, "Keep what the clerk chose.",
             schemas.obj({"values": _STORED}), schemas.obj({"values": _VALUES})),
)  # fmt: skip
