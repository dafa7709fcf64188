"""A crew of threads: pieces of work side by side, results back in the caller's thread.

The networks leave Python's lock while they compute, so that one thread a core keeps all cores
busy: that beats one network at a time on all cores, which waits at every layer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Self, TypeVar

from hattama.engine.errors import CancelledError

T = TypeVar("T")

TICK_S = 0.2
"""How often the caller hears that work goes on, seconds."""


class Crew:
    """Workers for one run; leaving it waits for what is under way and drops the rest.

    Parameters
    ----------
    workers
        Threads, at least 1.
    tick
        Called in the caller's thread while it waits. An exception that it raises ends the wait.
    """

    def __init__(self, workers: int, tick: Callable[[], None]) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="hattama")
        self._tick = tick
        self._stopped = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def check(self) -> None:
        """Stop the piece of work that calls this when the run is over; long pieces call it often.

        Raises
        ------
        CancelledError
            The run was cancelled or has failed elsewhere.
        """
        if self._stopped.is_set():
            raise CancelledError("The run was stopped; what was done is kept.")

    def start(self, task: Callable[[], T]) -> Future[T]:
        """Begin a piece of work as soon as a worker is free."""
        return self._pool.submit(task)

    def result(self, future: Future[T]) -> T:
        """Wait for one piece of work; raises what it raised."""
        while not future.done():
            self._tick()
            wait([future], TICK_S)
        return future.result()

    def each(self, tasks: Sequence[Callable[[], T]]) -> Iterator[tuple[int, T]]:
        """Do all the tasks; gives the index and the result of each as it comes."""
        pending = {self._pool.submit(task): index for index, task in enumerate(tasks)}
        while pending:
            self._tick()
            done, _ = wait(pending, TICK_S, FIRST_COMPLETED)
            for future in done:
                yield pending.pop(future), future.result()
