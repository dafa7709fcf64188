"""Schemathesis over the API's own document: no fault of the server, no answer beside the document.

It runs as its own command against a real server, with the session that the one-time address gave.
"""

from __future__ import annotations

import http.client
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hattama.engine.document.json import read, write

sys.path.insert(0, str(Path(__file__).parent))
from browser import Server  # importlib mode adds no path

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed"
)
EXAMPLES = "3"
"""Generated calls an operation, beside those that cover its document's limits one by one."""

# Its own list and 425: a piece of the picture that is still being made is asked for again.
ACCEPTED = """[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 425, 429, "5xx"]
"""


@pytest.fixture
def server(record_file: Path, work: Path, tmp_path: Path) -> Iterator[Server]:
    """A desk on the first turns of the sample: the whole record in each answer takes long."""
    record = read(record_file)
    write(record_file, replace(record, segments=record.segments[:4]))
    found = Server(record_file, work, tmp_path / "config")
    yield found
    found.kill()


def session(address: str) -> str:
    """Exchange the one-time address for its cookie, as a browser does."""
    host, _, path = address.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host)
    connection.request("GET", f"/{path}")
    return str(connection.getresponse().headers["set-cookie"]).partition(";")[0]


def document(port: int, cookie: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/api/openapi.json", headers={"Cookie": cookie})
    return connection.getresponse().read()


def schemathesis(server: Server, folder: Path, *options: str) -> None:
    """Run it with the session; fail with what it found."""
    cookie = session(server.start())
    (folder / "openapi.json").write_bytes(document(server.port, cookie))
    secret = json.dumps(cookie.partition("=")[2])
    (folder / "schemathesis.toml").write_text(
        f"[auth.openapi.session]\napi_key = {secret}\n{ACCEPTED}"
    )
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml",
        "run", "openapi.json", "-u", f"http://127.0.0.1:{server.port}", "--seed", "1",
        "-n", EXAMPLES, "--phases", "coverage,fuzzing", "--continue-on-failure", "--no-color",
        *options,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "passed" in done.stdout


def test_every_operation_answers_as_its_document_says(server: Server, tmp_path: Path) -> None:
    # One page asks for everything: a made-up name of a page may only look. Signing comes last,
    # for a signed record refuses every edit.
    schemathesis(
        server, tmp_path, "-H", "X-Desk: page", "--exclude-path", "/api/desk",
        "--exclude-path", "/api/sign",
    )  # fmt: skip


def test_pages_that_come_and_go_and_sign_do_no_harm(server: Server, tmp_path: Path) -> None:
    # Pages with made-up names are rightly told that another edits, which is no acceptance.
    schemathesis(
        server, tmp_path, "--include-path", "/api/desk", "--include-path", "/api/sign",
        "--include-path", "/api/undo", "--exclude-checks", "positive_data_acceptance",
    )  # fmt: skip
