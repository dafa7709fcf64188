"""The seam of recognition: windows of sound in, words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from hattama.engine.document.model import Doubt, Language, Word

Device = Literal["auto", "cpu", "cuda"]
"""Where a network runs."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of sound that is recognised in one go."""

    start: float
    """Media time of the first sample, seconds."""
    samples: NDArray[np.float32]
    """Mono, 16 kHz, shape (n,), -1 to 1; at most about 28 s."""
    speech: tuple[tuple[float, float], ...]
    """Media times between which somebody speaks, by start."""
    language: Language | None = None
    """The language to recognise; None leaves it to the recogniser."""
    alternative: Language | None = None
    """A second language to try; the likelier reading is taken."""

    @property
    def end(self) -> float:
        """Media time after the last sample, seconds."""
        return self.start + len(self.samples) / 16_000


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was heard in one window."""

    words: tuple[Word, ...]
    """By start, in media time."""
    doubts: frozenset[Doubt] = frozenset()
    """Doubts about the window as a whole."""


class Recogniser(Protocol):
    """Hears words in windows."""

    @property
    def name(self) -> str:
        """Catalogue name of the model."""
        ...

    def recognise(self, windows: Sequence[Window]) -> tuple[Recognition, ...]:
        """Words of each window, in media time; the windows are heard as one batch."""
        ...
