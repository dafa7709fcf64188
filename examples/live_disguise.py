"""A recording system that disguises a witness's microphone: two channels in, block by block.

    python examples/live_disguise.py

The system's own sound card is stood in for by silence and a synthetic voice; what matters is what
it does with every block and with every alarm.
"""

from __future__ import annotations

import numpy as np

from hattama.disguise.events import Event
from hattama.disguise.guard import Guard, GuardOptions
from hattama.disguise.secret import Secret
from hattama.disguise.stream import DisguiseStream
from hattama.disguise.trial import trial_voice

RATE, BLOCK = 48_000, 480


def tell_the_operator(event: Event) -> None:
    """Called from the watchdog's thread; a real system lights a lamp here."""
    print(f"{event.state.value}: {event.reason.value}")


def main() -> None:
    """Arm, disguise two seconds, disarm in two steps."""
    options = GuardOptions(sample_rate=RATE, block_size=BLOCK)
    secret = Secret.fresh()  # the same when the guard makes the core anew after a fault
    with Guard(lambda: DisguiseStream(RATE, "strong", secret), options, tell_the_operator) as guard:
        trial = guard.arm()  # some seconds the first time: kernels are compiled
        print(f"delay {1000 * trial.latency_samples / RATE:.1f} ms")
        answer = np.zeros(BLOCK, np.float32)
        for block in trial_voice(RATE, 2.0).reshape(-1, BLOCK):
            guard.process_into(block, answer)  # in the sound card's callback; never raises
            # answer is the disguised voice, or silence: write it to the recording
        print(guard.state.value, guard.counters)
        guard.confirm_disarm(guard.request_disarm())


if __name__ == "__main__":
    main()
