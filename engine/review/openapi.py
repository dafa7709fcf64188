"""The API's own document (OpenAPI 3.1), made from the endpoints that the router serves."""

from __future__ import annotations

import re
from importlib.metadata import version

from hattama.engine.review import schemas
from hattama.engine.review.endpoint import Endpoint, Json

_PARAMETER = re.compile(r"\{(\w+)\}")
_FAULTS = {
    "400": "What was asked cannot be done.",
    "403": "No session, a foreign origin or a foreign host.",
    "404": "There is nothing of that number.",
    "409": "The edit does not fit the record as it stands: another version, no such turn, signed,"
    " nothing to undo.",
    "422": "The request does not fit this document.",
    "423": "Another desk edits; this one may look only.",
    "507": "The journal cannot be written; the edit was not done.",
}


def document(endpoints: tuple[Endpoint, ...], cookie: str) -> Json:
    """The whole document.

    Parameters
    ----------
    endpoints
        What the API answers.
    cookie
        Name of the cookie that carries the session.
    """
    paths: dict[str, Json] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hattama review desk",
            "version": version("hattama"),
            "description": "On 127.0.0.1 alone, for the browser that opened the one-time address.",
        },
        "paths": paths,
        "components": {
            "schemas": {"Error": schemas.ERROR},
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": cookie}},
        },
        "security": [{"session": []}],
    }


def _operation(endpoint: Endpoint) -> Json:
    found: Json = {
        "summary": endpoint.summary,
        "operationId": endpoint.handler.__name__,
        "parameters": _parameters(endpoint),
        "responses": {"200": _answer(endpoint), **_faults(endpoint)},
    }
    if endpoint.body is not None:
        content = {"application/json": {"schema": endpoint.body}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _parameters(endpoint: Endpoint) -> list[Json]:
    in_path = set(_PARAMETER.findall(endpoint.path))
    found = [
        {
            "name": name,
            "in": "path" if name in in_path else "query",
            "required": "default" not in schema,
            "schema": schema,
        }
        for name, schema in endpoint.query.items()
    ]
    if endpoint.body is not None:
        desk: Json = {"name": "X-Desk", "in": "header", "required": False}
        found.append({**desk, "schema": schemas.DESK})
    return found


def _answer(endpoint: Endpoint) -> Json:
    kinds = endpoint.answer.get("x-media-types")
    content: Json = {kind: {} for kind in kinds or ()}
    if not kinds:
        content = {"application/json": {"schema": endpoint.answer}}
    return {"description": endpoint.summary, "content": content}


def _faults(endpoint: Endpoint) -> Json:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    found: Json = {
        status: {"description": text, "content": content} for status, text in _FAULTS.items()
    }
    if "x-media-types" in endpoint.answer:
        found["206"] = {"description": "A part, as the Range header asked."}
        found["404"] = {"description": "There is no such recording or channel."}
        found["416"] = {"description": "There is no such part."}
        found["425"] = {"description": "The sound is being decoded; ask again."}
    return found
