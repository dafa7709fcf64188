"""A model hub that serves `/<repository>/resolve/<revision>/<path>`, as Hugging Face does."""

from __future__ import annotations

import http.client
import logging
import os
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from hattama.models.errors import GatedModelError, SourceError
from hattama.models.hashing import copy_hashed

if TYPE_CHECKING:
    from pathlib import Path

    from hattama.models.entry import Entry, HubSpec, ModelFile
    from hattama.models.watch import Meter

DEFAULT_ENDPOINT = "https://huggingface.co"
TIMEOUT_S = 30.0
ATTEMPTS = 4
"""Connections per file; each continues where the one before broke off."""

_REFUSED = (401, 403)
_OUT_OF_RANGE = 416
_PARTIAL = 206
_SERVER = 500
_log = logging.getLogger(__name__)


class _Interrupted(Exception):  # noqa: N818  never leaves this module
    """The connection broke off; another attempt may continue."""


@dataclass(frozen=True)
class HubSource:
    """Files of a repository at one revision.

    `HF_ENDPOINT` names another hub with the same paths, such as a mirror; `HF_TOKEN` is sent to
    that host alone and never to the storage that it redirects to.
    """

    spec: HubSpec
    """Which repository and revision."""

    @property
    def remote(self) -> bool:
        """A hub needs the network."""
        return True

    @property
    def label(self) -> str:
        """Host and repository."""
        return f"{urllib.parse.urlsplit(endpoint()).hostname}/{self.spec.repository}"

    def url(self, file: ModelFile) -> str:
        """Address of one file."""
        path = (self.spec.paths or {}).get(file.name, file.name)
        return "/".join(
            (
                endpoint(),
                self.spec.repository,
                "resolve",
                self.spec.revision,
                urllib.parse.quote(path),
            )
        )

    def fetch(self, entry: Entry, file: ModelFile, part: Path, scratch: Path, meter: Meter) -> None:
        """Download the file, continuing `part` where its hash is known and it was begun."""
        del scratch
        if self.spec.gated and not (os.environ.get("HF_TOKEN") or os.environ.get("HF_ENDPOINT")):
            raise self._gate(entry)  # the answer is known; a mirror may have no gate
        if file.sha256 is None:  # nothing would tell whether old and new bytes fit together
            part.unlink(missing_ok=True)
        reason: object = ""
        for _ in range(ATTEMPTS):
            try:
                return self._attempt(entry, file, part, meter)
            except _Interrupted as interrupted:
                reason = interrupted
                _log.info("%s: %s", file.name, interrupted)
        raise SourceError(
            "{file} broke off from {hub}: {reason}.", file=file.name, hub=self.label, reason=reason
        )

    def _attempt(self, entry: Entry, file: ModelFile, part: Path, meter: Meter) -> None:
        have = part.stat().st_size if part.exists() else 0
        if file.size is not None and have >= file.size:
            if have == file.size:
                return
            part.unlink()
            have = 0
        try:
            response = _opener().open(_request(self.url(file), have), timeout=TIMEOUT_S)
        except urllib.error.HTTPError as error:
            raise self._refusal(entry, file, part, error) from None
        except (OSError, http.client.HTTPException) as error:
            raise SourceError(
                "{hub} cannot be reached: {reason}.",
                hub=self.label,
                reason=getattr(error, "reason", error),
            ) from error
        with response:
            _receive(response, part, have if response.status == _PARTIAL else 0, meter)

    def _gate(self, entry: Entry) -> GatedModelError:
        return GatedModelError(
            "{model} is given only to people who accepted its conditions: open {page}, accept "
            "them, make a token with read access there, set HF_TOKEN to it and pull again; or "
            "bring the model with `hattama models import`.",
            model=entry.name,
            page=f"{endpoint()}/{self.spec.repository}",
        )

    def _refusal(
        self, entry: Entry, file: ModelFile, part: Path, error: urllib.error.HTTPError
    ) -> Exception:
        if error.code in _REFUSED:
            return self._gate(entry)
        if error.code == _OUT_OF_RANGE:
            part.unlink(missing_ok=True)
            return _Interrupted("the part on disk did not fit")
        if error.code >= _SERVER:
            return _Interrupted(f"HTTP {error.code}")
        return SourceError(
            "{hub} answered {code} for {file}.", hub=self.label, code=error.code, file=file.name
        )


def endpoint() -> str:
    """Address of the hub, without a slash at its end."""
    return (os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")


def _request(url: str, have: int) -> urllib.request.Request:
    if urllib.parse.urlsplit(url).scheme not in {"http", "https"}:
        raise SourceError("HF_ENDPOINT must begin with https:// or http://, not {url}.", url=url)
    request = urllib.request.Request(url, headers={"User-Agent": "hattama"})  # noqa: S310  checked above
    if have:
        request.add_header("Range", f"bytes={have}-")
    if token := os.environ.get("HF_TOKEN"):
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    return request


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, the token staying with its host, and never from https to http."""

    def redirect_request(  # noqa: PLR0917  the signature is urllib's
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        old, new = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        if old.scheme == "https" and new.scheme != "https":
            raise SourceError("{hub} redirects to an unencrypted address.", hub=old.hostname)
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        token = req.unredirected_hdrs.get("Authorization")
        if following and token and (old.scheme, old.netloc) == (new.scheme, new.netloc):
            following.add_unredirected_header("Authorization", token)
        return following


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_SafeRedirects)


def _receive(response: http.client.HTTPResponse, part: Path, start: int, meter: Meter) -> None:
    """Append the body to `part` from `start` on; _Interrupted where it ends too soon."""
    length = response.headers.get("Content-Length")
    with part.open("r+b" if start else "wb") as target:
        target.seek(start)
        target.truncate()
        stream = _Received(response)
        copy_hashed(stream, target, meter, start)
    if length is not None and stream.count < int(length):
        raise _Interrupted(f"{stream.count} of {length} bytes came")


class _Received:
    """A response whose network errors cannot be taken for those of the disk."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response
        self.count = 0

    def read(self, size: int) -> bytes:
        """Read up to `size` bytes."""
        try:
            block = self._response.read1(size)  # what has come, so that a killed run keeps it
        except (OSError, http.client.HTTPException) as error:
            raise _Interrupted(str(error) or type(error).__name__) from error
        self.count += len(block)
        return block
