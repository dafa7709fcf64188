"""The gate: the one place where sound comes out of the core, is judged, and may leave.

Real-time safe: buffers are made once, nothing is logged, no lock is taken. The only arrays that
`release` and `sound_tone` read are the core's judged answer and a table of a tone; the input is
given to the core, to the judge and to the level meter, and to nothing else.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

import numpy as np

from hattama.disguise.events import Reason
from hattama.disguise.likeness import Likeness
from hattama.disguise.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from hattama.disguise.guard import GuardOptions
    from hattama.disguise.protocols import Block, Floats, VoiceStream

_FULL_SCALE = 32_767.0


class Verdict(Enum):
    """What is to be done with a block."""

    CLEAN = auto()
    """It may leave."""
    HELD = auto()
    """Silence instead of this one block."""
    LATE = auto()
    """Silence instead of this block, which missed its deadline."""
    FAULT = auto()
    """Silence from here on; `Gate.reason` says why."""


class Gate:
    """Runs the core on blocks and judges what it gives.

    Parameters
    ----------
    options
        The guard's options.
    clock
        Monotonic, nanoseconds.
    """

    def __init__(self, options: GuardOptions, clock: Callable[[], int]) -> None:
        self.core: VoiceStream | None = None
        """The core in use; another thread may exchange it while nothing is released."""
        self.reason = Reason.EXCEPTION
        """Why the last verdict was `FAULT`."""
        self.detail = ""
        """For the log."""
        self.levels = (0.0, 0.0)
        """Peaks of the last block, in and out, 0 to 1."""
        self.worst_ns = 0
        """Longest time that a block has taken, nanoseconds."""
        self.options = options
        self._clock = clock
        size, channels = options.block_size, options.channels
        self._in = np.zeros((size, channels), np.float32)
        self._out = np.zeros((size, channels), np.float32)
        self._likeness = Likeness(options.sample_rate, channels, size, options.likeness)
        self.trace = Trace(options.sample_rate, channels)
        """The last seconds, for the watchdog to compare more closely."""
        self._alike = 0
        self._tone = _tone_table(options)
        self._tone_at = 0

    @property
    def likeness(self) -> float:
        """Likeness of the running window, 0 to 1."""
        return self._likeness.running

    def reset(self) -> None:
        """Forget what was compared."""
        self._likeness.reset()
        self.trace.reset()
        self._alike = 0

    def run(self, block: Block) -> Verdict:
        """Give a block to the core and judge the answer, which `release` may then let out.

        Parameters
        ----------
        block
            Shape (n,) or (n, channels), n not above `block_size`; float32 or int16.
        """
        began, n, core = self._clock(), len(block), self.core
        if core is None:
            return self._fault(Reason.SELF_TEST)
        heard, said = self._in[:n], self._out[:n]
        scale = 1 / 32768 if block.dtype == np.int16 else 1.0
        np.multiply(block.reshape(heard.shape), scale, out=heard, casting="unsafe")
        given = core.process(heard[:, 0] if heard.shape[1] == 1 else heard)
        if given.dtype != np.float32 or given.size != heard.size or len(given) != n:
            return self._fault(Reason.SHAPE, f"{given.shape} {given.dtype}")
        if np.may_share_memory(given, heard):
            return self._fault(Reason.LIKENESS, "the input's own memory")
        np.copyto(said, given.reshape(heard.shape))
        verdict = self._judge(heard, said)
        return self._judge_time(began, n) if verdict is Verdict.CLEAN else verdict

    def release(self, answer: Block) -> None:
        """Write the judged answer of the last `run` into `answer`, which is as long."""
        said = self._out[: len(answer)]
        if answer.dtype == np.int16:
            np.multiply(said, _FULL_SCALE, out=said)
            np.clip(said, -_FULL_SCALE, _FULL_SCALE, out=said)
        np.copyto(answer, said.reshape(answer.shape), casting="unsafe")

    def sound_tone(self, answer: Block) -> None:
        """Write the next piece of the alarm's tone into `answer`, at most a block of it."""
        n = min(len(answer), len(self._out))
        scale = _FULL_SCALE if answer.dtype == np.int16 else 1.0
        np.multiply(self._tone[self._tone_at : self._tone_at + n], scale, out=self._out[:n])
        if answer[:n].size == self._out[:n].size:
            np.copyto(answer[:n], self._out[:n].reshape(answer[:n].shape), casting="unsafe")
        self._tone_at = (self._tone_at + n) % self.options.sample_rate

    def _judge(self, heard: Floats, said: Floats) -> Verdict:
        likeness = self._likeness
        self.trace.take(heard, said)
        self.levels = (float(heard.max()), float(said.max()))
        if likeness.judge(heard, said):
            self._alike = 0
            return Verdict.CLEAN
        if not likeness.finite:
            return self._fault(Reason.NOT_FINITE)
        self._alike += 1
        if likeness.leaks or self._alike >= self.options.likeness.blocks_in_a_row:
            return self._fault(Reason.LIKENESS, f"{max(likeness.block, likeness.running):.2f}")
        return Verdict.HELD

    def _judge_time(self, began: int, n: int) -> Verdict:
        spent = self._clock() - began
        self.worst_ns = max(self.worst_ns, spent)
        if spent < 0:
            return self._fault(Reason.CLOCK, f"{spent} ns")
        deadline = self.options.deadline
        if deadline is None or spent <= deadline * n / self.options.sample_rate * 1e9:
            return Verdict.CLEAN
        return Verdict.LATE

    def _fault(self, reason: Reason, detail: str = "") -> Verdict:
        self.reason, self.detail = reason, detail
        return Verdict.FAULT


def _tone_table(options: GuardOptions) -> Floats:
    """A second of the tone and one block more, in whole periods; shape (n, channels)."""
    t = np.arange(options.sample_rate + options.block_size) / options.sample_rate
    wave = 10 ** (options.tone_dbfs / 20) * np.sin(2 * np.pi * round(options.tone_hz) * t)
    return np.repeat(wave.astype(np.float32)[:, None], options.channels, axis=1)
