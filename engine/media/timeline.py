"""Timeline: where each block of sound belongs, by its time stamp and by what came before."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Block = NDArray[np.float32]
"""Samples of all channels of a stream, shape (n, channels)."""
Placed = tuple[int, Block]
"""A block and the position of its first sample, in samples from media time 0."""

TOLERANCE_S = 0.03
"""Time stamps are rounded and jitter; up to this they do not break the sound apart."""
SHORTEST_GAP_S = 0.1
"""A shorter hole is a correction of drift or one lost packet, and is not reported as a gap."""
LONGEST_OVERLAP_S = 1.0
"""Sound that claims to lie further back than this was stamped by a clock that was set anew."""


@dataclass(slots=True)
class Faults:
    """What a timeline had to put right."""

    corrections: int = 0
    """Times at which less than a gap was filled or cut to follow the time stamps."""
    drift_s: float = 0.0
    """Net seconds that the corrections put in."""
    clock_jumps: int = 0
    """Times at which the stamps jumped where no sound can be; the sound was taken as continuous."""
    before_start_s: float = 0.0
    """Seconds of sound before media time 0, cut."""


@dataclass(slots=True)
class Timeline:
    """Places the blocks of one stream at one sample rate.

    A block whose stamp departs from the running sound is held until the next one shows whether
    the sound has really jumped or one stamp was wrong, so at most one block waits.
    """

    rate_hz: int
    """Samples a second of the blocks."""
    limit: int
    """Position in samples after which no block can begin: a stamp beyond it is wrong."""
    faults: Faults = field(default_factory=Faults)
    gaps: list[tuple[float, float]] = field(default_factory=list)
    """Holes in media time, seconds."""
    end: int | None = None
    """Position after the last placed sample; None before the first block."""
    shift: int = 0
    """What is added to every stamp since the stamping clock was set anew, samples."""
    _held: Placed | None = None

    def feed(self, position: int | None, block: Block) -> list[Placed]:
        """Take the next block and return what can be placed.

        Parameters
        ----------
        position
            Stamp of the first sample, in samples from media time 0; None follows on.
        block
            Samples, shape (n, channels).
        """
        if position is None:
            return [*self.flush(), *self._follow(block)]
        placed = self._resolve(position + self.shift)
        stamp = position + self.shift
        if self.end is None:
            return [*placed, *self._start(stamp, block)]
        if self._near(stamp, self.end):
            return [*placed, *self._follow(block)]
        self._held = (stamp, block)
        return placed

    def flush(self) -> list[Placed]:
        """Place the block that is still held."""
        if self._held is None:
            return []
        stamp, block = self._held
        self._held = None
        return self._jump(stamp, block)

    def at_rate(self, rate_hz: int) -> Timeline:
        """Return the timeline that goes on from here at another sample rate."""

        def converted(position: int) -> int:
            return round(position * rate_hz / self.rate_hz)

        return Timeline(
            rate_hz,
            converted(self.limit),
            self.faults,
            self.gaps,
            None if self.end is None else converted(self.end),
            converted(self.shift),
        )

    def _resolve(self, stamp: int) -> list[Placed]:
        if self._held is None or self.end is None:
            return []
        held_stamp, block = self._held
        alone = self._near(stamp, self.end + len(block))
        if alone and not self._near(stamp, held_stamp + len(block)):
            self._held = None
            return self._follow(block)
        return self.flush()

    def _near(self, stamp: int, position: int) -> bool:
        return abs(stamp - position) <= TOLERANCE_S * self.rate_hz

    def _start(self, stamp: int, block: Block) -> list[Placed]:
        # A first stamp beyond the end of the recording can only be a clock of its own.
        if stamp > self.limit:
            self.shift -= stamp
            self.faults.clock_jumps += 1
            stamp = 0
        return self._lay(stamp, block)

    def _follow(self, block: Block) -> list[Placed]:
        return self._lay(self.end or 0, block)

    def _jump(self, stamp: int, block: Block) -> list[Placed]:
        end = self.end or 0
        ahead = stamp - end
        if stamp > self.limit or -ahead > LONGEST_OVERLAP_S * self.rate_hz:
            self.shift -= ahead
            self.faults.clock_jumps += 1
            return self._follow(block)
        if ahead >= SHORTEST_GAP_S * self.rate_hz:
            self.gaps.append((max(end, 0) / self.rate_hz, stamp / self.rate_hz))
        else:
            self.faults.corrections += 1
            self.faults.drift_s += max(ahead, -len(block)) / self.rate_hz
        if ahead < 0:
            return self._lay(end, block[-ahead:])
        return self._lay(stamp, block)

    def _lay(self, position: int, block: Block) -> list[Placed]:
        self.end = position + len(block)
        early = min(max(-position, 0), len(block))
        self.faults.before_start_s += early / self.rate_hz
        if early == len(block):
            return []
        return [(position + early, block[early:])]
