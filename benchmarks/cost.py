"""What a command costs: time, processor time and memory of the whole process."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


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
    with tempfile.TemporaryFile("w+") as log:
        began = time.perf_counter()
        try:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **(environment or {})},
                stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        except OSError as error:
            raise FailedError(f"{command[0]}: {error.strerror}") from error
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            log.seek(0)
            lines = [line for line in log.read().splitlines() if line.strip()]
            raise FailedError(lines[-1] if lines else f"exit code {process.returncode}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


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
