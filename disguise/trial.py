"""The trial of a core on a synthetic voice, before any witness speaks into it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hattama.disguise.errors import CoreUnfitError
from hattama.disguise.likeness import Likeness, LikenessOptions

if TYPE_CHECKING:
    from hattama.disguise.protocols import Floats, VoiceStream

_SECONDS = 1.0
_FORMANTS_HZ = (650.0, 1200.0, 2600.0, 3500.0)
_BANDWIDTHS_HZ = (90.0, 110.0, 160.0, 200.0)
_AUDIBLE = 1e-4
"""Root mean square that the answer to a voice must reach, full scale 1."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Figures of the trial."""

    likeness: float
    """Highest correlation with the test voice over the running window, 0 to 1."""
    typical_ms: float
    """Median time of a block, milliseconds."""
    worst_ms: float
    """Longest time of a block in the second half, milliseconds; compiling is over by then."""
    latency_samples: int
    """Delay that the core states, samples."""


def trial_voice(sample_rate: int, seconds: float = _SECONDS) -> Floats:
    """A voice of pulses through four formants, its pitch gliding, with breath and pauses.

    Seeded, so that every trial hears the same. Shape (n,), peak 0.3.
    """
    n = round(seconds * sample_rate)
    t = np.arange(n) / sample_rate
    pitch = 150.0 * 2 ** (0.7 * np.sin(2 * np.pi * 2.3 * t) + 0.2 * np.sin(2 * np.pi * 7.1 * t))
    phase = np.cumsum(pitch) / sample_rate
    pulses = np.diff(np.floor(phase), prepend=0.0)
    breath = np.random.default_rng(7).normal(0, 0.04, n)
    voice = pulses + breath
    for formant, bandwidth in zip(_FORMANTS_HZ, _BANDWIDTHS_HZ, strict=True):
        voice = voice + 0.7 * _resonate(pulses + breath, formant, bandwidth, sample_rate)
    voice *= np.clip(np.sin(2 * np.pi * 3.1 * t) + 0.7, 0, 1)
    return np.asarray(0.3 * voice / np.abs(voice).max(), np.float32)


def _resonate(x: np.ndarray, hz: float, width_hz: float, sample_rate: int) -> np.ndarray:
    """Convolve with the decaying sine of one formant."""
    t = np.arange(round(0.03 * sample_rate)) / sample_rate
    ring = np.exp(-np.pi * width_hz * t) * np.sin(2 * np.pi * hz * t)
    size = len(x) + len(ring)
    return np.asarray(np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(ring, size), size)[: len(x)])


def try_core(
    core: VoiceStream, sample_rate: int, channels: int, block_size: int, limits: LikenessOptions
) -> SelfTest:
    """Run the test voice through a core and reset it.

    Raises
    ------
    CoreUnfitError
        When the answer resembles the test voice, is silent, is no number, or has the wrong shape.
    """
    voice = np.repeat(trial_voice(sample_rate)[:, None], channels, axis=1)
    likeness = Likeness(sample_rate, channels, block_size, limits)
    times, alike, power = [], 0.0, 0.0
    for start in range(0, len(voice) - block_size + 1, block_size):
        heard = np.ascontiguousarray(voice[start : start + block_size])
        began = time.perf_counter_ns()
        given = core.process(heard[:, 0].copy() if channels == 1 else heard.copy())
        times.append((time.perf_counter_ns() - began) / 1e6)
        said = _checked(given, heard)
        if not likeness.judge(heard, said):
            raise CoreUnfitError("the test voice is heard in the answer, or it is no sound")
        alike, power = max(alike, likeness.running), power + float(np.mean(np.square(said)))
    core.reset()
    if np.sqrt(power / len(times)) < _AUDIBLE:
        raise CoreUnfitError("the answer to the test voice is silent")
    late = times[len(times) // 2 :]
    return SelfTest(
        alike, float(np.median(times)), max(late), core.input_latency + core.output_latency
    )


def _checked(given: Floats, heard: Floats) -> Floats:
    if given.size != heard.size or len(given) != len(heard) or given.dtype != np.float32:
        raise CoreUnfitError(
            "the answer has shape {given}, expected {expected}",
            given=given.shape,
            expected=heard.shape,
        )
    return np.ascontiguousarray(given.reshape(heard.shape))
