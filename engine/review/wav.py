"""A WAV file that does not exist: its bytes are computed from the decoded sound where asked for.

Every browser plays 16-bit PCM and seeks in it exactly, and byte n is sample (n - 44) / 2: no
second copy of a long hearing has to be written, and any microphone can be heard alone.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from hattama.diarization.protocols import SAMPLE_RATE_HZ, Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEADER_BYTES = 44
SAMPLE_BYTES = 2
BLOCK_SAMPLES = 1 << 16


class VirtualWav:
    """Mono 16-bit WAV at 16 kHz over samples.

    Parameters
    ----------
    samples
        The sound; index 0 is media time 0.
    """

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self.size = HEADER_BYTES + SAMPLE_BYTES * len(samples)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """Bytes `start` to before `end`, in blocks."""
        if start < HEADER_BYTES:
            yield self._header()[start : min(end, HEADER_BYTES)]
        first, last = max(start - HEADER_BYTES, 0), max(end - HEADER_BYTES, 0)
        position = first
        while position < last:
            sample = position // SAMPLE_BYTES
            stop = min(sample + BLOCK_SAMPLES, -(-last // SAMPLE_BYTES))
            block = _pcm(self._samples.read(sample, stop))
            offset = position - sample * SAMPLE_BYTES
            piece = block[offset : last - sample * SAMPLE_BYTES]
            if not piece:
                return
            yield piece
            position += len(piece)

    def _header(self) -> bytes:
        data = min(self.size - HEADER_BYTES, 0xFFFFFFFF - HEADER_BYTES)
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            b"RIFF", data + HEADER_BYTES - 8, b"WAVE", b"fmt ", 16, 1, 1, SAMPLE_RATE_HZ,
            SAMPLE_RATE_HZ * SAMPLE_BYTES, SAMPLE_BYTES, 8 * SAMPLE_BYTES, b"data", data,
        )  # fmt: skip


def _pcm(signal: NDArray[np.float32]) -> bytes:
    whole = np.clip(np.rint(signal * 32768.0), -32768, 32767)
    return bytes(whole.astype("<i2").tobytes())
