"""A hub on the loopback interface that refuses, redirects, breaks off and resumes."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from hattama.models.catalog import Catalog
from hattama.models.errors import CorruptModelError, GatedModelError, SourceError
from hattama.models.sources.hub import HubSource
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PREFIX = "/court/tiny/resolve/abc/"


@dataclass
class Hub:
    """What the server answers, and what it was asked."""

    content: dict[str, bytes]
    token: str | None = None
    cut_after: int | None = None
    cuts: int = 1
    ranges: bool = True
    redirect_to: str | None = None
    fail_first: int = 0
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    address: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        wanted = handler.headers.get("Range")
        self.asked.append((handler.path, wanted, handler.headers.get("Authorization")))
        data = self.content.get(handler.path.removeprefix(PREFIX))
        if self.redirect_to:
            handler.send_response(302)
            handler.send_header("Location", self.redirect_to + handler.path)
            handler.end_headers()
        elif self.token and handler.headers.get("Authorization") != f"Bearer {self.token}":
            handler.send_error(403 if handler.headers.get("Authorization") else 401)
        elif self.fail_first:
            self.fail_first -= 1
            handler.send_error(503)
        elif data is None:
            handler.send_error(404)
        else:
            self._send(handler, data, wanted)

    def _send(self, handler: BaseHTTPRequestHandler, data: bytes, wanted: str | None) -> None:
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(data) - start))
        handler.end_headers()
        body = data[start:]
        if self.cut_after is not None and self.cuts and len(body) > self.cut_after:
            self.cuts -= 1
            body = body[: self.cut_after]
        handler.wfile.write(body)


def serve(hub: Hub) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hub.answer(self)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


@pytest.fixture
def hub(
    content: dict[str, bytes], empty: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hub]:
    assert not empty.root.exists()  # depends on `empty` so that its environment is set first
    hub = Hub(dict(content))
    server = serve(hub)
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    yield hub
    server.shutdown()
    server.server_close()


def test_files_come_from_their_revision(
    hub: Hub, empty: ModelStore, content: dict[str, bytes]
) -> None:
    empty.pull("tiny")
    assert (empty.require("tiny") / "sub/config.json").read_bytes() == content["sub/config.json"]
    assert [path for path, _, _ in hub.asked] == [PREFIX + name for name in content]


def test_a_connection_that_breaks_off_is_continued(
    hub: Hub, empty: ModelStore, content: dict[str, bytes]
) -> None:
    hub.cut_after, hub.cuts = 500_000, 2
    empty.pull("tiny")
    assert empty.has("tiny")
    ranges = [wanted for path, wanted, _ in hub.asked if path.endswith("model.bin")]
    assert ranges == [None, "bytes=500000-", "bytes=1000000-"]
    assert len(content["model.bin"]) == 1_280_000


def test_a_download_that_keeps_breaking_off_leaves_its_part_for_the_next_pull(
    hub: Hub, empty: ModelStore
) -> None:
    hub.cut_after, hub.cuts = 100_000, 99
    with pytest.raises(SourceError, match=r"model\.bin broke off .* bytes came"):
        empty.pull("tiny")
    part = empty.root / ".parts" / "tiny" / "model.bin.part"
    assert part.stat().st_size == 400_000
    assert not empty.path("tiny").exists()
    hub.cut_after, hub.asked = None, []
    empty.pull("tiny")
    assert hub.asked[0][1] == "bytes=400000-"
    assert empty.has("tiny")


def test_a_wrong_part_of_an_earlier_run_is_given_up(hub: Hub, empty: ModelStore) -> None:
    part = empty.root / ".parts" / "tiny" / "model.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"\xff" * 1000)
    empty.pull("tiny")
    assert empty.has("tiny")
    ranges = [wanted for path, wanted, _ in hub.asked if path.endswith("model.bin")]
    assert ranges == ["bytes=1000-", None]


def test_a_server_that_cannot_continue_is_read_from_the_start(hub: Hub, empty: ModelStore) -> None:
    hub.ranges, hub.cut_after = False, 300_000
    empty.pull("tiny")
    assert empty.has("tiny")


def test_a_part_as_long_as_the_file_is_checked_and_not_fetched(
    hub: Hub, empty: ModelStore, content: dict[str, bytes]
) -> None:
    part = empty.root / ".parts" / "tiny" / "model.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(content["model.bin"])
    empty.pull("tiny")
    assert [path for path, _, _ in hub.asked] == [PREFIX + "sub/config.json"]


def test_a_part_longer_than_the_file_is_given_up(
    hub: Hub, empty: ModelStore, content: dict[str, bytes]
) -> None:
    part = empty.root / ".parts" / "tiny" / "model.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(content["model.bin"] + b"more")
    empty.pull("tiny")
    assert empty.has("tiny")
    assert hub.asked[0][1] is None


def test_a_file_of_unknown_hash_is_never_continued(
    hub: Hub, empty: ModelStore, unpinned: Catalog, content: dict[str, bytes]
) -> None:
    part = empty.root / ".parts" / "tiny" / "model.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"\xff" * 1000)
    store = ModelStore(empty.root, unpinned)
    store.pull("tiny")
    assert (store.require("tiny") / "model.bin").read_bytes() == content["model.bin"]
    assert hub.asked[0][1] is None


def test_a_wrong_byte_is_refused(hub: Hub, empty: ModelStore) -> None:
    hub.content["model.bin"] = b"\xff" + hub.content["model.bin"][1:]
    with pytest.raises(CorruptModelError, match=r"model\.bin of tiny from 127\.0\.0\.1/court/tiny"):
        empty.pull("tiny")
    assert not empty.path("tiny").exists()


@pytest.mark.parametrize("token", [None, "wrong"])
def test_a_gated_model_says_what_to_do(
    hub: Hub, empty: ModelStore, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    hub.token = "right"  # noqa: S105  a test's
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(GatedModelError) as caught:
        empty.pull("tiny")
    for hint in (f"{hub.address}/court/tiny", "HF_TOKEN", "hattama models import"):
        assert hint in str(caught.value)
    assert caught.value.exit_code == 2


def test_the_token_opens_the_gate(
    hub: Hub, empty: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.token = "right"  # noqa: S105  a test's
    monkeypatch.setenv("HF_TOKEN", "right")
    empty.pull("tiny")
    assert empty.has("tiny")


def test_the_token_is_not_sent_to_the_storage_behind_a_redirect(
    hub: Hub, empty: ModelStore, content: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = Hub(dict(content))
    server = serve(storage)
    hub.redirect_to = storage.address
    monkeypatch.setenv("HF_TOKEN", "secret")
    empty.pull("tiny")
    server.shutdown()
    server.server_close()
    assert {token for _, _, token in hub.asked} == {"Bearer secret"}
    assert {token for _, _, token in storage.asked} == {None}
    assert empty.has("tiny")


def test_a_busy_server_is_asked_again(hub: Hub, empty: ModelStore) -> None:
    hub.fail_first = 2
    empty.pull("tiny")
    assert empty.has("tiny")


def test_a_missing_file_is_one_line(hub: Hub, empty: ModelStore) -> None:
    del hub.content["model.bin"]
    with pytest.raises(SourceError, match=r"answered 404 for model\.bin"):
        empty.pull("tiny")


def test_a_hub_that_cannot_be_reached_is_one_line(
    empty: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:  # bound and not listening: the connection is refused
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(
            SourceError, match=r"127\.0\.0\.1/court/tiny cannot be reached"
        ) as caught:
            empty.pull("tiny")
    assert "\n" not in str(caught.value)


def test_an_endpoint_that_is_no_web_address_is_refused(
    empty: ModelStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", f"file://{tmp_path}")
    with pytest.raises(SourceError, match="HF_ENDPOINT must begin with https"):
        empty.pull("tiny")


def test_the_address_is_the_public_hubs_by_default(
    empty: ModelStore, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not empty.root.exists()
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    source = HubSource(catalog["tiny"].sources[0])  # type: ignore[arg-type]  a hub, by the fixture
    url = source.url(catalog["tiny"].files[1])
    assert url == "https://huggingface.co/court/tiny/resolve/abc/sub/config.json"


@pytest.fixture
def gated(empty: ModelStore, content: dict[str, bytes], entries: type) -> ModelStore:
    source = {"kind": "hub", "repository": "court/tiny", "revision": "abc", "gated": True}
    return ModelStore(empty.root, Catalog.parse(entries.toml("tiny", content, [source])))


def test_a_model_known_to_be_gated_is_not_asked_for_without_a_token(
    gated: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HubSource, "_attempt", _never)
    with pytest.raises(GatedModelError, match=r"https://huggingface\.co/court/tiny.*HF_TOKEN"):
        gated.pull("tiny")


def test_a_mirror_is_asked_even_for_a_gated_model(hub: Hub, gated: ModelStore) -> None:
    gated.pull("tiny")
    assert gated.has("tiny")
    assert len(hub.asked) == 2


def _never(*_: object) -> None:
    raise AssertionError("the hub was asked")
