"""A recording system that disguises a witness's microphone, block by block, by the clock.

    python examples/live_disguise.py

The system's own sound card is stood in for by a clock and a synthetic voice; what matters is what
it does with every block, with its own schedule and with every alarm. It goes on through alarms:
on a machine that is too busy, blocks come late, silence leaves in their place, and after three
within ten seconds the guard stays silent until it has proved itself again.
"""

from __future__ import annotations

import time

import numpy as np

from hattama.disguise.events import Event
from hattama.disguise.guard import Guard, GuardOptions
from hattama.disguise.schedule import take_schedule
from hattama.disguise.secret import Secret
from hattama.disguise.stream import DisguiseStream
from hattama.disguise.trial import trial_voice

RATE, BLOCK = 48_000, 480
SECONDS = 2


def tell_the_operator(event: Event) -> None:
    """Called from the watchdog's thread; a real system lights a lamp here."""
    print(f"{event.state.value}: {event.reason.value} {event.detail}".rstrip())


def main() -> None:
    """Arm, disguise two seconds, disarm in two steps."""
    options = GuardOptions(sample_rate=RATE, block_size=BLOCK)
    secret = Secret.fresh()  # the same when the guard makes the core anew after a fault
    with Guard(lambda: DisguiseStream(RATE, "strong", secret), options, tell_the_operator) as guard:
        trial = guard.arm()  # some seconds the first time: kernels are compiled
        print(f"delay {1000 * trial.latency_samples / RATE:.1f} ms")
        had = take_schedule()  # in the thread that carries the sound, after everything is made
        print(f"schedule: {had.policy} {had.priority}, memory locked: {had.memory_locked}")
        carry(guard)
        counters = guard.counters
        print(
            f"{counters.live} of {counters.blocks} blocks left disguised, {counters.late} came "
            f"late; longest {counters.worst_ns / 1e6:.1f} ms of {1000 * BLOCK / RATE:.0f}"
        )
        guard.confirm_disarm(guard.request_disarm())


def carry(guard: Guard) -> None:
    """What a sound card's callback does: a block every 10 ms, whatever happens."""
    answer = np.zeros(BLOCK, np.float32)
    due = time.monotonic()
    for block in trial_voice(RATE, SECONDS).reshape(-1, BLOCK):
        guard.process_into(block, answer)  # never raises for anything that the core does
        # answer is the disguised voice, or silence: write it to the recording
        due += BLOCK / RATE
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
