"""Who may talk to the desk: this machine's own browser, which was given the address, and no page.

A page from elsewhere can make a browser call 127.0.0.1. So each request must name this host (a
foreign name that resolves here is DNS rebinding), come from the desk's own page, and carry the
cookie that the one-time address was exchanged for.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
"""Content-Security-Policy: nothing from outside, nothing inline."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class Gate:
    """The one-time token and the session that it opens."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._token: str | None = secrets.token_urlsafe(32)
        self._session = secrets.token_urlsafe(32)
        self._lock = threading.Lock()

    @property
    def cookie(self) -> str:
        """Name of the cookie; browsers share cookies between the ports of a host."""
        return f"hattama-{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Values of the Host header that mean this desk."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    def address(self) -> str:
        """Where the desk is opened, with the token; a new one where the last was used."""
        with self._lock:
            if self._token is None:
                self._token = secrets.token_urlsafe(32)
            return f"http://127.0.0.1:{self.port}/open?token={self._token}"

    def exchange(self, token: str) -> bool:
        """Whether the token is right; it is spent then."""
        with self._lock:
            right = self._token is not None and hmac.compare_digest(
                token.encode(errors="replace"), self._token.encode()
            )
            if right:
                self._token = None
            return right

    def admits(self, headers: Headers) -> bool:
        """Whether a request carries the session."""
        jar = SimpleCookie()
        try:
            jar.load(headers.get("cookie", ""))
        except CookieError:
            return False
        given = jar[self.cookie].value if self.cookie in jar else ""
        return hmac.compare_digest(given.encode(errors="replace"), self._session.encode())

    def own(self, headers: Headers) -> bool:
        """Whether a request names this host and comes from its own page or from none."""
        if headers.get("host") not in self.hosts:
            return False
        origin = headers.get("origin")
        if origin is not None and origin not in {f"http://{host}" for host in self.hosts}:
            return False
        return headers.get("sec-fetch-site", "none") in {"none", "same-origin"}

    def open(self, request: Request) -> Response:
        """Exchange the token for the session's cookie."""
        if not self.exchange(request.query_params.get("token", "")):
            return refused()
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(
            self.cookie, self._session, httponly=True, samesite="strict", path="/"
        )  # fmt: skip
        return response


def refused() -> Response:
    """The one answer to whoever may not."""
    return JSONResponse(
        {"error": "refused", "message": "Open the address that hattama review printed."}, 403
    )  # fmt: skip


class AccessMiddleware:
    """Lets through what the gate admits, and puts the headers of safety on every answer."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 or pass on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        entering = scope["path"] == "/open"
        if self._gate.own(headers) and (entering or self._gate.admits(headers)):
            await self._app(scope, receive, send_safely)
        else:
            await refused()(scope, receive, send_safely)
