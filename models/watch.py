"""How a caller watches something long, and stops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from hattama.models.errors import PullCancelledError

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all; bytes in all is 0 while it is not known."""


def _silent(_done: int, _total: int) -> None:
    """Report to nobody."""


@dataclass(frozen=True)
class Watch:
    """Progress out, cancellation in."""

    progress: Progress = _silent
    """Called now and then from the thread that does the work; bytes done never fall."""
    cancel: Event = field(default_factory=Event)
    """Set by the caller to stop; the work stops within a block of a megabyte."""

    def check(self) -> None:
        """Raise PullCancelledError once cancelled."""
        if self.cancel.is_set():
            raise PullCancelledError("Stopped; what was fetched completely is kept.")


class Meter:
    """Counts the bytes of one task over its files.

    Parameters
    ----------
    watch
        Whom to tell.
    total
        Bytes of the whole task, 0 where it is not known.
    """

    def __init__(self, watch: Watch, total: int = 0) -> None:
        self._watch = watch
        self._total = total
        self._before = 0
        self._told = 0

    def check(self) -> None:
        """Raise PullCancelledError once cancelled."""
        self._watch.check()

    def report(self, done: int) -> None:
        """Tell `done` bytes of the present file; raises PullCancelledError once cancelled."""
        self.check()
        now = self._before + done
        self._told = max(self._told, min(now, self._total) if self._total else now)
        self._watch.progress(self._told, self._total)

    def finish(self, size: int) -> None:
        """Count a file of `size` bytes as done."""
        self._before += size
        self.report(0)
