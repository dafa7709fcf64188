"""What leaves the guard when something breaks: raw voice, by correlation and by voice print.

    python -m benchmarks.disguise_faults --voices DIR [--readers 10]

Each fault strikes while a reader of `test-other` speaks through the real disguise. Written to
`results/disguise_faults`. Seams that need processes or devices (a killed worker, a lost
microphone, a dead operator) are broken in `tests/disguise/test_live.py`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from scipy.signal import correlate

from benchmarks.disguise_corpus import Utterance, witnesses
from benchmarks.disguise_privacy import Attackers
from benchmarks.machine import write
from hattama.disguise.guard import Guard, GuardOptions
from hattama.disguise.similarity import crowd
from hattama.disguise.stream import DisguiseStream
from hattama.disguise.watchdog import WatchdogOptions

RATE, BLOCK = 48_000, 480
STRIKES_AT = 200
"""Blocks of disguised speech before the fault."""

Fault = Callable[[np.ndarray, np.ndarray], np.ndarray]

_LEAST_S = 1.0
"""Sound under which a voice print says nothing, seconds."""


class Clock:
    """The guard's clock, which a fault can move."""

    def __init__(self) -> None:
        self.moved_ns = 0

    def __call__(self) -> int:
        """Nanoseconds."""
        return time.monotonic_ns() + self.moved_ns


def _fail(_block: np.ndarray, _said: np.ndarray) -> np.ndarray:
    raise RuntimeError


def _exhaust(_block: np.ndarray, _said: np.ndarray) -> np.ndarray:
    raise MemoryError


CLOCK = Clock()


def _slow(_block: np.ndarray, said: np.ndarray) -> np.ndarray:
    CLOCK.moved_ns += 12_000_000
    return said


def _leap(_block: np.ndarray, said: np.ndarray) -> np.ndarray:
    CLOCK.moved_ns += 3_600_000_000_000
    return said


def _run_back(_block: np.ndarray, said: np.ndarray) -> np.ndarray:
    CLOCK.moved_ns -= 5_000_000_000
    return said


def _hang(_block: np.ndarray, said: np.ndarray) -> np.ndarray:
    time.sleep(0.7)  # the watchdog's limit is 0.5 s
    return said


FAULTS: dict[str, Fault] = {
    "none": lambda _block, said: said,
    "exception": _fail,
    "out of memory": _exhaust,
    "not a number": lambda _block, said: said * np.float32(np.nan),
    "infinity": lambda _block, said: said + np.float32(np.inf),
    "slow blocks": _slow,
    "a block that hangs": _hang,
    "clock leaps an hour": _leap,
    "clock runs back": _run_back,
    "wrong shape": lambda _block, said: said[:-1],
    "the input itself": lambda block, _said: block,
    "copy": lambda block, _said: block.copy(),
    "copy at -26 dB": lambda block, _said: 0.05 * block,
    "raw under the disguise, equally loud": lambda block, said: said + _level(block, said, 0.0),
    "raw under the disguise, -6 dB": lambda block, said: said + _level(block, said, -6.0),
    "raw under the disguise, -12 dB": lambda block, said: said + _level(block, said, -12.0),
    "raw under the disguise, -18 dB": lambda block, said: said + _level(block, said, -18.0),
}
TIMED = {"slow blocks", "a block that hangs", "clock leaps an hour", "clock runs back"}
"""Faults of timing: the guard has its deadline there, and elsewhere takes its time, so that a busy
machine does not decide."""


def _level(block: np.ndarray, said: np.ndarray, decibels: float) -> np.ndarray:
    loud, quiet = np.std(said) + 1e-6, np.std(block) + 1e-6
    return np.asarray(block * (loud / quiet * 10 ** (decibels / 20)), np.float32)


class Breaking(DisguiseStream):
    """The real disguise until the fault strikes."""

    fault: Fault = FAULTS["none"]
    struck = False

    def process(self, block: np.ndarray, out: np.ndarray | None = None) -> Any:
        """The disguise, or what the fault makes of it."""
        said = super().process(block, out)
        return self.fault(block, said) if self.struck else said


@dataclass(frozen=True)
class Struck:
    """What one fault on one reader came to."""

    reason: str
    """Of the guard's fault; empty without one."""

    after_ms: float
    """From the fault to the last sound that left."""

    correlation: float
    """Highest correlation of what left after the fault with what came in."""

    left: np.ndarray
    """Everything that left after the fault, 16 kHz; silence cut off its end."""


def strike(name: str, utterance: Utterance) -> Struck:
    """One fault on one reader."""
    sound = soxr.resample(utterance.samples, 16_000, RATE).astype(np.float32)
    blocks = sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK)
    core = Breaking(RATE, "strong")
    core.fault = staticmethod(FAULTS[name])
    timed = name in TIMED
    options = GuardOptions(
        deadline=1.0 if timed else None,
        late_blocks=3,
        recovery="operator",
        watchdog=WatchdogOptions(stall_s=None, hang_s=0.5 if timed else 60),
    )
    CLOCK.moved_ns = 0
    with Guard(lambda: core, options, clock=CLOCK) as guard:
        guard.arm()
        for _ in range(20 * options.prove_blocks):
            guard.process(np.zeros(BLOCK, np.float32))
            if guard.state == "live":
                break
        left = []
        for n, block in enumerate(blocks):
            core.struck = n >= STRIKES_AT
            left.append(guard.process(block))
            guard.look_for_traces()  # here, and not when the watchdog's thread gets to it
        reason = guard.reason
    after = np.concatenate(left[STRIKES_AT:])
    sounding = int(np.flatnonzero(after)[-1]) + 1 if after.any() else 0
    return Struck(
        reason.value if reason else "",
        sounding / RATE * 1000,
        _correlation(blocks[STRIKES_AT:].ravel(), after),
        soxr.resample(after[:sounding], RATE, 16_000).astype(np.float32),
    )


def _correlation(heard: np.ndarray, after: np.ndarray) -> float:
    x, y = np.diff(heard), np.diff(after)
    power = float(np.sqrt(np.sum(x**2) * np.sum(y**2)))
    return float(np.abs(correlate(y, x, "full", "fft")).max() / power) if power else 0.0


def known_again(found: Sequence[Struck], readers: Sequence[Utterance], attackers: Attackers) -> str:
    """In how many of the cases a verification system takes what left for the reader's own voice.

    Accepted is what scores above 99 of 100 strangers against the print of the reader's raw voice.
    """
    told = [(s, r) for s, r in zip(found, readers, strict=True) if len(s.left) > _LEAST_S * 16_000]
    if not told:
        return "no sound"
    raw = attackers.embed([reader.samples for _, reader in told])
    said = attackers.embed([struck.left for struck, _ in told])
    counts = []
    for name, own, other in zip(("campplus", "ge2e"), raw, said, strict=True):
        limits = [sum(f * x for f, x in zip((1, 2.326), crowd(name).score(v), strict=True))
                  for v in own]  # fmt: skip
        counts.append(int(np.sum(np.sum(own * other, axis=1) > np.array(limits))))
    return f"{counts[0]} / {counts[1]} of {len(told)}"


def main() -> None:
    """Every fault on every reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--readers", type=int, default=10)
    arguments = parser.parse_args()
    readers = [
        reader
        for reader in witnesses(arguments.voices, arguments.readers, 3)
        if len(reader.samples) > 5 * 16_000
    ]
    attackers, rows = Attackers(), []
    for name in FAULTS:
        found = [strike(name, reader) for reader in readers]
        stopped = [one for one in found if one.reason]
        row = {
            "fault": name,
            "utterances": len(found),
            "stopped": len(stopped),
            "reasons": " ".join(sorted({one.reason for one in stopped})),
            "sound after the fault, ms, median": _round(np.median([one.after_ms for one in found])),
            "longest, ms": _round(max(one.after_ms for one in found)),
            "highest correlation with the input": _round(max(o.correlation for o in found), 3),
            "known again, CAM++ / GE2E": known_again(found, readers, attackers),
        }
        print(row, flush=True)
        rows.append(row)
        write("disguise_faults", rows, NOTES, "numba", "scipy")


NOTES = """# What leaves the guard when something breaks

Profile `strong` at 48 kHz in blocks of 10 ms; the fault strikes after two seconds of speech, and
the sound that leaves afterwards is compared with the input at every lag (first differences,
normalised). `none` is the disguise without a fault, to the utterance's end: its correlation is what
chance gives. known again: of those with more than a second of sound after the fault, how many a
verification system takes for the reader's raw voice (it accepts one stranger in a hundred); `none`
is what the disguise itself leaves. A killed worker, a lost microphone and a dead operator are in
`tests/disguise/test_live.py`. A raw voice under the disguise is searched for every two seconds;
24 dB and more under it, it is found by `hattama disguise check` and before `hattama disguise
file` hands anything out, as far as those see it (their limits: `disguise/leak.py`)."""


def _round(value: float, digits: int = 0) -> float:
    return round(float(value), digits)


if __name__ == "__main__":
    main()
