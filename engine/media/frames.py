"""Frames of sound out of packets: damage is counted and stepped over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import av
    from av.container import InputContainer
    from av.stream import Stream

    from hattama.engine.media.timeline import Block

_ENCODINGS = {
    "uint8": (128.0, 128.0),
    "int16": (0.0, 2.0**15),
    "int32": (0.0, 2.0**31),
    "int64": (0.0, 2.0**63),
}
"""Zero and full scale of the whole-number sample formats."""
MOST_READ_ERRORS = 100
"""Reading stops after so many errors without a packet in between."""


@dataclass(slots=True)
class Damage:
    """What could not be read or decoded."""

    packets: int = 0
    """Packets that the decoder refused."""
    reads: int = 0
    """Times at which the file itself could not be read on."""


def packets(
    container: InputContainer, streams: Sequence[Stream], damage: Damage
) -> Iterator[av.Packet[Any]]:
    """Every packet of the streams, the empty one that ends each stream included."""
    import av  # noqa: PLC0415  importing must not load FFmpeg

    errors = 0
    while errors < MOST_READ_ERRORS:
        try:
            for packet in container.demux(list(streams)):
                errors = 0
                yield packet
        except (av.FFmpegError, OSError):
            damage.reads += 1
            errors += 1
        else:
            return


def frames(packet: av.Packet[av.AudioStream], damage: Damage) -> list[av.AudioFrame]:
    """Frames of one packet; none where it is damaged."""
    import av  # noqa: PLC0415  importing must not load FFmpeg

    try:
        return packet.decode()
    except av.FFmpegError as error:
        if not isinstance(error, EOFError):
            damage.packets += 1
        return []


def samples(frame: av.AudioFrame) -> Block:
    """Samples of a frame as float32, shape (n, channels), full scale 1."""
    raw = frame.to_ndarray()
    channels = frame.layout.nb_channels
    block = raw.T if frame.format.is_planar else raw.reshape(-1, channels)
    signal: Block = block.astype(np.float32)
    zero, scale = _ENCODINGS.get(block.dtype.name, (0.0, 1.0))
    if scale != 1.0:
        return (signal - np.float32(zero)) / np.float32(scale)
    # A damaged packet may decode to anything; what is no number is no sound.
    known = np.isfinite(signal)
    return signal if known.all() else np.where(known, signal, np.float32(0))
