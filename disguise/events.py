"""What the guard did and why: frozen values in a ring of bounded length."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class GuardState(StrEnum):
    """What leaves the guard. The input itself leaves in none of them."""

    OFF = "off"
    """Silence; the core does not run."""
    ARMED = "armed"
    """Silence; the core runs and has yet to prove itself on the blocks that come."""
    LIVE = "live"
    """The disguised voice."""
    FAULTED = "faulted"
    """Silence, or a soft tone where that was chosen; somebody has to look."""


class Reason(StrEnum):
    """Why something happened."""

    ARMED = "armed"
    """The operator armed the guard and the core passed its test."""
    LIVE = "live"
    """Enough clean blocks in a row: the disguised voice leaves from here on."""
    DISARM_ASKED = "disarm-asked"
    """First step of disarming."""
    DISARMED = "disarmed"
    """Second step of disarming, or the end of the program."""
    DISARM_REFUSED = "disarm-refused"
    """The second step came late, without the first, or with the wrong token; nothing changed."""
    RECOVERING = "recovering"
    """A fault is over; the core proves itself again."""
    SELF_TEST = "self-test"
    """The core failed on the test voice."""
    EXCEPTION = "exception"
    """The core raised."""
    MEMORY = "memory"
    """The core ran out of memory."""
    NOT_FINITE = "not-finite"
    """The core gave a sample that is no number."""
    SHAPE = "shape"
    """A block had a shape or a type that the guard was not made for."""
    LATE = "late"
    """Blocks took longer than their deadline."""
    HUNG = "hung"
    """The core does not come back from a block."""
    STALLED = "stalled"
    """No block came: the device is lost or its clock stands."""
    CLOCK = "clock"
    """The machine's clock stood still or ran backwards."""
    LIKENESS = "likeness"
    """What the core gave resembles what went in: the raw voice."""
    WATCHDOG = "watchdog"
    """The watchdog's thread does not answer."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    time_ns: int
    """Reading of the guard's monotonic clock, nanoseconds."""
    state: GuardState
    """State of the guard after it."""
    reason: Reason
    """Why."""
    block: int
    """Blocks that had come by then."""
    detail: str = ""
    """For the log: the exception's type, or a figure. Never sound and never the secret."""


@dataclass(frozen=True, slots=True)
class Counters:
    """How the guard has fared since it was made."""

    blocks: int = 0
    """Blocks that came in."""
    live: int = 0
    """Blocks of disguised voice that left."""
    silent: int = 0
    """Blocks of silence or tone that left."""
    late: int = 0
    """Blocks that missed their deadline."""
    faults: int = 0
    """Times the guard went to `faulted`."""
    worst_ns: int = 0
    """Longest time that a block has taken, nanoseconds."""


class EventRing:
    """The last events; older ones fall out. Appending is safe from any thread.

    Parameters
    ----------
    length
        Events that are kept.
    """

    def __init__(self, length: int = 256) -> None:
        self._ring: deque[Event] = deque(maxlen=length)
        self._unseen: deque[Event] = deque(maxlen=length)

    def append(self, event: Event) -> None:
        """Keep an event; one `deque` operation each, so that no lock is taken."""
        self._ring.append(event)
        self._unseen.append(event)

    def unseen(self) -> list[Event]:
        """Events that have not been taken by this method yet, oldest first."""
        taken = []
        while self._unseen:
            taken.append(self._unseen.popleft())
        return taken

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that is kept, oldest first."""
        return tuple(self._ring)
