"""What a command costs: time, processor time and memory of the whole process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LAUNCH = Path(__file__).with_name("launch.py")


class FailedError(RuntimeError):
    """The command ended with an error; the message is the last line that it wrote."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Start of the program and loading of models included."""

    wall_s: float
    """By the clock, seconds."""
    cpu_s: float
    """User and system time of the process and its children, seconds."""
    peak_mib: float
    """Largest resident set of the process or of one child, MiB."""


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command in the project's folder.

    Raises
    ------
    FailedError
        It ended with an error, or could not be started.
    """
    with tempfile.TemporaryDirectory() as folder:
        log, usage = Path(folder, "log"), Path(folder, "usage.json")
        began = time.perf_counter()
        with log.open("w") as written:
            done = subprocess.run(
                [sys.executable, "-I", "-S", str(LAUNCH), str(usage), *command],
                check=False, cwd=ROOT, env={**os.environ, **(environment or {})},
                stdout=written, stderr=subprocess.STDOUT,
            )  # fmt: skip
        wall = time.perf_counter() - began
        if done.returncode:
            lines = [line for line in log.read_text().splitlines() if line.strip()]
            raise FailedError(lines[-1] if lines else f"exit code {done.returncode}")
        return Cost(wall, **json.loads(usage.read_text()))


def cheapest(costs: Sequence[Cost]) -> Cost:
    """The least time and processor time, and the most memory, of several runs."""
    return Cost(
        min(cost.wall_s for cost in costs),
        min(cost.cpu_s for cost in costs),
        max(cost.peak_mib for cost in costs),
    )


def together(costs: Sequence[Cost]) -> Cost:
    """Several commands one after the other."""
    return Cost(
        sum(cost.wall_s for cost in costs),
        sum(cost.cpu_s for cost in costs),
        max(cost.peak_mib for cost in costs),
    )
