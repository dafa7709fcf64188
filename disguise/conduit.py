"""One channel from end to end: outer rate, core, outer rate, sample by sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hattama.disguise.core import RING, Core, frame, make_core
from hattama.disguise.framing import HOP, LOOKAHEAD, RATE_HZ, Array
from hattama.disguise.kernels import kernel
from hattama.disguise.resample import Conversion, conversion, interpolate, remember, twice

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
    """Last samples at the outer rate, twice (`resample.twice`)."""

    taken: Array
    """Last samples that the core was given."""

    made: Array
    """Last samples that the core made, twice."""

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
        twice(ring),
        np.zeros(RING),
        twice(RING),
        counts,
        make_core(profile, voice),
    )


@kernel
def _work(conduit: Conduit) -> None:
    """Let the core make its next hop of the samples taken.

    Called once a frame: handing a conduit over costs more than what is done for a sample.
    """
    counts = conduit.counts
    frame(conduit.core, conduit.taken, counts[_TAKEN])
    for i in range(HOP):
        remember(conduit.made, counts[_MADE] + i, conduit.core.sound[i])
    counts[_MADE] += HOP


@kernel
def advance(conduit: Conduit, source: Array, target: Array) -> None:
    """Disguise `source` into `target`, equally long, at the outer rate.

    What is not a number becomes silence; the result lies within -1 to 1.
    """
    heard, taken, made, counts = conduit.heard, conduit.taken, conduit.made, conduit.counts
    taps, step, reach = conduit.inwards.taps, conduit.inwards.step, conduit.inwards.reach
    out_taps, out_step, out_reach = (
        conduit.outwards.taps,
        conduit.outwards.step,
        conduit.outwards.reach,
    )
    for i in range(source.shape[0]):
        value = source[i]
        value = min(_LOUDEST, max(-_LOUDEST, value)) if np.isfinite(value) else 0.0
        remember(heard, counts[_HEARD], value)
        counts[_HEARD] += 1
        while counts[_POSITION] + reach < counts[_HEARD]:
            taken[counts[_TAKEN] & (RING - 1)] = interpolate(
                heard, counts[_POSITION], counts[_PHASE], taps, reach
            )
            counts[_TAKEN] += 1
            if counts[_TAKEN] == counts[_MADE] + HOP + LOOKAHEAD:
                _work(conduit)
            ahead = counts[_PHASE] + step
            counts[_POSITION] += ahead // taps.shape[0]
            counts[_PHASE] = ahead % taps.shape[0]
        value = interpolate(made, counts[_OUT_POSITION], counts[_OUT_PHASE], out_taps, out_reach)
        target[i] = min(1.0, max(-1.0, value))
        ahead = counts[_OUT_PHASE] + out_step
        counts[_OUT_POSITION] += ahead // out_taps.shape[0]
        counts[_OUT_PHASE] = ahead % out_taps.shape[0]
