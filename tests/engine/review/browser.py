"""A real browser and a real server for the desk's tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
"""Debian's browser, where it is installed."""
FLAGS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"]
Open = Callable[..., "Page"]
"""Opens the desk in the browser; positional arguments go to `hattama review`."""


@dataclass
class Server:
    """`hattama review` in a process of its own."""

    record: Path
    work: Path
    config: Path
    port: int = 0
    process: subprocess.Popen[str] | None = None
    address: str = ""

    def start(self, *extra: str) -> str:
        """Start it; the address with the token."""
        command = [
            sys.executable, "-c", "from hattama.engine.cli.main import main; main()",
            "review", str(self.record), "--no-browser", "--author", "Омарова",
            "--work", str(self.work), "--port", str(self.port), *extra,
        ]  # fmt: skip
        environment = {**os.environ, "XDG_CONFIG_HOME": str(self.config), "HATTAMA_LANG": "en"}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            match = re.search(r"(http://127\.0\.0\.1:(\d+)/open\?token=\S+)", line)
            if match:
                self.address, self.port = match[1], int(match[2])
                return self.address
        raise AssertionError("the desk did not open")

    def kill(self) -> None:
        """Kill it as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None


def until(page: Page, expression: str, arg: Any = None, timeout: float = 120_000) -> None:
    """Wait until it is true on the page.

    Playwright's own way needs `eval` in the page, which the desk's policy forbids.
    """
    deadline = time.monotonic() + timeout / 1000
    while not page.evaluate(expression, arg):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(40)


def text_of(page: Page, turn: str = "1") -> str:
    return str(page.evaluate("id => hattama.textOf(hattama.store.segment(id))", turn))


def turn(page: Page, number: int = 1) -> Any:
    return page.locator(f"#lines .turn[aria-posinset='{number}'] .text")


def settled(page: Page) -> None:
    """Wait until everything typed is journalled."""
    until(
        page,
        "hattama.typing.pending.size === 0 && hattama.editor.open === 0"
        " && !(hattama.typing.sending?.size)",
    )
