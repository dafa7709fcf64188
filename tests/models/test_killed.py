"""Pulls that are killed, and two at once, as processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from hattama.models.errors import PullCancelledError, StoreBusyError
from hattama.models.lock import exclusive
from hattama.models.sources.fake import FakeSource
from hattama.models.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hattama.models.store import ModelStore

SENT = 700_000
PULL = """
import sys
from pathlib import Path
from hattama.models.catalog import Catalog
from hattama.models.store import ModelStore
ModelStore(Path(sys.argv[1]), Catalog.read(Path(sys.argv[2]))).pull("tiny")
"""
HOLD = """
import sys, time
from pathlib import Path
from hattama.models.lock import exclusive
from hattama.models.watch import Watch
with exclusive(Path(sys.argv[1]), Watch()):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def stalling(content: dict[str, bytes]) -> Iterator[str]:
    """A hub that sends part of the weights and stalls; asked for the rest, it sends that."""
    go = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = content[self.path.split("/resolve/abc/")[1]]
            wanted = self.headers.get("Range")
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            self.wfile.write(data[start:SENT] if not start else data[start:])
            if not start and len(data) > SENT:
                go.wait(60)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    go.set()
    server.shutdown()
    server.server_close()


def wait_for(path: Path, size: int) -> None:
    for _ in range(600):
        if path.exists() and path.stat().st_size >= size:
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} did not grow")


def test_a_pull_killed_half_way_is_taken_up_by_the_next(
    empty: ModelStore,
    stalling: str,
    content: dict[str, bytes],
    entries: type,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = {"kind": "hub", "repository": "court/tiny", "revision": "abc"}
    catalog = empty.root.with_name("catalog.toml")
    catalog.write_text(entries.toml("tiny", content, [hub]))
    part = empty.root / ".parts" / "tiny" / "model.bin.part"
    environment = {**os.environ, "HF_ENDPOINT": stalling}
    pull = subprocess.Popen(
        [sys.executable, "-c", PULL, str(empty.root), str(catalog)], env=environment
    )
    wait_for(part, SENT - 100_000)
    pull.send_signal(signal.SIGKILL)
    pull.wait()
    assert not empty.has("tiny")
    assert not empty.path("tiny").exists()
    begun = part.stat().st_size
    monkeypatch.setenv("HF_ENDPOINT", stalling)
    seen: list[int] = []
    empty.pull("tiny", watch=Watch(lambda done, _total: seen.append(done)))
    assert min(seen) >= begun  # the bytes of the killed run were not fetched again
    assert empty.has("tiny")
    assert not list(empty.root.glob(".fetch-*"))
    assert not part.exists()


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of a store."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / ".lock")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_store_that_stays_busy_is_told(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    assert holder.poll() is None
    with (
        pytest.raises(StoreBusyError, match="Another process is filling"),
        exclusive(tmp_path / ".lock", Watch(), wait_s=0),
    ):
        raise AssertionError("two at once")


def test_waiting_for_another_process_can_be_cancelled(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert holder.poll() is None
    watch = Watch()
    threading.Timer(0.3, watch.cancel.set).start()
    with pytest.raises(PullCancelledError), exclusive(tmp_path / ".lock", watch):
        raise AssertionError("two at once")


def test_the_lock_of_a_killed_process_is_free(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    holder.kill()
    holder.wait()
    with exclusive(tmp_path / ".lock", Watch(), wait_s=0):
        assert (tmp_path / ".lock").exists()


def test_two_pulls_at_once_fetch_once(empty: ModelStore, content: dict[str, bytes]) -> None:
    source = FakeSource(content)
    threads = [
        threading.Thread(target=empty.pull, args=("tiny",), kwargs={"sources": [source]})
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert empty.has("tiny")
    assert sorted(source.asked) == sorted(content)
