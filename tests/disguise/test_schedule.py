from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from hattama.disguise import schedule
from hattama.disguise.schedule import Schedule, one_thread_libraries

linux = pytest.mark.skipif(sys.platform != "linux", reason="the real-time classes are Linux's")


def _in_a_process_of_its_own(code: str) -> dict[str, object]:
    """What the code prints as JSON; the schedule of the tests' own process stays as it is."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


TAKE = """
import ctypes, gc, json, os, resource, threading
from dataclasses import asdict
from hattama.disguise.schedule import take_schedule
there = threading.Event()
other = threading.Thread(target=there.wait, daemon=True)
other.start()
{before}
had = asdict(take_schedule())
seen = [os.sched_getscheduler(0), os.sched_getparam(0).sched_priority]
others = [os.sched_getscheduler(other.native_id), os.sched_getparam(other.native_id).sched_priority]
locked = next(l for l in open("/proc/self/status") if l.startswith("VmLck")).split()[1]
print(json.dumps({{**had, "seen": seen, "others": others, "locked": int(locked),
                   "collecting": gc.isenabled(), "nice": os.nice(0)}}))
"""


@linux
def test_what_is_said_about_the_schedule_is_what_the_system_says() -> None:
    told = _in_a_process_of_its_own(TAKE.format(before=""))
    classes = {"fifo": os.SCHED_FIFO, "round-robin": os.SCHED_RR}
    assert told["seen"][0] == classes.get(told["policy"], os.SCHED_OTHER)
    assert told["seen"][1] == told["priority"]
    assert (told["nice"] < 0) == (told["policy"] == "raised")
    assert told["memory_locked"] == (told["locked"] > 10_000)
    assert not told["collecting"]


@linux
def test_the_other_threads_stand_behind_the_sound_in_its_own_class() -> None:
    told = _in_a_process_of_its_own(TAKE.format(before=""))
    if not told["priority"]:
        pytest.skip("no real-time priority is allowed here")
    assert told["others"][0] == os.SCHED_FIFO
    assert 1 <= told["others"][1] < told["priority"]


@linux
def test_a_user_who_may_nothing_gets_an_ordinary_place_and_no_error() -> None:
    if os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    before = (
        "import resource; resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))\nos.setuid(65534)"
    )
    told = _in_a_process_of_its_own(TAKE.format(before=before))
    assert (told["policy"], told["priority"], told["memory_locked"]) == ("normal", 0, False)


@linux
def test_a_user_with_a_lower_limit_gets_what_the_limit_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(schedule, "_allowed_priority", lambda: 7)
    monkeypatch.setattr(schedule, "_set_class", lambda _thread, _policy, priority: priority <= 7)
    assert schedule.raise_thread(20) == ("fifo", 7)


def test_where_fifo_is_refused_round_robin_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("the real-time classes are Linux's")
    asked: list[tuple[int, int]] = []

    def refuse_fifo(_thread: int, policy: int, priority: int) -> bool:
        asked.append((policy, priority))
        return policy == os.SCHED_RR

    monkeypatch.setattr(schedule, "_set_class", refuse_fifo)
    assert schedule.raise_thread(20) == ("round-robin", 20)
    assert asked == [(os.SCHED_FIFO, 20), (os.SCHED_RR, 20)]


def test_libraries_of_a_started_process_have_one_thread_and_ours_keep_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    with one_thread_libraries():
        assert os.environ["OMP_NUM_THREADS"] == os.environ["OPENBLAS_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "3"
    assert "OPENBLAS_NUM_THREADS" not in os.environ


def test_importing_changes_nothing() -> None:
    told = _in_a_process_of_its_own(
        "import gc, json, sys, hattama.disguise.schedule\n"
        "print(json.dumps({'gc': gc.isenabled(), 'switch': sys.getswitchinterval()}))"
    )
    assert told == {"gc": True, "switch": 0.005}


def test_a_schedule_is_real_time_by_its_priority() -> None:
    assert Schedule("fifo", 20).real_time
    assert not Schedule("raised").real_time
