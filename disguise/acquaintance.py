"""What a core has learnt of a speaker and of the room, to begin another core with.

A core learns levels, tract, long-term spectrum and mean pitch as the witness speaks, and begins as
if it heard everybody. Given an acquaintance it begins where another one stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hattama.disguise.framing import FRAMES_PER_S

if TYPE_CHECKING:
    from hattama.disguise.core import Core
    from hattama.disguise.framing import Array


@dataclass(frozen=True, slots=True, repr=False)
class Acquaintance:
    """One channel's speaker and room. It tells of the witness's voice, so it prints nothing."""

    level: Array
    """`LevelState.track`, shape (4,)."""
    room: tuple[Array, Array]
    """`RoomState`, shapes (CEPSTRA,) and (1,)."""
    tract: tuple[Array, Array]
    """Pitch and lengths of speech, shape (3,), and mean cepstra, shape (CEPSTRA,), of
    `TractState`."""
    normaliser: tuple[Array, Array, Array]
    """Mean and mean square, shape (CEPSTRA,), and weight, shape (1,), of `NormaliserState`."""
    remainder: tuple[Array, Array, Array]
    """Sums, shape (kinds, 2 * (CEPSTRA - 1)), weights, shape (kinds,), and what is left, shape
    (kinds, CEPSTRA), of `RemainderState`."""
    pitch: Array
    """`IntonationState.heard`, shape (2,)."""

    @property
    def voiced_s(self) -> float:
        """How long a voice was heard for sure, seconds; at most what a core remembers."""
        return float(self.tract[0][1]) / FRAMES_PER_S

    def __repr__(self) -> str:
        return "Acquaintance(hidden)"


def acquaintance(core: Core) -> Acquaintance:
    """What a core has learnt so far, copied."""
    known, left = core.normaliser, core.remainder
    return Acquaintance(
        core.level.track.copy(),
        (core.room.shape.copy(), core.room.heard.copy()),
        (core.tract.heard.copy(), core.tract.shape.copy()),
        (known.mean.copy(), known.square.copy(), known.weight.copy()),
        (left.sums.copy(), left.weight.copy(), left.left.copy()),
        core.intonation.heard.copy(),
    )


def introduce(core: Core, known: Acquaintance) -> None:
    """Let a core begin where another one stood."""
    left = core.remainder
    states = (
        (core.level.track, known.level),
        *zip(core.room, known.room, strict=True),
        *zip((core.tract.heard, core.tract.shape), known.tract, strict=True),
        *zip(
            (core.normaliser.mean, core.normaliser.square, core.normaliser.weight),
            known.normaliser,
            strict=True,
        ),
        *zip((left.sums, left.weight, left.left), known.remainder, strict=True),
        (core.intonation.heard, known.pitch),
    )
    for state, learnt in states:
        np.copyto(state, learnt)
