"""When a sound comes out of the disguise: measured by click and by onset.

    python -m benchmarks.disguise_latency

The first arrival is what the ear takes for the moment; the stated latency is where the stream
aligns the disguise with the input. What a sound card adds is not in it; the block is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.disguise_systems import secret_of
from benchmarks.machine import write
from hattama.disguise.stream import DisguiseStream

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RATE_HZ: Final = 48_000
_SECRETS: Final = 20

NOTES: Final = f"""# Latency of the disguise

Milliseconds at 48 kHz, profile strong, median over {_SECRETS} secrets. stated: input and output
latency of the stream. with block: the same and one block, since a sample waits for its block to
fill. click: from one sample of 0.9 in silence to a tenth of the energy of its disguise. onset:
from the first sample of a burst of noise to a tenth of the steady energy. Both without the block.
"""


def arrival_ms(sound: NDArray[np.float32], start: int, reach_s: float, seed: int) -> float:
    """Time from sample `start` to a tenth of the energy that the disguise has after it."""
    stream = DisguiseStream(_RATE_HZ, "strong", secret_of(seed), block_size=480)
    heard = stream.process(sound)[: start + int(reach_s * _RATE_HZ)].astype(np.float64) ** 2
    smooth = np.convolve(heard, np.ones(48) / 48.0, mode="full")[: len(heard)]
    level = np.max(smooth) if reach_s < 0.1 else float(np.median(smooth[start + 4800 :]))
    return 1000.0 * (int(np.argmax(smooth > 0.1 * level)) - start) / _RATE_HZ


def main() -> None:
    """Measure and write the table."""
    start = _RATE_HZ
    click = np.zeros(2 * _RATE_HZ, dtype=np.float32)
    click[start] = 0.9
    burst = np.zeros(2 * _RATE_HZ, dtype=np.float32)
    burst[start:] = 0.1 * np.random.default_rng(1).standard_normal(_RATE_HZ)
    clicks = [arrival_ms(click, start, 0.08, seed) for seed in range(_SECRETS)]
    onsets = [arrival_ms(burst, start, 0.5, seed) for seed in range(_SECRETS)]
    rows = []
    for block_ms in (5.0, 10.0, 20.0):
        stream = DisguiseStream(_RATE_HZ, block_size=int(block_ms * _RATE_HZ / 1000.0))
        stated = 1000.0 * (stream.input_latency + stream.output_latency) / _RATE_HZ
        rows.append(
            {
                "block": f"{block_ms:.0f}",
                "stated": f"{stated:.2f}",
                "with block": f"{stated + block_ms:.2f}",
                "click": f"{np.median(clicks):.1f}",
                "onset": f"{np.median(onsets):.1f}",
            }
        )
        print(rows[-1])
    write("disguise_latency", rows, NOTES, "numba")


if __name__ == "__main__":
    main()
