from __future__ import annotations

import threading

import pytest

from hattama.engine.crew import Crew
from hattama.engine.errors import CancelledError


def nothing() -> None:
    """No news."""


def test_every_task_is_done_and_its_result_comes_with_its_index() -> None:
    with Crew(3, nothing) as crew:
        found = dict(crew.each([lambda n=n: n * n for n in range(20)]))
    assert found == {n: n * n for n in range(20)}


def test_two_tasks_run_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=5)
    with Crew(2, nothing) as crew:
        assert len(dict(crew.each([both.wait, both.wait]))) == 2


def test_the_caller_hears_ticks_in_its_own_thread_while_it_waits() -> None:
    threads: list[threading.Thread] = []
    gate = threading.Event()

    def tick() -> None:
        threads.append(threading.current_thread())
        gate.set()

    with Crew(1, tick) as crew:
        crew.result(crew.start(lambda: gate.wait(5)))
    assert set(threads) == {threading.current_thread()}


def test_what_a_task_raises_reaches_the_caller() -> None:
    def fail() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Crew(2, nothing) as crew:
        list(crew.each([fail]))


def test_a_cancelled_crew_stops_long_work_and_drops_what_has_not_begun() -> None:
    begun = threading.Event()
    done: list[int] = []

    def tick() -> None:
        if begun.is_set():
            raise CancelledError("Stopped.")

    def work() -> None:
        with Crew(1, tick) as crew:
            crew.start(lambda: long(crew))
            list(crew.each([lambda: done.append(1)]))

    def long(crew: Crew) -> None:
        begun.set()
        while True:
            crew.check()

    with pytest.raises(CancelledError):
        work()
    assert done == []
