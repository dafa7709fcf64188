"""The desk as an ASGI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hattama.engine.review import editing_api, giving_api, hearing_api, picture_api, sound_api
from hattama.engine.review.access import AccessMiddleware, Gate, refused
from hattama.engine.review.endpoint import Endpoint
from hattama.engine.review.openapi import document
from hattama.engine.review.room import Room

ENDPOINTS: tuple[Endpoint, ...] = (
    *editing_api.ENDPOINTS,
    *giving_api.ENDPOINTS,
    *sound_api.ENDPOINTS,
    *hearing_api.ENDPOINTS,
    *picture_api.ENDPOINTS,
)
"""Everything that the API answers."""

_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}


def make_app(room: Room, gate: Gate) -> Starlette:
    """The application of one desk.

    Parameters
    ----------
    room
        What it serves.
    gate
        Whom it serves.
    """

    async def opened(request: Request) -> Response:
        return gate.open(request)

    async def described(_request: Request) -> Response:
        return JSONResponse(document(ENDPOINTS, gate.cookie))

    return Starlette(
        routes=[
            *_routes(room),
            Route("/api/openapi.json", described),
            Route("/open", opened),
            Route("/", _page),
            Route("/static/{path:path}", _static),
        ],
        middleware=[Middleware(AccessMiddleware, gate=gate)],
        exception_handlers={404: _not_found, 405: _not_allowed},
    )


def _routes(room: Room) -> list[Route]:
    """One route a path, so that a method that is not there is answered with those that are."""
    paths: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    return [_route(path, methods, room) for path, methods in paths.items()]


def _route(path: str, methods: dict[str, Endpoint], room: Room) -> Route:
    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await methods[method](room, request)

    handler: Callable[[Request], Awaitable[Response]] = answer
    return Route(path, handler, methods=list(methods))


async def _page(_request: Request) -> Response:
    return _file("index.html")


async def _static(request: Request) -> Response:
    return _file(request.path_params["path"])


async def _not_found(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "not-found", "message": "There is nothing here."}, 404)


async def _not_allowed(_request: Request, error: Exception) -> Response:
    headers = error.headers if isinstance(error, HTTPException) else None
    answer = {"error": "method", "message": "This path has other methods; see Allow."}
    return JSONResponse(answer, 405, headers)


def _file(name: str) -> Response:
    """A file of the page; only what was shipped is there, so no path leads out."""
    shipped = _shipped().get(name)
    if shipped is None:
        return refused()
    kind = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return Response(shipped.read_bytes(), media_type=kind)


@cache
def _shipped() -> dict[str, Traversable]:
    root = files("hattama.engine.review") / "static"
    return dict(_walk(root, ""))


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for item in folder.iterdir():
        name = prefix + item.name
        found += _walk(item, f"{name}/") if item.is_dir() else [(name, item)]
    return found
