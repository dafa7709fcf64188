"""What leaves the guard when its core breaks: raw voice in samples, correlation, time to silence.

    python -m benchmarks.disguise_faults --voices DIR

Each fault strikes while a reader of `test-other` speaks through the real disguise. Written to
`results/disguise_faults`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from scipy.signal import correlate

from benchmarks.disguise_corpus import Utterance, witnesses
from benchmarks.machine import write
from hattama.disguise.guard import Guard, GuardOptions
from hattama.disguise.stream import DisguiseStream
from hattama.disguise.watchdog import WatchdogOptions

RATE, BLOCK = 48_000, 480
STRIKES_AT = 200
"""Blocks of disguised speech before the fault."""

Fault = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _fail(_block: np.ndarray, _said: np.ndarray) -> np.ndarray:
    raise RuntimeError


def _exhaust(_block: np.ndarray, _said: np.ndarray) -> np.ndarray:
    raise MemoryError


FAULTS: dict[str, Fault] = {
    "none": lambda _block, said: said,
    "exception": _fail,
    "out of memory": _exhaust,
    "not a number": lambda _block, said: said * np.float32(np.nan),
    "infinity": lambda _block, said: said + np.float32(np.inf),
    "wrong shape": lambda _block, said: said[:-1],
    "the input itself": lambda block, _said: block,
    "copy": lambda block, _said: block.copy(),
    "copy at -26 dB": lambda block, _said: 0.05 * block,
    "raw under the disguise, equally loud": lambda block, said: said + _level(block, said, 0.0),
    "raw under the disguise, -6 dB": lambda block, said: said + _level(block, said, -6.0),
    "raw under the disguise, -12 dB": lambda block, said: said + _level(block, said, -12.0),
}


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


def strike(name: str, utterance: Utterance) -> dict[str, object]:
    """One fault on one reader."""
    sound = soxr.resample(utterance.samples, 16_000, RATE).astype(np.float32)
    blocks = sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK)
    core = Breaking(RATE, "strong")
    core.fault = staticmethod(FAULTS[name])
    options = GuardOptions(deadline=None, watchdog=WatchdogOptions(stall_s=None, hang_s=60))
    with Guard(lambda: core, options) as guard:
        guard.arm()
        for _ in range(options.prove_blocks):
            guard.process(np.zeros(BLOCK, np.float32))
        left = []
        for n, block in enumerate(blocks):
            core.struck = n >= STRIKES_AT
            left.append(guard.process(block))
        reason = guard.reason
    after = np.concatenate(left[STRIKES_AT:])
    heard = blocks[STRIKES_AT:].ravel()
    sounding = int(np.flatnonzero(after)[-1]) + 1 if after.any() else 0
    return {
        "reader": utterance.name,
        "reason": reason.value if reason else "",
        "after": sounding / RATE * 1000,
        "correlation": _correlation(heard, after),
    }


def _correlation(heard: np.ndarray, after: np.ndarray) -> float:
    x, y = np.diff(heard), np.diff(after)
    power = float(np.sqrt(np.sum(x**2) * np.sum(y**2)))
    return float(np.abs(correlate(y, x, "full", "fft")).max() / power) if power else 0.0


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
    rows = []
    for name in FAULTS:
        found = [strike(name, reader) for reader in readers]
        stopped = [one for one in found if one["reason"]]
        row = {
            "fault": name,
            "utterances": len(found),
            "stopped": len(stopped),
            "reasons": " ".join(sorted({str(one["reason"]) for one in stopped})),
            "sound after the fault, ms, median": _round(np.median([one["after"] for one in found])),
            "longest, ms": _round(max(float(str(one["after"])) for one in found)),
            "highest correlation with the input": _round(
                max(float(str(one["correlation"])) for one in found), 3
            ),
        }
        print(row, flush=True)
        rows.append(row)
    notes = """# What leaves the guard when its core breaks

Profile `strong` at 48 kHz in blocks of 10 ms; the fault strikes after two seconds of speech, and
the sound that leaves afterwards is compared with the input at every lag (first differences,
normalised). `none` is the disguise without a fault, to the utterance's end: its correlation is what
chance gives. A raw voice far under the disguise is not found live (it is found by
`hattama disguise check` and before `hattama disguise file` hands anything out)."""
    print(write("disguise_faults", rows, notes, "numba", "scipy"))


def _round(value: float, digits: int = 0) -> float:
    return round(float(value), digits)


if __name__ == "__main__":
    main()
