"""The waveform's finest view: computed once from the decoded sound, kept beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hattama.diarization.protocols import SAMPLE_RATE_HZ
from hattama.engine.document.atomic import write_bytes

if TYPE_CHECKING:
    from hattama.engine.media.recording import Recording

PEAKS_A_SECOND = 50
"""Columns of the waveform's finest view."""
VERSION = 1
"""Grows whenever the same sound would give other peaks."""
_BUCKET = SAMPLE_RATE_HZ // PEAKS_A_SECOND
_BLOCK_S = 60


def peaks_of(recording: Recording, work: Path, check: Callable[[], None]) -> bytes:
    """Loudest sample of each 20 ms of the mix, 0 to 255; one byte each.

    Parameters
    ----------
    recording
        The decoded recording.
    work
        Folder in which they are kept for the next time.
    check
        Called before each minute of sound; an exception that it raises cancels.

    Raises
    ------
    OSError
        They cannot be written.
    """
    kept = work / f"{recording.sha256[:16]}-peaks-{VERSION}.u8"
    count = -(-len(recording.mix) // _BUCKET)
    if kept.is_file() and kept.stat().st_size == count:
        return kept.read_bytes()
    found = b"".join(_blocks(recording, check))
    write_bytes(kept, found)
    return found


def _blocks(recording: Recording, check: Callable[[], None]) -> list[bytes]:
    found = []
    block = _BLOCK_S * SAMPLE_RATE_HZ
    for start in range(0, len(recording.mix), block):
        check()
        loud = np.abs(recording.mix.read(start, start + block))
        loud = np.pad(loud, (0, -len(loud) % _BUCKET)).reshape(-1, _BUCKET).max(axis=1)
        found.append(np.minimum(np.ceil(loud * 255), 255).astype(np.uint8).tobytes())
    return found
