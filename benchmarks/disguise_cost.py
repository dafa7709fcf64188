"""What the disguise costs: real-time factor, and how long a block takes at worst.

    python -m benchmarks.disguise_cost --voices DIR [--minutes 60] [--profiles strong] [--busy 1]

Each profile runs in a process of its own with the schedule that a live session takes, behind the
guard: one 10 ms block of 48 kHz every 10 ms by the clock. --busy N lets N other processes keep
cores busy at ordinary priority.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.disguise_corpus import RATE_HZ, witnesses
from benchmarks.disguise_ruler import Ruler
from benchmarks.machine import write
from hattama.disguise.guard import Guard, GuardOptions
from hattama.disguise.profiles import PROFILES
from hattama.disguise.schedule import Schedule, one_thread_libraries, take_schedule
from hattama.disguise.stream import DisguiseStream
from hattama.disguise.watchdog import WatchdogOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.queues import Queue

    from numpy.typing import NDArray

    Work = Callable[[NDArray[np.float32], NDArray[np.float32]], object]

_OUTER_HZ: Final = 48_000
_BLOCK: Final = 480
_BLOCK_S: Final = _BLOCK / _OUTER_HZ
_ALONE_S: Final = 60.0
_SETTLE: Final = 100
"""Blocks at the beginning that are not counted: the guard arms and caches fill."""

NOTES: Final = """# Cost of the disguise

{minutes:g} minutes of speech a profile, 48 kHz, mono, one block of 10 ms every 10 ms by the clock,
as in a live session: behind the guard and with the schedule that a live session takes
({schedule}). {busy} at ordinary priority beside it; whatever
else the machine did is in its load.

- RTF: processor time over the length of the sound, one core. stream, guarded: a minute, as fast as
  it goes, without and with the guard's search for the raw voice. paced: in this run, guarded, with
  every thread of the process; between two blocks other programs have emptied the caches.
- p50 to max: milliseconds from the moment a block was due until its disguise was there, so that
  the wait for the processor counts; its deadline is 10 ms. work: the longest of them without
  that wait.
- late: blocks over the deadline. of these, machine: those during which a bare timer of higher
  priority, which does nothing but wake up every millisecond, was held up for {stall:g} ms or more
  itself (on a virtual machine: the host had taken the core away). stolen: processor time that the
  host took from the machine during the run, seconds a core.
- silenced, faults: blocks that the guard silenced and times it went to `faulted`.
"""


def burn() -> None:
    """Keep a core busy."""
    values = np.random.default_rng(0).standard_normal((256, 256))
    while True:
        values = np.tanh(values @ values / 256.0)


def as_fast(work: Work, speech: NDArray[np.float32]) -> float:
    """Real-time factor of a minute, as fast as it goes."""
    out = np.zeros(_BLOCK, dtype=np.float32)
    begin = time.thread_time()
    for i in range(round(_ALONE_S / _BLOCK_S)):
        at = (i * _BLOCK) % (len(speech) - _BLOCK)
        work(speech[at : at + _BLOCK], out)
    return (time.thread_time() - begin) / _ALONE_S


def as_fast_guarded(name: str, speech: NDArray[np.float32]) -> float:
    """The same behind a guard that lets blocks take their time."""
    options = GuardOptions(deadline=None, watchdog=WatchdogOptions(stall_s=None))
    with Guard(lambda: DisguiseStream(_OUTER_HZ, name), options) as guard:
        guard.arm()
        return as_fast(guard.process_into, speech)


def paced(
    name: str, speech: NDArray[np.float32], minutes: float, answer: Queue[dict[str, object]]
) -> None:
    """A profile's run, in a process of its own; the figures go into the queue."""
    count = round(minutes * 60.0 / _BLOCK_S)
    due, begun, ended = (np.zeros(count, np.int64) for _ in range(3))
    stream = DisguiseStream(_OUTER_HZ, name, block_size=_BLOCK)
    said, last = np.zeros(_BLOCK, np.float32), len(speech) - _BLOCK
    with Guard(lambda: DisguiseStream(_OUTER_HZ, name), GuardOptions()) as guard:
        guard.arm()
        schedule = take_schedule()
        alone, guarded = as_fast(stream.process, speech), as_fast_guarded(name, speech)
        before, tick = time.process_time(), time.monotonic_ns() + 100_000_000
        for i in range(count):
            pause = tick - time.monotonic_ns()
            if pause > 0:
                time.sleep(pause / 1e9)
            due[i], begun[i] = tick, time.monotonic_ns()
            at = (i * _BLOCK) % last
            guard.process_into(speech[at : at + _BLOCK], said)
            ended[i] = time.monotonic_ns()
            tick += round(_BLOCK_S * 1e9)
        used, counters = time.process_time() - before, guard.counters
    answer.put(
        {
            "schedule": schedule,
            "alone": alone,
            "guarded": guarded,
            "used": used / (count * _BLOCK_S),
            "due": due,
            "begun": begun,
            "ended": ended,
            "silent": counters.silent - guard.options.prove_blocks,
            "faults": counters.faults,
        }
    )


def measure(
    name: str, speech: NDArray[np.float32], minutes: float
) -> tuple[dict[str, object], Schedule]:
    """One profile's row, and the schedule that its process had."""
    context = multiprocessing.get_context("spawn")
    answer: Queue[dict[str, object]] = context.Queue()
    with one_thread_libraries():
        process = context.Process(target=paced, args=(name, speech, minutes, answer))
        ruler = Ruler()
        process.start()
    with ruler:
        told = answer.get()
    process.join()
    return row(name, told, ruler), told["schedule"]  # type: ignore[return-value]  of the queue


def row(name: str, told: dict[str, object], ruler: Ruler) -> dict[str, object]:
    """Figures of a run as a row of the table."""
    due, begun, ended = (np.asarray(told[key])[_SETTLE:] for key in ("due", "begun", "ended"))
    waited, worked = (ended - due) / 1e6, (ended - begun) / 1e6
    late = waited > 1000.0 * _BLOCK_S
    held = [ruler.held(start, end) for start, end in zip(due[late], ended[late], strict=True)]
    result: dict[str, object] = {
        "profile": name,
        "RTF, stream": f"{told['alone']:.4f}",
        "guarded": f"{told['guarded']:.4f}",
        "paced": f"{told['used']:.4f}",
    }
    for label, part in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)):
        result[label] = f"{np.quantile(waited, part):.2f}"
    return result | {
        "max": f"{np.max(waited):.2f}",
        "work": f"{np.max(worked):.2f}",
        "late": f"{np.count_nonzero(late)} of {len(late)}",
        "of these, machine": sum(held),
        "stolen": f"{ruler.stolen_s:.2f}",
        "silenced": told["silent"],
        "faults": told["faults"],
        "load": Path("/proc/loadavg").read_text(encoding="ascii").split()[0],
    }


def neighbours(count: int) -> list[multiprocessing.Process]:
    """Start processes that keep cores busy."""
    with one_thread_libraries():
        started = [multiprocessing.Process(target=burn, daemon=True) for _ in range(count)]
        for process in started:
            process.start()
    return started


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--profiles", nargs="*", default=list(PROFILES))
    parser.add_argument("--busy", type=int, default=1, help="processes that keep a core busy")
    parser.add_argument("--name", default="disguise_cost", help="name of the results")
    options = parser.parse_args()
    speech = np.concatenate([u.samples for u in witnesses(options.voices, each=5)])
    speech = np.repeat(speech, _OUTER_HZ // RATE_HZ)
    rows: list[dict[str, object]] = []
    burning = neighbours(options.busy)
    for name in options.profiles:
        found, schedule = measure(name, speech, options.minutes)
        rows.append(found)
        print(found, flush=True)
        write(options.name, rows, notes(options, schedule), "numba")
    for process in burning:
        process.terminate()


def notes(options: argparse.Namespace, schedule: Schedule) -> str:
    """What the table's figures mean."""
    kinds: Sequence[str] = ("no other process of the benchmark ran", "one process kept a core busy")
    busy = (
        kinds[options.busy]
        if options.busy < len(kinds)
        else f"{options.busy} processes kept cores busy"
    )
    memory = "memory locked" if schedule.memory_locked else "memory not locked"
    return NOTES.format(
        minutes=options.minutes,
        schedule=f"{schedule.policy} {schedule.priority}, {memory}",
        busy=busy.capitalize(),
        stall=Ruler.STALL_MS,
    )


if __name__ == "__main__":
    main()
