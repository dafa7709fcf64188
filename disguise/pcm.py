"""Raw PCM as ffmpeg names it: bytes to samples and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Literal

import numpy as np

if TYPE_CHECKING:
    from hattama.disguise.protocols import Floats

PcmFormat = Literal["s16le", "s24le", "s32le", "f32le"]
"""Sample formats of a pipe, little-endian, channels interleaved."""

SAMPLE_BYTES: dict[PcmFormat, int] = {"s16le": 2, "s24le": 3, "s32le": 4, "f32le": 4}
"""Bytes of one sample of one channel."""

_BITS: dict[PcmFormat, int] = {"s16le": 16, "s24le": 24, "s32le": 32}


def read_frames(source: BinaryIO, frames: int, frame_bytes: int) -> bytes:
    """As many frames, or at the end what is left of them, in whole frames; then nothing."""
    data = source.read(frames * frame_bytes)
    return data[: len(data) - len(data) % frame_bytes]


def to_floats(data: bytes | bytearray | memoryview, pcm: PcmFormat, channels: int) -> Floats:
    """Samples of whole frames.

    Parameters
    ----------
    data
        Length a multiple of `channels` samples.

    Returns
    -------
    Floats
        Shape (n, channels), -1 to 1 (beyond where f32le is).
    """
    if pcm == "f32le":
        return np.frombuffer(data, "<f4").reshape(-1, channels).astype(np.float32)
    if pcm == "s24le":
        triples = np.frombuffer(data, np.uint8).reshape(-1, 3)
        whole = np.zeros((len(triples), 4), np.uint8)
        whole[:, 1:] = triples
        integers = whole.view("<i4")[:, 0] >> 8
    else:
        integers = np.frombuffer(data, f"<i{SAMPLE_BYTES[pcm]}")
    floats: Floats = (integers / float(1 << (_BITS[pcm] - 1))).astype(np.float32)
    return floats.reshape(-1, channels)


def to_bytes(samples: Floats, pcm: PcmFormat) -> bytes:
    """Bytes of samples; what is beyond full scale is clipped.

    Parameters
    ----------
    samples
        Shape (n, channels) or (n,).
    """
    if pcm == "f32le":
        return samples.astype("<f4").tobytes()
    full = float((1 << (_BITS[pcm] - 1)) - 1)
    integers = np.rint(np.clip(samples.astype(np.float64), -1.0, 1.0) * full).astype("<i4")
    if pcm == "s24le":
        return integers.reshape(-1, 1).view(np.uint8)[:, :3].tobytes()
    return integers.astype(f"<i{SAMPLE_BYTES[pcm]}").tobytes()
