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
SPEECH_RANGE_DB = 30.0
"""Speech-level frames: this far below the loudest ones, at most."""
BAND_DEPTH_DB = 50.0
"""Speech does not use a band in which even its loudest moments stay this far below the peak."""
BAND_OVER_NOISE_DB = 10.0
"""Nor one in which they do not stand out of what is heard between the words by this much."""
MASKED_DB = 36.0
"""Unless that is less than this below the peak and may hide speech."""
QUIET_DB = -42.0
"""Speech below this level is too quiet: the gain for finding it reaches ten times, to -22 dBFS."""
AUDIBLE_SHARE = 0.0005
"""Fewer frames than this that can be heard are clicks, two seconds of an hour."""
TELEPHONE_BAND_HZ = 4300.0
"""A telephone passes 300 to 3400 Hz (ITU-T G.712); its filters are done by 4 kHz,
two bands of the measure below this."""
_LEVEL_STEP_DB = 2.0
_FLOOR_DB = -100.0
_LEVELS = int(-_FLOOR_DB / _LEVEL_STEP_DB) + 1
_BAND_BINS = 8
"""Bins of a band: 250 Hz, wide enough that noise does not swing far within it."""
_BANDS = FRAME_SAMPLES // 2 // _BAND_BINS
_BAND_HZ = SAMPLE_RATE_HZ / 2 / _BANDS
_BAND_FLOOR_DB = -130.0
_BAND_STEPS = int(-_BAND_FLOOR_DB / _LEVEL_STEP_DB) + 4
_LOUD_SHARE, _NOISE_SHARE = 0.97, 0.5
"""Fricatives, which alone use the upper bands, are some of all frames; noise is most of them."""
_CALM_SHARE, _LEAST_NOISE_FRAMES = 0.1, 20
_LOUDEST_SHARE = 0.005
"""Who speaks for 20 s of an hour is heard in this share of its frames."""


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
    speech: float | None = None
    """Root mean square that the loudest of what can be heard reaches, 0 to 1; None where nothing
    can be."""

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
        """Whether nothing but clicks can be heard."""
        return self.silent > 1.0 - AUDIBLE_SHARE

    @property
    def is_quiet(self) -> bool:
        """Whether there is something to hear, and even the loudest of it is too quiet."""
        return self.speech is not None and not self.is_silent and decibels(self.speech) < QUIET_DB

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

    The power of each band is counted apart for each 2 dB of frame level, so that the speech level,
    which is known only at the end, can still choose which frames are speech and which noise.
    """

    _peak: float = 0.0
    _clipped: int = 0
    _seen: int = 0
    _energy: float = 0.0
    _samples: int = 0
    _rest: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    _frames: NDArray[np.int64] = field(default_factory=lambda: np.zeros(_LEVELS, np.int64))
    _bands: NDArray[np.int64] = field(
        default_factory=lambda: np.zeros((_LEVELS, _BANDS, _BAND_STEPS), np.int64)
    )

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
        silent = 1.0 if not self._frames.any() else float(self._frames[:_SILENT].sum() / frames)
        loud = self._loud()
        return Levels(
            rms=float(np.sqrt(self._energy / max(self._samples, 1))),
            peak=self._peak,
            clipped=self._clipped / max(self._seen, 1),
            silent=silent,
            bandwidth_hz=None if loud is None else self._bandwidth(loud),
            speech=None if loud is None else float(10.0 ** (_level_db(loud) / 20.0)),
        )

    def _add(self, frames: NDArray[np.float32]) -> None:
        power = np.mean(np.square(frames), axis=1)
        index = _steps(power, _FLOOR_DB, _LEVELS)
        spectra = np.square(np.abs(np.fft.rfft(frames * np.hanning(FRAME_SAMPLES), axis=1)))
        bands = spectra[:, 1:].reshape(len(frames), _BANDS, _BAND_BINS).sum(axis=2)
        # A sine of full scale has about this power in its band.
        height = _steps(bands / (FRAME_SAMPLES / 4) ** 2, _BAND_FLOOR_DB, _BAND_STEPS)
        np.add.at(self._frames, index, 1)
        np.add.at(self._bands, (index[:, None], np.arange(_BANDS)[None], height), 1)

    def _loud(self) -> int | None:
        """Step that the loudest of the audible frames reach; None where nothing can be heard."""
        audible = self._frames.copy()
        audible[:_SILENT] = 0
        if not audible.any():
            return None
        from_loudest = np.cumsum(audible[::-1])
        return _LEVELS - 1 - int(np.searchsorted(from_loudest, audible.sum() * _LOUDEST_SHARE))

    def _bandwidth(self, loud: int) -> float:
        first = max(loud - int(SPEECH_RANGE_DB / _LEVEL_STEP_DB), _SILENT)
        speech = _share_db(self._bands[first:].sum(axis=0), _LOUD_SHARE)
        used = speech > speech.max() - BAND_DEPTH_DB
        calm = self._calm()
        if calm is not None:
            noise = _share_db(self._bands[1:calm].sum(axis=0), _NOISE_SHARE)
            # Noise as loud as that may hide what is there: nothing is said against the band.
            used &= (speech > noise + BAND_OVER_NOISE_DB) | (noise > speech.max() - MASKED_DB)
        # One band alone is a whistle.
        used[1:-1] &= used[:-2] | used[2:]
        bands = np.flatnonzero(used)
        return float((bands[-1] + 1) * _BAND_HZ) if len(bands) else SAMPLE_RATE_HZ / 2

    def _calm(self) -> int | None:
        """Step below which the calmest frames lie, digital silence aside; None: too few."""
        below = np.cumsum(self._frames[1:])
        wanted = max(below[-1] * _CALM_SHARE, _LEAST_NOISE_FRAMES)
        return None if below[-1] < wanted else int(np.searchsorted(below, wanted)) + 2


def _steps(power: NDArray[np.float64], floor_db: float, count: int) -> NDArray[np.int64]:
    """Power to steps of 2 dB from a floor on."""
    level = 10.0 * np.log10(np.maximum(power, 1e-30))
    return np.clip((level - floor_db) / _LEVEL_STEP_DB, 0, count - 1).astype(np.int64)


def _level_db(step: int) -> float:
    return _FLOOR_DB + (step + 0.5) * _LEVEL_STEP_DB


def _share_db(counted: NDArray[np.int64], share: float) -> NDArray[np.float64]:
    """Level below which this share of the frames lies, in each band; shape (bands,)."""
    below = np.cumsum(counted, axis=1)
    step = np.argmax(below >= share * below[:, -1:], axis=1)
    return np.asarray(_BAND_FLOOR_DB + (step + 0.5) * _LEVEL_STEP_DB)


_SILENT = int((SILENCE_DB - _FLOOR_DB) / _LEVEL_STEP_DB)
"""First step that can be heard."""
