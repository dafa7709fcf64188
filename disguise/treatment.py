"""What is done to the samples of a region: another voice, silence, or a tone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from hattama.disguise.protocols import Floats, VoiceStream

_TONE_HZ = 1000.0
_TONE_LEVEL = 0.1
"""-20 dBFS: heard, and not startling."""


class Treatment(Protocol):
    """Makes other sound out of sound."""

    @property
    def latency(self) -> int:
        """Samples by which the answer is late."""
        ...

    def treat(self, sound: Floats) -> Floats:
        """As many samples as come in, shape (n, channels), `latency` late."""
        ...


class Disguised:
    """Another voice in every channel, or silence in those that are muted.

    Parameters
    ----------
    core
        For all channels of the stream; it goes on from span to span, because what it has learned
        of the witness stays true.
    muted
        Channels of the stream that are silent.
    """

    def __init__(self, core: VoiceStream, muted: Collection[int] = ()) -> None:
        self._core = core
        self._muted = sorted(muted)

    @property
    def latency(self) -> int:
        """Delay of the core, samples."""
        return self._core.input_latency + self._core.output_latency

    def treat(self, sound: Floats) -> Floats:
        """The disguise of a piece of sound."""
        given = np.array(self._core.process(np.ascontiguousarray(sound)), np.float32)
        said = np.nan_to_num(given, nan=0.0, posinf=0.0, neginf=0.0).reshape(sound.shape)
        said[:, self._muted] = 0.0
        return said


class Beeped:
    """A tone of 1 kHz in every channel.

    Parameters
    ----------
    rate
        Samples a second.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._position = 0

    @property
    def latency(self) -> int:
        """Nothing."""
        return 0

    def treat(self, sound: Floats) -> Floats:
        """The tone, as long as the sound."""
        t = (self._position + np.arange(len(sound))) / self._rate
        self._position = (self._position + len(sound)) % self._rate
        tone = (_TONE_LEVEL * np.sin(2 * np.pi * _TONE_HZ * t)).astype(np.float32)
        return np.repeat(tone[:, None], sound.shape[1], axis=1)
