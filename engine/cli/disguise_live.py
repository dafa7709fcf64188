"""`hattama disguise live`: the operator's terminal of a live session."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from math import log10
from types import FrameType
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from hattama.disguise.events import Event, GuardState
from hattama.disguise.listening import listen
from hattama.disguise.live import LiveOptions, LiveSession, Snapshot
from hattama.engine.cli.disguise_keys import Keys, terminal_keys
from hattama.engine.cli.disguise_sound_check import check_sound
from hattama.engine.cli.disguise_verdict import SoundCheckOptions
from hattama.engine.cli.disguise_words import (
    reason_words,
    schedule_line,
    schedule_words,
    state_words,
)
from hattama.engine.cli.language import translate

_WAIT_S = 0.05
_METER = 30
_FLOOR_DB = -60.0
_COLOURS = {
    GuardState.OFF: "bold black on white",
    GuardState.ARMED: "bold black on yellow",
    GuardState.LIVE: "bold white on green",
    GuardState.FAULTED: "bold white on red",
}
_LAST_EVENTS = 6


def live(
    options: Annotated[LiveOptions | None, Parameter(name="*")] = None,
    *,
    monitor: Annotated[bool, Parameter(negative=())] = False,
    asked: Annotated[SoundCheckOptions | None, Parameter(name="*", group="Sound check")] = None,
) -> int:
    """Disguise a microphone; silence leaves in every doubt.

    Keys: a arms after a fault, d asks to disarm, and the code that is shown then, typed within ten
    seconds, disarms. Ctrl-C ends with silence. Ends with status 1 when there was a fault, or when
    the sound check found that programs recognise the voice.

    Parameters
    ----------
    monitor
        Show levels, state and delay in the terminal.
    """
    chosen = options or LiveOptions()
    console = Console(stderr=True, highlight=False)
    operator: Operator | None = None
    with _until_ended():
        try:
            hear = partial(listen, chosen)
            rehearsal = check_sound(
                console, hear, chosen.rate, chosen.profile, asked or SoundCheckOptions()
            )
            with terminal_keys() as keys, LiveSession(chosen, rehearsal) as session:
                operator = Operator(session, keys, console, monitor=monitor)
                operator.run()
        except KeyboardInterrupt:
            console.print(translate("Ended; silence leaves."), markup=False)
    return 1 if operator and operator.faulted else 0


@contextmanager
def _until_ended() -> Iterator[None]:
    """Let SIGTERM end the session as Ctrl-C does."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Operator:
    """What the operator sees and does.

    Parameters
    ----------
    session
        The session.
    keys
        The terminal's keys.
    console
        Where it is shown.
    monitor
        Whether a panel is shown, or a line an event.
    """

    def __init__(
        self, session: LiveSession, keys: Keys, console: Console, *, monitor: bool
    ) -> None:
        self.faulted = False
        """Whether there was a fault."""
        self._session, self._keys, self._console = session, keys, console
        self._monitor = monitor
        self._typed = ""
        self._asked = False
        self._schedule_told = monitor  # the panel shows it all the time
        self._events: list[Event] = []

    def run(self) -> None:
        """Until the session ends."""
        panel = (
            Live(self.panel(), console=self._console, refresh_per_second=20, transient=False)
            if self._monitor
            else nullcontext()
        )
        with panel as shown:
            while self._session.alive:
                for event in self._session.events(_WAIT_S):
                    self._hear(event)
                self._tell_schedule()
                for key in self._keys.pressed():
                    self._press(key)
                if isinstance(shown, Live):
                    shown.update(self.panel())

    def _hear(self, event: Event) -> None:
        self._events = [*self._events, event][-_LAST_EVENTS:]
        self.faulted = self.faulted or event.state is GuardState.FAULTED
        if event.state is not GuardState.LIVE:
            self._asked = False  # there is nothing to disarm any more
        if not self._monitor:
            self._console.print(_event_line(event), markup=False)
        if event.state is GuardState.FAULTED:
            self._console.bell()

    def _tell_schedule(self) -> None:
        """Say once what priority the sound has."""
        snapshot = self._session.snapshot
        if self._schedule_told or snapshot is None or snapshot.schedule is None:
            return
        self._schedule_told = True
        self._console.print(schedule_line(snapshot.schedule), markup=False, soft_wrap=True)

    def _press(self, key: str) -> None:
        if self._asked:
            self._typed += key.strip()
            if len(self._typed) >= len(self._session.token) > 0:
                self._session.confirm_disarm(self._typed)
                self._asked, self._typed = False, ""
        elif key == "a":
            self._session.arm()
        elif key == "d":
            self._session.request_disarm()
            self._asked, self._typed = True, ""
            if not self._monitor:
                for event in self._session.events(1.0):
                    self._hear(event)
                self._console.print(self._question(), markup=False)

    def _question(self) -> str:
        return translate("Type {code} to disarm.").format(code=self._session.token)

    def panel(self) -> RenderableType:
        """State, meters, figures and the last events."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return Text(translate("The disguise is being made ready; silence leaves."))
        parts: list[RenderableType] = [
            Text(f" {state_words(snapshot.state)} ", style=_COLOURS[snapshot.state]),
            _meters(snapshot),
            Text(_figures(snapshot)),
            *(Text(_event_line(event)) for event in self._events),
        ]
        if self._asked:
            parts.append(Text(f"{self._question()} {self._typed}", style="bold"))
        return Group(*parts)


def _meters(snapshot: Snapshot) -> Table:
    table = Table.grid(padding=(0, 1))
    for name, level in zip(("Microphone", "Output"), snapshot.levels, strict=True):
        decibels = max(_FLOOR_DB, 20 * log10(max(level, 1e-6)))
        filled = round(_METER * (1 - decibels / _FLOOR_DB))
        table.add_row(
            translate(name),
            Text("█" * filled + "·" * (_METER - filled)),
            Text(f"{decibels:5.0f} dBFS"),
        )
    return table


def _figures(snapshot: Snapshot) -> str:
    counters = snapshot.counters
    return translate(
        "Delay {total:.0f} ms (disguise {core:.1f}, block {block:.1f}, devices {device:.0f}); "
        "likeness {likeness:.2f}; late {late}, lost {lost}, faults {faults}; "
        "longest block {worst:.1f} ms; priority: {priority}"
    ).format(
        total=snapshot.latency_ms,
        core=snapshot.core_ms,
        block=snapshot.block_ms,
        device=snapshot.device_ms,
        likeness=snapshot.likeness,
        late=counters.late,
        lost=snapshot.dropped,
        faults=counters.faults,
        worst=counters.worst_ns / 1e6,
        priority=schedule_words(snapshot.schedule),
    )


def _event_line(event: Event) -> str:
    detail = f" ({event.detail})" if event.detail else ""
    return f"{state_words(event.state)}: {reason_words(event.reason)}{detail}"
