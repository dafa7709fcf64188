"""A core for tests: another voice with a known latency, and nothing learned or compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hattama.disguise.protocols import Floats


class FakeStream:
    """Noise under the input's envelope: understood by nobody, recognised by nobody.

    It keeps the contract of `hattama.disguise.protocols.VoiceStream` (latency, shapes, the same
    samples for every block size), so that guard, pipe, file and live are tested without kernels.
    It is no disguise for a witness: words do not survive it.

    Parameters
    ----------
    latency
        Total delay, samples; shared out to input and output.
    seed
        Of the noise.
    """

    def __init__(self, latency: int = 64, seed: int = 0) -> None:
        self._latency = latency
        self._seed = seed
        self._noise = np.random.default_rng(seed)
        self._held: Floats | None = None

    @property
    def input_latency(self) -> int:
        """Half of the delay, samples."""
        return self._latency // 2

    @property
    def output_latency(self) -> int:
        """Other half of the delay, samples."""
        return self._latency - self._latency // 2

    def process(self, block: Floats, /) -> Floats:
        """Noise that is as loud as the input was `latency` samples ago."""
        if self._held is None:
            self._held = np.zeros((self._latency, *block.shape[1:]), np.float32)
        noise = self._noise.uniform(-1, 1, len(block)).astype(np.float32)
        loud = np.abs(block) * noise.reshape(-1, *([1] * (block.ndim - 1)))
        queue = np.concatenate([self._held, loud])
        self._held = queue[len(block) :]
        return queue[: len(block)]

    def flush(self) -> Floats:
        """What is still held."""
        held = self._held if self._held is not None else np.zeros(self._latency, np.float32)
        self._held = np.zeros_like(held)
        return held

    def reset(self) -> None:
        """Back to the first sample."""
        self._noise = np.random.default_rng(self._seed)
        self._held = None
