"""Levels of a track: how loud, how clipped, how silent, and how wide its band is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
FRAME_SAMPLES = 512
"""32 ms: short enough to tell speech from pauses, long enough for bands of 31 Hz."""
CLIPPED = 0.9985
"""A sample of this size or more is at the rail of the converter."""
SILENCE_DB = -60.0
"""Frames below this are silent to every recogniser."""
SPEECH_RANGE_DB = 25.0
"""Speech-level frames: this far below the loudest twentieth, at most."""
BAND_DEPTH_DB = 55.0
"""The band ends where the long-term spectrum has fallen this far below its peak for good."""
TELEPHONE_BAND_HZ = 4200.0
"""A telephone passes 300 to 3400 Hz (ITU-T G.712); its filters are done by 4 kHz."""
_LEVEL_STEP_DB = 2.0
_FLOOR_DB = -100.0
_LEVELS = int(-_FLOOR_DB / _LEVEL_STEP_DB) + 1
_BINS = FRAME_SAMPLES // 2 + 1


@dataclass(frozen=True, slots=True)
class Levels:
    """What was measured over a whole track."""

    rms: float
    """Root mean square over the sound that is there, 0 to 1."""
    peak: float
    """Largest magnitude before resampling; 1 is full scale."""
    clipped: float
    """Share of samples at full scale, 0 to 1."""
    silent: float
    """Share of 32 ms frames below -60 dBFS, 0 to 1."""
    bandwidth_hz: float | None
    """Upper end of the band that speech uses, at most 8000; None where nobody speaks."""

    @property
    def rms_db(self) -> float:
        """Root mean square, dBFS; -inf for digital silence."""
        return float(decibels(self.rms))

    @property
    def peak_db(self) -> float:
        """Peak, dBFS; -inf for digital silence."""
        return float(decibels(self.peak))

    @property
    def is_silent(self) -> bool:
        """Whether no frame holds anything to hear."""
        return self.silent >= 1.0

    @property
    def is_telephone(self) -> bool:
        """Whether speech ends at the telephone's 3.4 kHz, whatever the sample rate says."""
        return self.bandwidth_hz is not None and self.bandwidth_hz < TELEPHONE_BAND_HZ


def decibels(amplitude: float) -> float:
    """Amplitude to dBFS; 0 gives -inf."""
    return 20.0 * float(np.log10(amplitude)) if amplitude > 0 else float("-inf")


@dataclass(slots=True)
class Meter:
    """Measures a track block by block at constant memory.

    Power spectra are summed apart for each 2 dB of frame level, so that the speech level, which
    is known only at the end, can still choose whose spectra count.
    """

    _peak: float = 0.0
    _clipped: int = 0
    _seen: int = 0
    _energy: float = 0.0
    _samples: int = 0
    _rest: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    _frames: NDArray[np.int64] = field(default_factory=lambda: np.zeros(_LEVELS, np.int64))
    _spectra: NDArray[np.float64] = field(default_factory=lambda: np.zeros((_LEVELS, _BINS)))

    def source(self, samples: NDArray[np.float32]) -> None:
        """Measure peak and clipping of samples as they were recorded, shape (n,)."""
        size = np.abs(samples)
        self._peak = max(self._peak, float(size.max(initial=0.0)))
        self._clipped += int(np.count_nonzero(size >= CLIPPED))
        self._seen += len(samples)

    def resampled(self, samples: NDArray[np.float32]) -> None:
        """Measure level and spectrum of 16 kHz samples, shape (n,)."""
        self._energy += float(np.dot(samples, samples))
        self._samples += len(samples)
        samples = np.concatenate([self._rest, samples])
        whole = len(samples) // FRAME_SAMPLES
        self._rest = samples[whole * FRAME_SAMPLES :].copy()
        if whole:
            self._add(samples[: whole * FRAME_SAMPLES].reshape(whole, FRAME_SAMPLES))

    def levels(self) -> Levels:
        """Everything measured so far."""
        frames = max(int(self._frames.sum()), 1)
        silent = int((SILENCE_DB - _FLOOR_DB) / _LEVEL_STEP_DB)
        return Levels(
            rms=float(np.sqrt(self._energy / max(self._samples, 1))),
            peak=self._peak,
            clipped=self._clipped / max(self._seen, 1),
            silent=1.0 if not self._frames.any() else float(self._frames[:silent].sum() / frames),
            bandwidth_hz=self._bandwidth(),
        )

    def _add(self, frames: NDArray[np.float32]) -> None:
        power = np.mean(np.square(frames), axis=1)
        level = 10.0 * np.log10(np.maximum(power, 1e-10))
        index = np.clip((level - _FLOOR_DB) / _LEVEL_STEP_DB, 0, _LEVELS - 1).astype(np.int64)
        spectra = np.square(np.abs(np.fft.rfft(frames * np.hanning(FRAME_SAMPLES), axis=1)))
        np.add.at(self._frames, index, 1)
        np.add.at(self._spectra, index, spectra)

    def _bandwidth(self) -> float | None:
        # Counted from the loudest: the level that a twentieth of the audible frames reach.
        audible = self._frames.copy()
        audible[: int((SILENCE_DB - _FLOOR_DB) / _LEVEL_STEP_DB)] = 0
        if not audible.any():
            return None
        from_loudest = np.cumsum(audible[::-1])
        loud = _LEVELS - 1 - int(np.searchsorted(from_loudest, audible.sum() / 20))
        first = max(loud - int(SPEECH_RANGE_DB / _LEVEL_STEP_DB), 0)
        chosen = audible > 0
        chosen[:first] = False
        return _band_end(self._spectra[chosen].sum(axis=0))


def _band_end(power: NDArray[np.float64]) -> float:
    smooth = np.convolve(power, np.ones(5) / 5, mode="same")
    above = np.flatnonzero(smooth > smooth.max() * 10.0 ** (-BAND_DEPTH_DB / 10.0))
    return float(above[-1] * SAMPLE_RATE_HZ / FRAME_SAMPLES)
