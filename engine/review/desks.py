"""Which open page may edit: one at a time; the others look, and are told so."""

from __future__ import annotations

import time
from collections.abc import Callable

LEASE_S = 15.0
"""A page that says nothing for so long has gone."""


class Desks:
    """The pages that are open on one record.

    Parameters
    ----------
    clock
        Seconds that only rise.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._holder = ""
        self._seen = 0.0

    def arrive(self, desk: str, *, take: bool = False) -> bool:
        """A page says that it is there; whether it may edit.

        Parameters
        ----------
        desk
            The page's own random name.
        take
            Take the edit over from the page that has it.
        """
        now = self._clock()
        free = not self._holder or now - self._seen > LEASE_S
        if desk and (take or free or desk == self._holder):
            self._holder, self._seen = desk, now
            return True
        return False

    def leave(self, desk: str) -> None:
        """A page closes."""
        if desk == self._holder:
            self._holder = ""
