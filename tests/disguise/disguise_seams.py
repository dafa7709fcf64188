"""What the tests of the guard share: voices, broken cores, and a search for the raw voice."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import correlate, hilbert

from hattama.disguise.fake import FakeStream
from hattama.disguise.guard import Guard, GuardOptions
from hattama.disguise.trial import trial_voice
from hattama.disguise.watchdog import WatchdogOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RATE = 48_000
BLOCK = 480
PATIENT = GuardOptions(deadline=None, watchdog=WatchdogOptions(stall_s=None, hang_s=60))
"""No fault of timing, so that a busy machine does not decide a test."""


def voice(seconds: float = 2.0, rate: int = RATE) -> NDArray[np.float32]:
    """A synthetic voice, shape (n,), n a multiple of 10 ms."""
    return trial_voice(rate, seconds)[: round(seconds * 100) * rate // 100]


def alikeness(heard: NDArray[np.float32], said: NDArray[np.float32]) -> float:
    """Highest normalised correlation of `said` with `heard` at any lag, 0 to 1.

    Taken of the waveforms and again after both were divided by their envelopes, so that a quiet
    leak under a loud disguise or between two words counts as much as a loud one.
    """
    return max(_peak(heard, said), _peak(_flat(heard), _flat(said)))


def _flat(x: NDArray[np.float32]) -> NDArray[np.float64]:
    envelope = np.abs(hilbert(x))
    smooth = np.convolve(envelope, np.ones(480) / 480, mode="same")
    return np.asarray(np.where(smooth > 1e-5, x / np.maximum(smooth, 1e-5), 0.0))


def _peak(x: NDArray[np.floating], y: NDArray[np.floating]) -> float:
    x, y = np.diff(x), np.diff(y)
    power = float(np.sqrt(np.sum(x**2) * np.sum(y**2)))
    if power == 0:
        return 0.0
    return float(np.abs(correlate(y, x, mode="full", method="fft")).max() / power)


class Broken(FakeStream):
    """A core that works through its trial and breaks when `broken` is set."""

    def __init__(self, fault: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> None:
        super().__init__()
        self.fault = fault
        self.broken = False

    def process(self, block: NDArray[np.float32], /) -> NDArray[np.float32]:
        if self.broken:
            return self.fault(block)
        return super().process(block)


def fail(error: BaseException) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """A fault that raises."""

    def raise_it(_: NDArray[np.float32]) -> NDArray[np.float32]:
        raise error

    return raise_it


def live_guard(core: FakeStream, **changes: object) -> Guard:
    """A guard that is live with the given core."""
    guard = Guard(lambda: core, replace(PATIENT, **changes))
    guard.arm()
    quiet = np.zeros(BLOCK, np.float32)
    for _ in range(guard.options.prove_blocks):
        guard.process(quiet)
    assert guard.state == "live"
    return guard


def feed(guard: Guard, sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Everything that leaves while `sound` comes in, in blocks of 10 ms."""
    return np.concatenate([guard.process(block) for block in sound.reshape(-1, BLOCK)])


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether the condition comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.005)
    return False
