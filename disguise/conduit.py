"""One channel from end to end: outer rate, core, outer rate, sample by sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hattama.disguise.core import RING, Core, frame, make_core
from hattama.disguise.framing import HOP, LOOKAHEAD, RATE_HZ, Array
from hattama.disguise.kernels import kernel
from hattama.disguise.resample import Conversion, conversion, interpolate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hattama.disguise.profiles import Profile
    from hattama.disguise.voice import Voice

_LOUDEST: Final = 4.0  # beyond any real sample; keeps a broken one from swamping the filters

# Places in `Conduit.counts`.
_HEARD, _POSITION, _PHASE, _TAKEN, _MADE, _OUT_POSITION, _OUT_PHASE = range(7)


class Conduit(NamedTuple):
    """State of one channel."""

    inwards: Conversion
    """From the outer rate to the core's."""

    outwards: Conversion
    """From the core's rate to the outer one."""

    heard: Array
    """Last samples at the outer rate."""

    taken: Array
    """Last samples that the core was given."""

    made: Array
    """Last samples that the core made."""

    counts: NDArray[np.int64]
    """Samples heard; place of the core's next sample in them; samples taken and made; place of
    the next output sample in those made."""

    core: Core
    """The disguise."""


def make_conduit(rate_hz: int, latency: int, profile: Profile, voice: Voice) -> Conduit:
    """A channel before its first sample.

    Parameters
    ----------
    rate_hz
        Outer sample rate.
    latency
        Delay of the whole channel, in samples at `rate_hz`.
    profile, voice
        What to do, and with which secret choices.
    """
    inwards, outwards = conversion(rate_hz, RATE_HZ), conversion(RATE_HZ, rate_hz)
    counts = np.zeros(7, dtype=np.int64)
    phases = outwards.taps.shape[0]
    counts[_OUT_POSITION], counts[_OUT_PHASE] = divmod(-latency * outwards.step, phases)
    ring = 1 << (2 * inwards.reach + 1).bit_length()
    return Conduit(
        inwards,
        outwards,
        np.zeros(ring),
        np.zeros(RING),
        np.zeros(RING),
        counts,
        make_core(profile, voice),
    )


@kernel
def _take(conduit: Conduit, value: float) -> None:
    """Give the core one sample at its own rate; let it work when a frame is complete."""
    counts = conduit.counts
    conduit.taken[counts[_TAKEN] & (RING - 1)] = value
    counts[_TAKEN] += 1
    if counts[_TAKEN] == counts[_MADE] + HOP + LOOKAHEAD:
        frame(conduit.core, conduit.taken, counts[_TAKEN])
        for i in range(HOP):
            conduit.made[(counts[_MADE] + i) & (RING - 1)] = conduit.core.sound[i]
        counts[_MADE] += HOP


@kernel
def advance(conduit: Conduit, source: Array, target: Array) -> None:
    """Disguise `source` into `target`, equally long, at the outer rate.

    What is not a number becomes silence; the result lies within -1 to 1.
    """
    counts, inwards, outwards = conduit.counts, conduit.inwards, conduit.outwards
    mask = conduit.heard.shape[0] - 1
    for i in range(source.shape[0]):
        value = source[i]
        value = min(_LOUDEST, max(-_LOUDEST, value)) if np.isfinite(value) else 0.0
        conduit.heard[counts[_HEARD] & mask] = value
        counts[_HEARD] += 1
        while counts[_POSITION] + inwards.reach < counts[_HEARD]:
            _take(
                conduit,
                interpolate(
                    conduit.heard, counts[_POSITION], counts[_PHASE], inwards.taps, inwards.reach
                ),
            )
            ahead = counts[_PHASE] + inwards.step
            counts[_POSITION] += ahead // inwards.taps.shape[0]
            counts[_PHASE] = ahead % inwards.taps.shape[0]
        value = interpolate(
            conduit.made, counts[_OUT_POSITION], counts[_OUT_PHASE], outwards.taps, outwards.reach
        )
        target[i] = min(1.0, max(-1.0, value))
        ahead = counts[_OUT_PHASE] + outwards.step
        counts[_OUT_POSITION] += ahead // outwards.taps.shape[0]
        counts[_OUT_PHASE] = ahead % outwards.taps.shape[0]
