"""A real browser and a real server for the desk's tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
"""Debian's browser, where it is installed."""


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
