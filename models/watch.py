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


@dataclass
class Watch:
    """Progress out, cancellation in."""

    progress: Progress = _silent
    """Called now and then, from the thread that does the work."""
    cancel: Event = field(default_factory=Event)
    """Set by the caller to stop; the work stops within a block of a megabyte."""
    done: int = 0
    """Bytes of what is finished before the present file."""
    total: int = 0
    """Bytes of the whole task, 0 where it is not known."""

    def report(self, done: int) -> None:
        """Tell `done` bytes of the present file; raises PullCancelledError once cancelled."""
        if self.cancel.is_set():
            raise PullCancelledError("Stopped; what was fetched completely is kept.")
        self.progress(self.done + done, self.total)

    def finish(self, size: int) -> None:
        """Count a file of `size` bytes as done."""
        self.done += size
        self.report(0)
