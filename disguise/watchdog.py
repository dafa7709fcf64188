"""A thread of its own that asks whether the audio path is alive, and carries its alarms out."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hattama.disguise.events import Event, EventRing, GuardState, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WatchdogOptions:
    """How the watchdog watches."""

    interval_s: float = 0.05
    """Time between two looks, seconds."""
    stall_s: float | None = 0.5
    """Longest wait for the next block, seconds; None where the sound may pause (pipes)."""
    hang_s: float = 0.5
    """Longest time inside one block, seconds."""
    absent_s: float = 5.0
    """Longest time that the watchdog itself may be silent, seconds; the audio path watches it."""


class Watched(Protocol):
    """What the watchdog sees of the guard."""

    ring: EventRing

    @property
    def state(self) -> GuardState:
        """State of the guard."""
        ...

    @property
    def beats(self) -> tuple[int, int, int]:
        """Blocks so far, and when the last one began and ended, nanoseconds."""
        ...

    def fault(self, reason: Reason, detail: str = "") -> None:
        """Make the guard silent."""
        ...

    def look_for_traces(self) -> None:
        """Make the guard silent where a faint raw voice lies under the disguise."""
        ...

    def try_to_recover(self) -> None:
        """Let the guard prove itself again where it may."""
        ...


class Watchdog:
    """Looks at the guard's heartbeat.

    Parameters
    ----------
    guard
        Whom to watch.
    on_alarm
        Told of every event; what it raises is logged and goes no further.
    options
        Times.
    clock
        The guard's monotonic clock, nanoseconds. Its steps are held against the waits of the
        operating system, so that a clock that stands still or jumps is noticed.
    """

    def __init__(
        self,
        guard: Watched,
        on_alarm: Callable[[Event], None] | None,
        options: WatchdogOptions,
        clock: Callable[[], int],
    ) -> None:
        self._guard = guard
        self._on_alarm = on_alarm
        self._options = options
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._looked = clock()

    def start(self) -> None:
        """Begin to watch; nothing happens when it is watching already."""
        if self._thread and self._thread.is_alive():
            return
        self._stop.clear()
        self._looked = self._clock()
        self._thread = threading.Thread(target=self._watch, name="hattama-watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching, after the last events were carried out."""
        self._stop.set()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)
        self._carry_out()

    def absent(self, now: int) -> bool:
        """Whether the thread has not looked for far too long; the audio path asks, without a lock.

        Parameters
        ----------
        now
            Reading of the guard's clock, nanoseconds.
        """
        return now - self._looked > self._options.absent_s * 1e9

    def _watch(self) -> None:
        before, real = self._clock(), time.perf_counter_ns()
        while not self._stop.wait(self._options.interval_s):
            now, real_now = self._clock(), time.perf_counter_ns()
            try:
                self._check_clock(now - before, real_now - real)
                self._check_beats(now)
                self._guard.look_for_traces()
                self._guard.try_to_recover()
            except Exception:  # noqa: BLE001  whatever it is, silence leaves
                _LOG.exception("the watchdog's look failed")
                self._guard.fault(Reason.WATCHDOG)
            self._carry_out()
            before, real = now, real_now
            self._looked = now

    def _check_clock(self, step: int, real_step: int) -> None:
        """Two clocks that part by more than the stall limit cannot both be right."""
        slack = 1e9 * (self._options.stall_s or self._options.hang_s)
        if step < 0 or step < 0.1 * real_step or abs(step - real_step) > slack:
            self._guard.fault(Reason.CLOCK, f"{step / 1e6:.0f} ms in {real_step / 1e6:.0f} ms")

    def _check_beats(self, now: int) -> None:
        blocks, began, ended = self._guard.beats
        if self._guard.state not in {GuardState.ARMED, GuardState.LIVE}:
            return
        inside = began > ended
        if inside and now - began > self._options.hang_s * 1e9:
            self._guard.fault(Reason.HUNG)
        waits = blocks > 0 and not inside and self._options.stall_s is not None
        if waits and now - ended > (self._options.stall_s or 0) * 1e9:
            self._guard.fault(Reason.STALLED)

    def _carry_out(self) -> None:
        for event in self._guard.ring.unseen():
            if self._on_alarm is None:
                continue
            try:
                self._on_alarm(event)
            except Exception:  # noqa: BLE001  a deaf receiver must not stop the watch
                _LOG.exception("the alarm's receiver failed")
