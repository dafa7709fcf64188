from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from hattama.disguise.events import Counters, Event, GuardState, Reason
from hattama.disguise.live import Snapshot
from hattama.disguise.schedule import Schedule
from hattama.engine.cli.disguise_keys import Keys
from hattama.engine.cli.disguise_live import Operator
from hattama.engine.cli.disguise_words import (
    reason_words,
    schedule_line,
    schedule_words,
    state_words,
)


class FakeSession:
    """A session that lives for as many looks as it has scripts."""

    def __init__(self, script: list[list[Event]], state: GuardState) -> None:
        self.script, self.did = script, []
        self.token = "3f9a1c"  # noqa: S105  shown to the operator, not a password
        self.snapshot = Snapshot(
            state, None, (0.5, 0.1), 0.07, Counters(10, 9, 1), 2, 9.5, 10.0, 20.0,
            Schedule("fifo", 20, memory_locked=True, collector_off=True),
        )  # fmt: skip

    @property
    def alive(self) -> bool:
        return bool(self.script)

    def events(self, _timeout_s: float) -> list[Event]:
        return self.script.pop(0) if self.script else []

    def arm(self) -> None:
        self.did.append("arm")

    def request_disarm(self) -> None:
        self.did.append("ask")

    def confirm_disarm(self, token: str) -> None:
        self.did.append(f"confirm {token}")


class FakeKeys(Keys):
    """Keys that were pressed beforehand, one a look."""

    def __init__(self, keys: str) -> None:
        super().__init__(active=False)
        self.keys = list(keys)

    def pressed(self) -> str:
        return self.keys.pop(0) if self.keys else ""


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HATTAMA_LANG", "en")


def _operate(session: FakeSession, keys: str, *, monitor: bool) -> tuple[Operator, str]:
    out = io.StringIO()
    console = Console(file=out, width=120, force_terminal=monitor)
    operator = Operator(session, FakeKeys(keys), console, monitor=monitor)
    operator.run()
    return operator, out.getvalue()


def test_disarming_takes_the_code_that_is_shown() -> None:
    session = FakeSession([[] for _ in range(12)], GuardState.LIVE)
    _, shown = _operate(session, "d3f9a1ca", monitor=False)
    assert session.did == ["ask", "confirm 3f9a1c", "arm"]
    assert "Type 3f9a1c to disarm." in shown


def test_one_wrong_key_does_nothing() -> None:
    session = FakeSession([[] for _ in range(5)], GuardState.LIVE)
    _operate(session, "xq ", monitor=False)
    assert session.did == []


def test_a_fault_is_told_with_its_reason_and_ends_in_status_1() -> None:
    fault = Event(0, GuardState.FAULTED, Reason.LATE, 9, "3 late")
    operator, shown = _operate(FakeSession([[fault]], GuardState.FAULTED), "", monitor=False)
    assert operator.faulted
    assert "FAULT, silence leaves: the machine is too slow: blocks came late (3 late)" in shown


def test_the_monitor_shows_state_levels_and_delay() -> None:
    _, shown = _operate(FakeSession([[], []], GuardState.LIVE), "", monitor=True)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
    assert "LIVE, the disguised voice leaves" in plain
    assert "-6 dBFS" in plain
    assert "-20 dBFS" in plain
    assert "Delay 40 ms (disguise 9.5, block 10.0, devices 20)" in plain
    assert "lost 2" in plain
    assert "priority: real-time (SCHED_FIFO 20), memory locked" in plain


def test_the_line_mode_says_once_what_priority_the_sound_has() -> None:
    session = FakeSession([[] for _ in range(5)], GuardState.LIVE)
    _, shown = _operate(session, "", monitor=False)
    assert shown.count("Priority: real-time (SCHED_FIFO 20), memory locked.") == 1


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_where_there_is_no_real_time_priority_it_is_said_what_to_do(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HATTAMA_LANG", language)
    assert "docs/recipes.md" in schedule_line(Schedule("normal"))
    assert "docs/recipes.md" not in schedule_line(Schedule("round-robin", 5))
    assert schedule_words(None)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_state_and_reason_has_its_words(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = {*(reason_words(r) for r in Reason), *(state_words(s) for s in GuardState)}
    monkeypatch.setenv("HATTAMA_LANG", language)
    words = {*(reason_words(r) for r in Reason), *(state_words(s) for s in GuardState)}
    assert len(words) == len(Reason) + len(GuardState)
    assert words.isdisjoint(english) or language == "en"


def test_the_command_goes_live_and_ends_cleanly_on_a_signal(tmp_path: Path) -> None:
    pace = "while head -c 1920 /dev/zero; do sleep 0.01; done"
    (tmp_path / "parec").write_text(f"#!/bin/sh\n{pace}\n")
    (tmp_path / "pacat").write_text(f"#!/bin/sh\nexec cat > '{tmp_path}/out.raw'\n")
    for name in ("parec", "pacat"):
        (tmp_path / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "HATTAMA_LANG": "en"}
    hattama = Path(sys.executable).with_name("hattama")
    child = subprocess.Popen(
        [hattama, "disguise", "live", "--input", "pulse:a", "--output", "pulse:b"],
        env=environment, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert child.stderr
    lines = [child.stderr.readline() for _ in range(3)]
    assert any("LIVE, the disguised voice leaves" in line for line in lines), lines
    assert any(line.startswith("Priority: ") for line in lines), lines
    time.sleep(0.5)
    child.send_signal(signal.SIGTERM)
    rest = child.stderr.read()
    assert child.wait(20) == 0
    assert "Ended; silence leaves." in rest
    out = np.frombuffer((tmp_path / "out.raw").read_bytes()[:40_000], "<f4")
    assert np.abs(out).max(initial=0) < 1e-3  # silence in, silence out but for rounding
