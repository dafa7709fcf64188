"""One endpoint of the API: what it takes and gives stands once, for the router and the document."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jsonschema
from jsonschema import Draft202012Validator
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from hattama.engine.cli.language import translate
from hattama.engine.editing.errors import (
    EditError,
    JournalError,
    LookingOnlyError,
    NothingToUndoError,
    SignedError,
    StaleEditError,
)
from hattama.engine.errors import BadInputError
from hattama.engine.review import schemas
from hattama.engine.review.jobs import NoPassageError
from hattama.models.errors import HattamaError

if TYPE_CHECKING:
    from hattama.engine.review.room import Room

LONGEST_BODY = 4 << 20
"""Bytes of a request."""

Json = dict[str, Any]
LATER = {"Retry-After": "1"}
"""With status 425: what was asked for is being made."""

STATUSES: tuple[tuple[type[HattamaError], int, str], ...] = (
    (LookingOnlyError, 423, "looking-only"),
    (StaleEditError, 409, "stale"),
    (SignedError, 409, "signed"),
    (NothingToUndoError, 409, "nothing"),
    (EditError, 409, "edit"),
    (NoPassageError, 404, "no-passage"),
    (BadInputError, 400, "bad-input"),
    (JournalError, 507, "journal"),
    (HattamaError, 400, "failed"),
)
"""Status and code of each error, the first that fits."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked against its schema."""

    body: Json
    """The JSON body; empty where there is none."""
    query: Json
    """Query and path parameters, of the types that the schema says."""
    desk: str
    """The page's own name, header `X-Desk`."""
    language: str
    """What the page speaks, header `X-Language`."""
    request: Request
    """The whole request."""


Handler = Callable[["Room", Call], Json | Response]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path, a method and what they mean."""

    method: str
    path: str
    handler: Handler
    summary: str
    """One line for the API document."""
    answer: Json
    """JSON Schema of the answer; `{"x-media-types": […]}` where it is no JSON."""
    body: Json | None = None
    """JSON Schema of the body; None: there is none."""
    query: dict[str, Json] = field(default_factory=dict)
    """JSON Schema of each query or path parameter; `default` where it may be left out."""

    async def __call__(self, room: Room, request: Request) -> Response:
        """Answer one request; every fault is one JSON object."""
        try:
            call = await self._call(request)
            answer = await run_in_threadpool(self.handler, room, call)
        except HattamaError as error:
            return failure(error, request.headers.get("x-language", ""))
        except _MalformedError as error:
            return JSONResponse({"error": "malformed", "message": str(error)}, 422)
        except ClientDisconnect:
            return Response(status_code=400)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    async def _call(self, request: Request) -> Call:
        body = await self._body(request) if self.body is not None else {}
        desk = request.headers.get("x-desk", "")
        _check(desk, schemas.DESK)
        language = request.headers.get("x-language", "")
        return Call(body, self._query(request), desk, language, request)

    async def _body(self, request: Request) -> Json:
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > LONGEST_BODY:
                raise _MalformedError("the body is too long")
        try:
            value = json.loads(bytes(content), parse_constant=_no_constant)
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise _MalformedError("the body is no JSON") from error
        _check(value, self.body or {})
        return dict(value)

    def _query(self, request: Request) -> Json:
        given: dict[str, str] = {**request.query_params, **request.path_params}
        for name in given:
            if name not in self.query:
                raise _MalformedError(f"unknown parameter {name[:40]}")
        return {name: _value(name, given.get(name), schema) for name, schema in self.query.items()}


def failure(error: HattamaError, language: str) -> Response:
    """The answer to an error, in the reader's language."""
    status, code = next(
        (status, code) for kind, status, code in STATUSES if isinstance(error, kind)
    )  # fmt: skip
    return JSONResponse({"error": code, "message": told(error, language)}, status)


def told(error: HattamaError, language: str) -> str:
    """The error's one line in the page's language."""
    chosen = next((known for known in ("kk", "ru", "en") if known == language), None)
    return translate(error.template, chosen).format(**error.fields)


class _MalformedError(ValueError):
    """A request that does not fit the API document."""


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _check(value: object, schema: Json) -> None:
    try:
        Draft202012Validator(schema).validate(value)
    except jsonschema.ValidationError as error:
        place = error.json_path
        raise _MalformedError(f"{place}: {error.message[:200]}") from None


def _value(name: str, text: str | None, schema: Json) -> Any:
    if text is None:
        if "default" in schema:
            return schema["default"]
        raise _MalformedError(f"parameter {name} is missing")
    value: Any = text
    kind = schema.get("type")
    if kind == "integer":
        if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 15:  # noqa: PLR2004  no number of ours is longer
            raise _MalformedError(f"parameter {name} is no integer")
        value = int(text)
    elif kind == "boolean":
        if text not in {"true", "false"}:
            raise _MalformedError(f"parameter {name} is neither true nor false")
        value = text == "true"
    _check(value, schema)
    return value
