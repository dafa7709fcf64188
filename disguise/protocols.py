"""The seams of the disguise: what stands around the core speaks to it through these alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Block = NDArray[np.float32] | NDArray[np.int16]
"""Sound, shape (n,) or (n, channels); float32 is -1 to 1."""

Sound = TypeVar("Sound", NDArray[np.float32], NDArray[np.int16])
"""A block whose type comes back as it went in."""

Floats = NDArray[np.float32]
"""Sound as float32, -1 to 1."""

Progress = Callable[[float], None]
"""Called with the share of the work that is done, 0 to 1. An exception that it raises cancels."""


class VoiceStream(Protocol):
    """A core that makes another voice out of a voice, block by block.

    `hattama.disguise.stream.DisguiseStream` is the real one. The n-th sample that leaves belongs
    to the sample `input_latency + output_latency` before it.
    """

    @property
    def input_latency(self) -> int:
        """Samples that must have come in beyond a moment before it can be worked on."""
        ...

    @property
    def output_latency(self) -> int:
        """Samples that the synthesis holds back."""
        ...

    def process(self, block: Floats, /) -> Floats:
        """Next block of the disguised voice, of the shape of `block`."""
        ...

    def flush(self) -> Floats:
        """Last `input_latency + output_latency` samples."""
        ...

    def reset(self) -> None:
        """Forget what was heard; the secret stays."""
        ...


CoreFactory = Callable[[], VoiceStream]
"""Makes a core that is ready for its first block."""


class VoicePrint(Protocol):
    """Turns speech into a vector that tells speakers apart by its direction."""

    @property
    def dimension(self) -> int:
        """Length of the vector."""
        ...

    def embed(self, signals: Sequence[NDArray[np.float32]], /) -> NDArray[np.float32]:
        """One unit vector for each 16 kHz mono signal, shape (len(signals), dimension)."""
        ...


class Listener(Protocol):
    """Writes down what it hears; stands for a person who must understand the witness."""

    def words(
        self, heard: NDArray[np.float32], said: NDArray[np.float32], /
    ) -> tuple[list[str], list[str]]:
        """Words of the witness and of his disguise, in order, read in one language.

        Both 16 kHz mono.
        """
        ...
