"""What the disguise costs: real-time factor, and how long a block takes at worst.

    python -m benchmarks.disguise_cost --voices DIR [--minutes 60] [--idle]

One process, mono, 48 kHz, 10 ms blocks, while a second process keeps another core busy (unless
--idle). Each block is timed by itself, as fast as it goes.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import time
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.disguise_corpus import RATE_HZ, witnesses
from benchmarks.machine import write
from hattama.disguise.profiles import PROFILES
from hattama.disguise.stream import DisguiseStream

_OUTER_HZ: Final = 48_000
_BLOCK: Final = 480

NOTES: Final = """# Cost of the disguise

{minutes:.0f} minutes of speech a profile, 48 kHz, mono, 10 ms blocks, second core {busy}. real-time
factor: processor time over the length of the sound, one core. Times of a block in milliseconds by
the wall clock; its deadline is 10 ms. late: blocks that took longer. machine's load: tasks that
wanted a core when the run ended, ours and others'.
"""


def burn() -> None:
    """Keep a core busy."""
    values = np.random.default_rng(0).standard_normal((256, 256))
    while True:
        values = np.tanh(values @ values / 256.0)


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--idle", action="store_true", help="leave the second core alone")
    options = parser.parse_args()
    speech = np.concatenate([u.samples for u in witnesses(options.voices, each=5)])
    speech = np.repeat(speech, _OUTER_HZ // RATE_HZ)
    neighbour = multiprocessing.Process(target=burn, daemon=True)
    if not options.idle:
        neighbour.start()
    rows = [measure(name, speech, options.minutes) for name in PROFILES]
    if not options.idle:
        neighbour.terminate()
    busy = "left alone" if options.idle else "kept busy"
    write("disguise_cost", rows, NOTES.format(minutes=options.minutes, busy=busy), "numba")


def measure(name: str, speech: np.ndarray, minutes: float) -> dict[str, object]:
    """One profile's row."""
    stream = DisguiseStream(_OUTER_HZ, name, block_size=_BLOCK)
    out = np.zeros(_BLOCK, dtype=np.float32)
    count = int(minutes * 60.0 * _OUTER_HZ / _BLOCK)
    taken = np.zeros(count)
    last = len(speech) - _BLOCK
    gc.collect()
    gc.disable()
    begin = time.process_time()
    for i in range(count):
        at = (i * _BLOCK) % last
        block = speech[at : at + _BLOCK]
        start = time.perf_counter_ns()
        stream.process(block, out=out)
        taken[i] = time.perf_counter_ns() - start
    used = time.process_time() - begin
    gc.enable()
    taken /= 1e6
    row: dict[str, object] = {"profile": name, "real-time factor": f"{used / (minutes * 60.0):.4f}"}
    for label, part in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)):
        row[label] = f"{np.quantile(taken, part):.3f}"
    row["max"] = f"{np.max(taken):.2f}"
    row["late"] = int(np.count_nonzero(taken > 10.0))
    row["machine's load"] = f"{Path('/proc/loadavg').read_text(encoding='ascii').split()[0]}"
    print(row, flush=True)
    return row


if __name__ == "__main__":
    main()
