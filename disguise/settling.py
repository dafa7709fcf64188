"""Lets a core hear the witness of a recording before it disguises his first word.

A core learns a speaker's long-term spectrum as he speaks. Live it begins with a stranger; a
recording holds what it needs.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hattama.disguise.decoding import opened, pieces
from hattama.disguise.splice import to_float

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hattama.disguise.protocols import Progress, VoiceStream
    from hattama.disguise.spans import Region

ENOUGH_S: Final = 40.0
"""Twice what a core remembers of a speaker (`normalise.py`)."""


def settle(
    core: VoiceStream,
    source: Path,
    index: int,
    spoken: Sequence[Region],
    progress: Progress | None = None,
) -> None:
    """Give a core the first `ENOUGH_S` seconds of the regions; its answers are thrown away.

    Parameters
    ----------
    core
        For all channels of the stream.
    source
        Recording.
    index
        Number of the stream in it.
    spoken
        When the witness speaks, in samples of the stream's clock, by start.
    progress
        Told the share of `ENOUGH_S` that was heard.

    Raises
    ------
    MediaError
        When the recording cannot be read, or its sound changes format midway.
    """
    if not spoken:
        return
    with opened(source) as container:
        rate = container.streams[index].rate
        left = round(ENOUGH_S * rate)
        _skip_to(container, spoken[0].start / rate)
        for piece in pieces(container, index):
            last = piece.position + len(piece.samples)
            for region in spoken:
                start = max(piece.position, region.full)
                end = min(last, region.last, start + left)
                if start < end:
                    heard = piece.samples[start - piece.position : end - piece.position]
                    core.process(np.ascontiguousarray(to_float(heard)))
                    left -= end - start
                    if progress:
                        progress(1.0 - left / (ENOUGH_S * rate))
            if left <= 0 or last >= spoken[-1].end:
                return


def _skip_to(container: Any, start_s: float) -> None:
    """Go near a moment, where the container can: it may lie hours into the recording."""
    import av  # noqa: PLC0415  importing must not load FFmpeg

    with suppress(av.FFmpegError):
        container.seek(max(0, round(start_s * av.time_base)))
