"""The disguise as a stream: blocks of samples in, blocks of another voice out.

    stream = DisguiseStream(48_000, "strong")
    while True:
        speaker.write(stream.process(microphone.read()))

Nothing of the input's waveform reaches the output: the sound is made anew from parameters that
were stripped of the speaker. `docs/disguise-design.md` tells how, and what that is worth.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from hattama.disguise.acquaintance import Acquaintance, acquaintance, introduce
from hattama.disguise.conduit import Conduit, advance, make_conduit
from hattama.disguise.errors import AudioFormatError
from hattama.disguise.framing import HOP, LOOKAHEAD, RATE_HZ
from hattama.disguise.profiles import Profile
from hattama.disguise.profiles import profile as choose_profile
from hattama.disguise.resample import stream_delay
from hattama.disguise.secret import Secret
from hattama.disguise.voice import draw_voice

if TYPE_CHECKING:
    from collections.abc import Sequence

LOWEST_RATE_HZ: Final = 8_000
"""Lowest sample rate of a stream."""

HIGHEST_RATE_HZ: Final = 192_000
"""Highest sample rate of a stream."""

_FULL_SCALE: Final = 32_768.0

Samples = TypeVar("Samples", NDArray[np.float32], NDArray[np.int16])
"""A block: float32 within -1 to 1, or int16."""


class DisguiseStream:
    """Disguises a voice block by block.

    The output is as long as the input and `latency` samples late. It is the same for every way
    of cutting the input into blocks, and the same whenever the same secret meets the same input.

    Parameters
    ----------
    sample_rate
        In Hz, 8 000 to 192 000.
    profile
        How strongly: a `Profile`, "natural", "strong", "whisper", or the path of a `.toml` file.
    secret
        What the disguised voice is drawn from; a fresh one where None.
    block_size
        Samples that one call brings at most for the least work; longer blocks are cut.
    channels
        How many channels to prepare for; with another number, the first block costs some
        milliseconds more. Every channel is disguised by itself with the same secret.
    known
        What another stream had learnt of the speaker, channel by channel (`acquaintances`);
        channels beyond those begin with a stranger.

    Raises
    ------
    AudioFormatError
        When the sample rate, the block size or the number of channels is out of range.
    ProfileError
        When there is no such profile.
    """

    def __init__(
        self,
        sample_rate: int,
        profile: Profile | str = "strong",
        secret: Secret | None = None,
        block_size: int = 480,
        channels: int = 1,
        *,
        known: Sequence[Acquaintance] = (),
    ) -> None:
        _check_stream(sample_rate, block_size, channels)
        self._rate_hz = int(sample_rate)
        self._profile = choose_profile(profile)
        self._voice = draw_voice(self._profile, Secret.fresh() if secret is None else secret)
        self._before, self._after = stream_delay(self._rate_hz, HOP)
        self._before += ceil(LOOKAHEAD * self._rate_hz / RATE_HZ)
        self._source = np.zeros(block_size)
        self._target = np.zeros(block_size)
        self._conduits: list[Conduit] = []
        self._known = tuple(known)
        self._started = False
        self._prepare(channels)
        self._warm_up()

    @property
    def sample_rate(self) -> int:
        """Sample rate in Hz."""
        return self._rate_hz

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        return self._profile

    @property
    def input_latency(self) -> int:
        """Samples that have to follow a moment of the input before the disguise can hear it."""
        return self._before

    @property
    def output_latency(self) -> int:
        """Samples that pass from there until the disguise of that moment leaves."""
        return self._after

    @property
    def latency(self) -> int:
        """Samples from a moment's arrival to its disguise: input and output latency together."""
        return self._before + self._after

    @property
    def acquaintances(self) -> tuple[Acquaintance, ...]:
        """What was learnt of the speaker and the room so far, channel by channel."""
        return tuple(acquaintance(conduit.core) for conduit in self._conduits)

    def process(self, block: Samples, out: Samples | None = None) -> Samples:
        """Disguise a block.

        Parameters
        ----------
        block
            Shape (n,) or (n, channels), float32 or int16. Samples that are not finite count as
            silence. The number of channels stays as the first block has it until `reset`.
        out
            Where to write the result, of the block's shape and type; a new array where None.

        Returns
        -------
        Samples
            The disguise, as shaped and typed as `block`, `latency` samples late.

        Raises
        ------
        AudioFormatError
            When the block's type, shape or number of channels is not as said above.
        """
        result = np.empty_like(block) if out is None else out
        channels = _check_block(block, result)
        if channels != len(self._conduits):
            self._change_channels(channels)
        for c, conduit in enumerate(self._conduits):
            self._pass(
                conduit,
                block if block.ndim == 1 else block[:, c],
                result if block.ndim == 1 else result[:, c],
            )
        self._started = self._started or len(block) > 0
        return result

    def flush(self) -> NDArray[np.float32]:
        """End the stream: give what is still to come, then `reset`.

        Returns
        -------
        NDArray[np.float32]
            The last `latency` samples, shape (latency,) for one channel, else
            (latency, channels).
        """
        shape = (self.latency,) if len(self._conduits) == 1 else (self.latency, len(self._conduits))
        rest = self.process(np.zeros(shape, dtype=np.float32))
        self.reset()
        return rest

    def reset(self) -> None:
        """Forget everything heard; the secret, the profile and what was `known` stay."""
        self._prepare(len(self._conduits))

    def _prepare(self, channels: int) -> None:
        self._started = False
        self._conduits = [
            make_conduit(self._rate_hz, self.latency, self._profile, self._voice)
            for _ in range(channels)
        ]
        for conduit, learnt in zip(self._conduits, self._known, strict=False):
            introduce(conduit.core, learnt)

    def _warm_up(self) -> None:
        """Compile every kernel, or load it from disk, before the first block."""
        advance(self._conduits[0], self._source, self._target)
        for dtype in (np.float32, np.int16):
            self.process(np.zeros((HOP, len(self._conduits)), dtype=dtype))
        self.reset()

    def _change_channels(self, channels: int) -> None:
        if self._started:
            raise AudioFormatError(
                "the block has {given} channels after blocks of {expected}; "
                "reset the stream to change that",
                given=channels,
                expected=len(self._conduits),
            )
        self._prepare(channels)

    def _pass(self, conduit: Conduit, block: Samples, result: Samples) -> None:
        """Disguise one channel in pieces that fit the prepared buffers."""
        whole = block.dtype == np.int16
        for start in range(0, len(block), len(self._source)):
            piece = block[start : start + len(self._source)]
            source, target = self._source[: len(piece)], self._target[: len(piece)]
            np.copyto(source, piece)
            if whole:
                np.multiply(source, 1.0 / _FULL_SCALE, out=source)
            advance(conduit, source, target)
            if whole:
                np.multiply(target, _FULL_SCALE - 1.0, out=target)
                np.rint(target, out=target)
            np.copyto(result[start : start + len(piece)], target, casting="unsafe")


def _check_stream(sample_rate: int, block_size: int, channels: int) -> None:
    if not LOWEST_RATE_HZ <= sample_rate <= HIGHEST_RATE_HZ or sample_rate != int(sample_rate):
        raise AudioFormatError(
            "the sample rate is {given} Hz; it has to be a whole number from {low} to {high}",
            given=sample_rate,
            low=LOWEST_RATE_HZ,
            high=HIGHEST_RATE_HZ,
        )
    if block_size < 1 or channels < 1:
        raise AudioFormatError(
            "block size {block_size} and channels {channels} have to be at least 1",
            block_size=block_size,
            channels=channels,
        )


def _check_block(block: Samples, result: Samples) -> int:
    if block.dtype not in (np.float32, np.int16) or block.ndim not in (1, 2):
        raise AudioFormatError(
            "the block is {dtype} with {ndim} axes; give float32 or int16, shaped (n,) or "
            "(n, channels)",
            dtype=block.dtype,
            ndim=block.ndim,
        )
    if result.dtype != block.dtype or result.shape != block.shape:
        raise AudioFormatError(
            "out is {dtype} {shape}; it has to match the block",
            dtype=result.dtype,
            shape=result.shape,
        )
    channels = 1 if block.ndim == 1 else block.shape[1]
    if channels < 1:
        raise AudioFormatError("the block has no channel; give at least one")
    return channels
