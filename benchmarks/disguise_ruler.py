"""A bare timer that tells when the machine itself stood still.

One process a core, of a higher real-time priority than anything that is measured, wakes up every
millisecond and notes when it was woken too late. What it could not do on time, nothing on that
core could: on a virtual machine the host had taken the core away. (`cyclictest` of rt-tests works
alike.)
"""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

_PRIORITY: Final = 60
_EVERY_S: Final = 0.001


class Ruler:
    """Timers on every core while the `with` block runs."""

    STALL_MS: Final = 3.0
    """Shortest stop that is noted, milliseconds."""

    def __init__(self) -> None:
        self.stops: list[tuple[int, int]] = []
        """Beginning and end of every stop, nanoseconds of the monotonic clock."""
        self.stolen_s = 0.0
        """Processor time that the host took, seconds a core."""
        context = multiprocessing.get_context("spawn")
        self._stop = context.Event()
        self._answers = context.Queue()
        self._cores = sorted(os.sched_getaffinity(0))
        self._processes = [
            context.Process(target=_watch, args=(core, self._stop, self._answers), daemon=True)
            for core in self._cores
        ]

    def __enter__(self) -> Self:
        self._before = stolen()
        for process in self._processes:
            process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for process in self._processes:
            self.stops += self._answers.get()
            process.join()
        self.stolen_s = (stolen() - self._before) / len(self._cores)

    def held(self, start_ns: int, end_ns: int) -> bool:
        """Whether a core stood still in a stretch of time."""
        return any(begin < end_ns and end > start_ns for begin, end in self.stops)


def stolen() -> float:
    """Processor time that the host has taken from this machine so far, all cores, seconds."""
    for line in Path("/proc/stat").read_text(encoding="ascii").splitlines():
        if line.startswith("cpu "):
            return int(line.split()[8]) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _watch(core: int, stop: Event, answers: multiprocessing.Queue[list[tuple[int, int]]]) -> None:
    os.sched_setaffinity(0, {core})
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_PRIORITY))
    stops: list[tuple[int, int]] = []
    rest = round(1e9 * _EVERY_S)
    while not stop.is_set():
        before = time.monotonic_ns()
        time.sleep(_EVERY_S)
        now = time.monotonic_ns()
        if now - before - rest > 1e6 * Ruler.STALL_MS:
            stops.append((before + rest, now))
    answers.put(stops)
