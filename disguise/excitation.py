"""The disguise's own voice source: band-limited pulses and noise, mixed alike for every speaker.

High voices are given breath where the formants lie, noise between harmonics that stand so far apart
that an envelope hardly shows in them; further down they stay clear, since noise there sounds hoarse
(DNSMOS 2.0 instead of 2.3). No sample of it comes from the input. Its power spectrum is flat with
unit density, so that the envelope alone decides the level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hattama.disguise.framing import HOP, RATE_HZ, Array
from hattama.disguise.kernels import kernel
from hattama.disguise.lowpass import low_pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PULSE_TAPS: Final = 16
_PULSE_PHASES: Final = 64
_SPLIT_TAPS: Final = 31
_BREATH_FROM_HZ: Final = 1200.0
_RING: Final = 256  # more than HOP + _SPLIT_TAPS


class SourceState(NamedTuple):
    """Constants and memory of the source."""

    pulses: Array
    """A band-limited pulse at each fraction of a sample, shape (_PULSE_PHASES, _PULSE_TAPS)."""

    split: Array
    """Low-pass that keeps the pulses where a voice is periodic, shape (_SPLIT_TAPS,)."""

    clear: Array
    """Low-pass that keeps what has no breath in it, shape (_SPLIT_TAPS,)."""

    breath: float
    """Share of noise among the pulses between the two, 0 to 1."""

    pulse_ring: Array
    """Pulses, shape (_RING,)."""

    noise_ring: Array
    """Noise, shape (_RING,)."""

    phase: Array
    """Part of the present period that has passed, 0 to 1, shape (1,)."""

    random: NDArray[np.uint64]
    """State of the noise generator, shape (1,)."""

    excitation: Array
    """Result: the source of the last hop, shape (HOP,)."""


def source_state(seed: int, noise_above_hz: float, breath: float) -> SourceState:
    """A source that has made nothing.

    Parameters
    ----------
    seed
        64 bits, from the secret.
    noise_above_hz
        Where a voiced sound turns from pulses to noise.
    breath
        Share of noise below that, down to 1.2 kHz, 0 to 1.
    """
    time = np.arange(_PULSE_TAPS) - _PULSE_TAPS // 2
    late = (np.arange(_PULSE_PHASES) / _PULSE_PHASES)[:, None]
    lobe = np.clip((time + late) / (_PULSE_TAPS // 2), -1.0, 1.0)
    pulses = np.sinc(time + late) * np.cos(0.5 * np.pi * lobe) ** 2
    return SourceState(
        pulses,
        low_pass(noise_above_hz, _SPLIT_TAPS),
        low_pass(_BREATH_FROM_HZ, _SPLIT_TAPS),
        breath,
        np.zeros(_RING),
        np.zeros(_RING),
        np.zeros(1),
        np.array([seed | 1], dtype=np.uint64),
        np.zeros(HOP),
    )


@kernel
def _noise(random: NDArray[np.uint64]) -> float:
    """Uniform noise of unit variance (xorshift64*, S. Vigna, doi:10.1145/2845077)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    scrambled = x * np.uint64(0x2545F4914F6CDD1D)
    return (float(scrambled >> np.uint64(11)) / 9007199254740992.0 - 0.5) * 3.4641016151377544


@kernel
def excite(state: SourceState, first: int, pitch_hz: Array, voicing: Array) -> None:
    """Write one hop of the source into `state.excitation`.

    Parameters
    ----------
    state
        The source.
    first
        Number of the hop's first sample.
    pitch_hz, voicing
        At the beginning and the end of the hop, shape (2,); voicing from 0 (noise) to 1.
    """
    mask = _RING - 1
    half = _SPLIT_TAPS // 2
    for i in range(HOP):
        at = first + i
        pitch = pitch_hz[0] + (pitch_hz[1] - pitch_hz[0]) * (i + 1) / HOP
        state.phase[0] += pitch / RATE_HZ
        if state.phase[0] >= 1.0:
            state.phase[0] -= 1.0
            late = min(_PULSE_PHASES - 1, int(state.phase[0] * RATE_HZ / pitch * _PULSE_PHASES))
            height = np.sqrt(RATE_HZ / pitch)
            for j in range(_PULSE_TAPS):
                state.pulse_ring[(at + j) & mask] += height * state.pulses[late, j]
        state.noise_ring[at & mask] = _noise(state.random)
        pulsed, hissed, low_pulsed, low_hissed = 0.0, 0.0, 0.0, 0.0
        for j in range(_SPLIT_TAPS):
            place = (at - j) & mask
            pulse, noise = state.pulse_ring[place], state.noise_ring[place]
            pulsed += state.split[j] * pulse
            hissed += state.split[j] * noise
            low_pulsed += state.clear[j] * pulse
            low_hissed += state.clear[j] * noise
        share = voicing[0] + (voicing[1] - voicing[0]) * (i + 1) / HOP
        firm = 1.0 - state.breath
        # Three bands: clear below, breath in the middle, noise alone above.
        state.excitation[i] = (
            np.sqrt(share) * low_pulsed
            + np.sqrt(1.0 - share) * low_hissed
            + np.sqrt(share * firm) * (pulsed - low_pulsed)
            + np.sqrt(1.0 - share * firm) * (hissed - low_hissed)
            + (state.noise_ring[(at - half) & mask] - hissed)
        )
        state.pulse_ring[(at + _RING // 2) & mask] = 0.0
