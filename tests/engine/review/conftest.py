"""A desk on the sample hearing, and clients that talk to it."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from hattama.engine.document.json import write
from hattama.engine.document.model import (
    ClockInfo,
    Doubt,
    Media,
    ModelUse,
    Provenance,
    Segment,
    Speaker,
    Transcript,
    Word,
)
from hattama.engine.media.digest import sha256
from hattama.engine.review.desk import Desk, open_desk
from hattama.engine.review.options import ReviewOptions

sys.path.insert(0, str(Path(__file__).parent))
from browser import CHROMIUM, FLAGS, Open, Server, until  # importlib mode adds no path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SAMPLES = Path(__file__).parents[3] / "samples"
ROLES = ("judge", "secretary", "claimant", "defendant", "interpreter")


def segment(number: int, line: str) -> Segment:
    """A phrase of the reference; its words share its time by their letters."""
    _, _, speaker, start_text, end_text, label, text = line.split(maxsplit=6)
    start, end = float(start_text), float(end_text)
    language = "kk" if label == "<kk>" else "ru"
    letter = (end - start) / len(text)
    words, position = [], 0
    for word in text.split():
        begin = round(start + position * letter, 3)
        stop = round(start + (position + len(word)) * letter, 3)
        words.append(Word(word, begin, stop, 0.9, language, speaker, "whisper-base"))
        position += len(word) + 1
    return Segment(str(number), start, end, speaker, tuple(words))


def doubted(segments: list[Segment], turn: int, word: int, **changes: object) -> None:
    words = list(segments[turn].words)
    words[word] = replace(words[word], doubts=frozenset({Doubt.LOW_CONFIDENCE}), **changes)  # type: ignore[arg-type]
    segments[turn] = replace(segments[turn], words=tuple(words))


def make_record() -> Transcript:
    """The sample hearing with two doubtful words and one turn without words."""
    media = SAMPLES / "civil-ru-kk.mp4"
    lines = (SAMPLES / "civil-ru-kk.stm").read_text("utf-8").splitlines()
    segments = [segment(number, line) for number, line in enumerate(lines, 1)]
    doubted(segments, 1, 5, text="Ахмедовой", alternatives=("Ахметовой", "Ахметовны"))
    doubted(segments, 3, 2)
    silent = Segment("s", 80.07, 80.3, "defendant", (), frozenset({Doubt.SPEECH_WITHOUT_WORDS}))
    segments.insert(23, silent)
    return Transcript(
        Media(media.name, sha256(media), 106.0, 1, ClockInfo("25", "10:02:15:00", "tmcd")),
        tuple(Speaker(role, role=role, channel=n) for n, role in enumerate(ROLES)),
        tuple(segments),
        Provenance(
            "hattama 0.1.0",
            "2026-03-05T09:00:00Z",
            (ModelUse("whisper-base", "recognition", "d0" * 32),),
            {"glossary": ["Ахметова"]},
        ),
    )


@pytest.fixture
def record_file(tmp_path: Path) -> Path:
    """The record and its recording in a folder of their own."""
    path = tmp_path / "hearing" / "civil-ru-kk.json"
    path.parent.mkdir()
    write(path, make_record())
    shutil.copy(SAMPLES / "civil-ru-kk.mp4", path.parent)
    return path


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Decoded sound, kept for the whole session."""
    return tmp_path_factory.mktemp("sound")


@pytest.fixture
def desk(record_file: Path, work: Path, tmp_path: Path) -> Iterator[Desk]:
    options = ReviewOptions(author="Омарова", work=work, port=0, browser=False)
    with open_desk(record_file, options, tmp_path / "preferences.json") as opened:
        yield opened


@pytest.fixture
def visit(desk: Desk) -> Callable[[], TestClient]:
    """Gives a browser that knows where the desk is and nothing else."""
    base = f"http://127.0.0.1:{desk.gate.port}"
    return lambda: TestClient(desk.app, base_url=base, raise_server_exceptions=False)


@pytest.fixture
def client(desk: Desk, visit: Callable[[], TestClient]) -> TestClient:
    """A browser that opened the address."""
    found = visit()
    found.get(desk.address)
    found.headers["X-Desk"] = "first"
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    api = pytest.importorskip(
        "playwright.sync_api", reason="Playwright's Python package is not installed"
    )
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(record_file: Path, work: Path, tmp_path: Path) -> Iterator[Server]:
    found = Server(record_file, work, tmp_path / "config")
    yield found
    found.kill()


@pytest.fixture
def open_page(chromium: Browser, server: Server) -> Iterator[Open]:
    """Opens the desk in a browser of its own; every error of the page fails the test."""
    contexts, faults = [], []

    def opened(*extra: str, ready: bool = True, context: Any = None) -> Page:
        address = server.start(*extra)
        context = context or chromium.new_context(
            locale="en-GB", viewport={"width": 1360, "height": 860}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(40_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        outside = re.compile(r"^(?!http://127\.0\.0\.1:|data:|blob:)")
        page.on("request", lambda r: faults.append(r.url) if outside.match(r.url) else None)
        page.goto(address)
        if ready:
            page.wait_for_selector("html[data-ready=yes]")
            until(page, "Boolean(globalThis.hattama?.editor.holder)")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults
