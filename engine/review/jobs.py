"""Long work that the page asks for and fetches later, one piece after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from itertools import count
from typing import Generic, TypeVar

from hattama.engine.errors import BadInputError
from hattama.models.errors import HattamaError

_LOG = logging.getLogger(__name__)
T = TypeVar("T")


class NoPassageError(BadInputError):
    """A passage that cannot be heard."""


class Jobs(Generic[T]):
    """Numbered jobs of one kind.

    Parameters
    ----------
    pool
        Where they are done.
    """

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._numbers = count(1)
        self._jobs: dict[int, Future[T]] = {}

    def start(self, work: Callable[[], T]) -> int:
        """Begin a job; the number to ask for it."""
        number = next(self._numbers)
        self._jobs[number] = self._pool.submit(work)
        return number

    def result(self, number: int) -> T | None:
        """What came of a job; None while it is done.

        Raises
        ------
        NoPassageError
            No job has this number, or it failed.
        """
        job = self._jobs.get(number)
        if job is None:
            raise NoPassageError("There is no passage {number}.", number=number)
        if not job.done():
            return None
        try:
            return job.result()
        except HattamaError:
            raise
        except Exception as error:
            _LOG.exception("passage %d", number)
            raise NoPassageError(
                "The passage could not be heard again ({reason}).", reason=type(error).__name__
            ) from error
