"""The review desk on a record of 40,000 words: opening, typing, scrolling, undo, comparison.

    python benchmarks/review_desk.py [--words 40000]

Needs Debian's chromium and Playwright's Python package. Writes results/review_desk.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "engine" / "review"))

from browser import CHROMIUM, Server
from machine import write as write_results
from playwright.sync_api import CDPSession, Page, sync_playwright

from hattama.engine.document.json import write
from hattama.engine.document.model import (
    Doubt,
    Media,
    Provenance,
    Segment,
    Speaker,
    Transcript,
    Word,
)
from hattama.engine.editing import EditedRecord
from hattama.engine.editing.comparison import compare
from hattama.engine.editing.history import History
from hattama.engine.editing.words import ReplaceWords
from hattama.engine.review import wire

PHRASES = """
    Сторонам разъясняются права и обязанности. Истец поддерживает заявленные требования в полном
    объёме. Талапкер талап арызды толық қолдайды. Суд удаляется в совещательную комнату, прошу
    всех встать.
"""
TEXT = tuple(PHRASES.split())
TURN_WORDS = 10
WORD_S = 0.405
DOUBTED = frozenset({Doubt.LOW_CONFIDENCE})
NOTES = """# Review desk

A synthetic record of {words} words in {turns} turns of six speakers ({hours:.1f} hours), without
its recording. Headless Chromium, without a graphics card, and the server share the machine.

- *opened*: from the navigation to the first turn in the page, and to the permission to edit.
- *key, processor*: processor time of the page's own thread from before a key to after the frame
  that shows it, layout, painting commands and the journal's answer included. *key, handlers*: wall
  clock from the `beforeinput` to the end of all handlers and the layout after them.
- *scroll*: time between two frames while the wheel turns through the record.
- *undo, page*: from the act to the patched page, journal with its fsync included.
  *undo, library*: `History.undo` alone, and on a record of a hundredth of the length.
- *yardstick*: fifty million additions in the same browser; about 40 to 60 ms on an idle core of
  this kind. What it is above that, the other figures owe to other work on the machine.
"""


def make_record(words: int) -> Transcript:
    """A record whose words and speakers repeat."""
    turns = words // TURN_WORDS
    segments = tuple(_turn(number) for number in range(turns))
    end = segments[-1].end
    return Transcript(
        Media("none.mp4", "0" * 64, end, 1),
        tuple(Speaker(f"s{n}", f"Участник {n}") for n in range(6)),
        segments,
        Provenance("benchmark", "2026-03-05T09:00:00Z"),
    )


def _turn(number: int) -> Segment:
    first = number * TURN_WORDS
    speaker = f"s{number * 7 % 6}"
    words = tuple(
        Word(
            TEXT[i % len(TEXT)], round(i * WORD_S, 3), round(i * WORD_S + 0.35, 3), 0.8, "ru",
            speaker, "whisper-base", DOUBTED if i % 29 == 0 else frozenset(),
        )
        for i in range(first, first + TURN_WORDS)
    )  # fmt: skip
    return Segment(str(number), words[0].start, words[-1].end, speaker, words)


_WATCH = """() => {
  globalThis.work = []; let start = 0;
  addEventListener('beforeinput', () => { start = performance.now(); }, true);
  addEventListener('input', () => {
    document.body.offsetHeight;
    work.push(performance.now() - start);
  });
}"""
_GAPS = """() => {
  globalThis.gaps = []; let last = performance.now(); globalThis.watching = true;
  const step = () => { const now = performance.now(); gaps.push(now - last); last = now;
    if (watching) requestAnimationFrame(step); };
  requestAnimationFrame(step);
}"""


def quantile(values: Sequence[float], share: float) -> float:
    """The value that a share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def opened(page: Page, address: str) -> tuple[float, float]:
    """Milliseconds to the first turn, and to the permission to edit."""
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("#lines .turn")
    first = time.perf_counter() - start
    while not page.evaluate("Boolean(globalThis.hattama?.editor.writable)"):
        time.sleep(0.005)
    return 1000 * first, 1000 * (time.perf_counter() - start)


def settle(page: Page) -> None:
    """Wait until everything is journalled."""
    while page.evaluate("hattama.editor.open > 0 || hattama.typing.pending.size > 0"):
        time.sleep(0.01)


_FRAME = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))"


def processor_ms(session: CDPSession) -> float:
    """Processor time of the page's own thread so far: other work on the machine is not in it."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(1000 * float(m["value"]) for m in metrics if m["name"] == "TaskDuration")


def typed(page: Page, session: CDPSession) -> tuple[list[float], list[float]]:
    """Milliseconds of each key at ten places: wall clock of its handlers, processor in all."""
    page.evaluate(_WATCH)
    count = page.evaluate("hattama.store.segments.length")
    costs = []
    for share in (0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.99):
        turn = page.evaluate("i => hattama.store.segments[i].id", int(share * (count - 1)))
        page.evaluate("id => hattama.transcript.edit(id, 5)", turn)
        for key in "суд решил отложить ":
            before = processor_ms(session)
            page.keyboard.type(key)
            page.evaluate(_FRAME)
            costs.append(processor_ms(session) - before)
        settle(page)
    return page.evaluate("work"), costs


def scrolled(page: Page) -> list[float]:
    """Milliseconds between frames while the wheel turns."""
    page.mouse.move(900, 400)
    page.evaluate(
        "document.activeElement.blur(); document.getElementById('transcript').scrollTop = 0"
    )
    page.wait_for_timeout(200)
    page.evaluate(_GAPS)
    for _ in range(150):
        page.mouse.wheel(0, 900)
        page.wait_for_timeout(16)
    page.evaluate("document.getElementById('transcript').scrollTop = 1e7")
    page.wait_for_timeout(200)
    page.evaluate("watching = false")
    return [float(gap) for gap in page.evaluate("gaps")]


_UNDO = """async () => {
  const start = performance.now();
  await hattama.editor.undo();
  document.body.offsetHeight;
  return performance.now() - start;
}"""
_YARDSTICK = """() => {
  const start = performance.now();
  let sum = 0;
  for (let i = 0; i < 5e7; i += 1) sum += i;
  return performance.now() - start + 0 * sum;
}"""


def undone(page: Page) -> list[float]:
    """Milliseconds of each undo on the page."""
    return [float(page.evaluate(_UNDO)) for _ in range(4)]


def library_undo(record: Transcript) -> float:
    """Microseconds of one `History.undo`: the best of five means of ten."""
    history = History(record)
    for number in range(50):
        history.do(ReplaceWords(record.segments[number].id, 0, 1, "иначе"))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(10):
            history.undo()
        times.append(1e5 * (time.perf_counter() - start))
    return min(times)


def serving(path: Path) -> float:
    """Processor milliseconds to make the JSON of the whole record, as the page takes it."""
    record = EditedRecord(path, "benchmark", write=False)
    start = time.process_time()
    json.dumps(wire.transcript(record.transcript), ensure_ascii=False).encode()
    return 1000 * (time.process_time() - start)


def timed(work: Callable[[], Any]) -> float:
    """Processor milliseconds."""
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


def measure(words: int, folder: Path) -> list[dict[str, object]]:
    """All figures."""
    record = make_record(words)
    path = folder / "long.json"
    write(path, record)
    server = Server(path, folder / "work", folder / "config")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1360, "height": 860})
        page.set_default_timeout(300_000)
        try:
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            first, ready = opened(page, server.start())
            opening = processor_ms(session)
            work, costs = typed(page, session)
            gaps = scrolled(page)
            undos = undone(page)
            yardstick = float(page.evaluate(_YARDSTICK))
        finally:
            server.kill()
            browser.close()
    short = make_record(max(words // 100, 600))
    edited = EditedRecord(path, "benchmark", write=False)
    rows: list[tuple[str, float, str, str]] = [
        ("opened, first turn, wall", first, "ms", "≤ 2000"),
        ("opened, editable, wall", ready, "ms", "≤ 2000"),
        ("opened, processor of the page", opening, "ms", ""),
        ("record as JSON, processor of the server", serving(path), "ms", ""),
        ("key, processor, median", statistics.median(costs), "ms", ""),
        ("key, processor, 95 %", quantile(costs, 0.95), "ms", "≤ 16"),
        ("key, processor, worst", max(costs), "ms", ""),
        ("key, handlers, wall, median", statistics.median(work), "ms", ""),
        ("key, handlers, wall, 95 %", quantile(work, 0.95), "ms", "≤ 16"),
        ("scroll, frames, 95 %", quantile(gaps, 0.95), "ms", ""),
        ("scroll, longest", max(gaps), "ms", ""),
        ("undo, page, worst of 4", max(undos), "ms", ""),
        (f"undo, library, {words} words", library_undo(record), "µs", "constant"),
        (f"undo, library, {len(short.words)} words", library_undo(short), "µs", "constant"),
        (
            "draft and journal opened, processor",
            timed(lambda: EditedRecord(path, "b", write=False)),
            "ms",
            "",
        ),
        ("yardstick", yardstick, "ms", ""),
        (
            "comparison, processor",
            timed(lambda: compare(edited.draft, edited.transcript)),
            "ms",
            "",
        ),
    ]
    return [
        {"figure": name, "value": f"{value:.1f} {unit}", "target": target}
        for name, value, unit, target in rows
    ]


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=40_000)
    words = parser.parse_args().words
    if CHROMIUM is None or shutil.which("chromium") is None:
        sys.exit("chromium is not installed (apt-get install chromium)")
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(words, Path(folder))
    turns = words // TURN_WORDS
    notes = NOTES.format(words=words, turns=turns, hours=words * WORD_S / 3600)
    place = write_results("review_desk", rows, notes, "starlette", "uvicorn", "playwright")
    print(place.read_text("utf-8"))


if __name__ == "__main__":
    main()
