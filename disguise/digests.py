"""Digests of what each stream of a recording carries, whatever it is packed in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from hattama.disguise.decoding import opened
from hattama.disguise.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def packet_digests(path: Path, numbers: Sequence[int]) -> dict[int, str]:
    """SHA-256 over the packets of streams of a recording, by the number of the stream.

    Raises
    ------
    MediaError
        When it cannot be read, or has no such stream.
    """
    found = {number: hashlib.sha256() for number in numbers}
    with opened(path) as container:
        if max(numbers, default=-1) >= len(container.streams):
            raise MediaError(
                "{name} has {streams} streams; stream {number} is missing",
                name=path.name,
                streams=len(container.streams),
                number=max(numbers),
            )
        wanted = [container.streams[number] for number in numbers]
        for packet in container.demux(wanted) if wanted else ():
            if packet.size:
                found[packet.stream.index].update(bytes(packet))
    return {number: digest.hexdigest() for number, digest in found.items()}
