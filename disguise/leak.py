"""Is the original's waveform in the output? The question asked before anything is handed out.

Both signals are whitened (generalised cross-correlation with phase transform, Knapp and Carter
1976, doi:10.1109/TASSP.1976.1162830) and correlated at every lag. A voice that was made anew has
phases of its own, so that the result is noise; of the original, even a trace of -20 dB under the
disguise stands out of that noise as a peak.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hattama.disguise.decoding import COMPARED_HZ, WINDOW_S, opened, window_edges, windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hattama.disguise.protocols import Floats, Progress
    from hattama.disguise.spans import Span

Curve = NDArray[np.float64]
"""Correlation by lag."""

Phases = NDArray[np.complex128]
"""Spectrum of which the phases are left."""

LONGEST_LAG_S = 0.1
"""Delays and advances that are searched."""

WINDOW_LIMIT = 14.0
"""Height of the peak in one window, in standard deviations of the other lags, that is a leak.

Of 70 windows of readers under the profile `strong` the highest was 9.4; the original at -10 dB
under the disguise gives 25 in the median."""

TOTAL_LIMIT = 10.0
"""Height of the peak in the sum over all windows of a channel that is a leak: a trace too faint
for one window adds up where the disguise does not. Of whole utterances the highest was 8.8."""

_PLACES = 10
_PEAK_WIDTH = 16
_BAND_HZ = (150.0, 7000.0)
_QUIET = 1e-5
"""Root mean square under which a channel is silent (-100 dBFS)."""
_SMOOTHED_BINS = 9


@dataclass(frozen=True, slots=True)
class LeakPlace:
    """How much of the original one window of one channel holds."""

    start: float
    """Container time, seconds."""
    end: float
    """Container time, seconds."""
    channel: int
    """Channel of the output, over all its streams."""
    peak: float
    """Height of the highest peak in standard deviations; chance stays under 6."""


@dataclass(frozen=True, slots=True)
class LeakReport:
    """What the search found."""

    windows: int
    """Windows of about two seconds that were searched."""
    channels: int
    """Channels of the output."""
    total: float
    """Highest peak of the sum over all windows, in standard deviations, the worst channel."""
    worst: tuple[LeakPlace, ...]
    """The windows with the highest peaks, highest first; at most ten."""

    @property
    def peak(self) -> float:
        """Highest peak of a window, in standard deviations."""
        return self.worst[0].peak if self.worst else 0.0

    @property
    def leaks(self) -> bool:
        """Whether the original was found."""
        return self.peak >= WINDOW_LIMIT or self.total >= TOTAL_LIMIT


def coherence(original: Floats, output: Floats) -> float:
    """Highest peak of the whitened cross-correlation, in standard deviations of the other lags.

    Parameters
    ----------
    original, output
        Mono at 16 kHz, shape (n,), of the same moment.
    """
    n = min(len(original), len(output))
    return peak(correlation(phases(original[:n]), phases(output[:n])))


def search(
    original: Path, output: Path, spans: Sequence[Span], progress: Progress | None = None
) -> LeakReport:
    """Look for every channel of the original in every channel of the output.

    Parameters
    ----------
    original, output
        Recordings with the same clock.
    spans
        Container time in which the voice must not be found.

    Raises
    ------
    MediaError
        When one of the recordings cannot be read.
    """
    worst: list[LeakPlace] = []
    sums: dict[tuple[int, int], Curve] = {}
    edges, channels = window_edges(spans), 0
    with ExitStack() as stack:
        both = zip(together(original, spans, stack), together(output, spans, stack), strict=True)
        for i, (heard, said) in enumerate(both):
            channels = said.shape[1]
            peaks = _compare(heard, said, sums)
            places = [LeakPlace(*edges[i], channel, peak) for channel, peak in enumerate(peaks)]
            worst = sorted([*worst, *places], key=lambda place: -place.peak)[:_PLACES]
            if progress:
                progress((i + 1) / len(edges))
    total = max((peak(curve) for curve in sums.values()), default=0.0)
    return LeakReport(len(edges), channels, total, tuple(worst))


def _compare(heard: Floats, said: Floats, sums: dict[tuple[int, int], Curve]) -> list[float]:
    """Highest peak of each channel that left; the curves are added to the sums."""
    n = min(len(heard), len(said))
    sources = [phases(channel) for channel in heard[:n].T]
    peaks = []
    for c, channel in enumerate(said[:n].T):
        target, highest = phases(channel), 0.0
        for s, source in enumerate(sources):
            curve = correlation(source, target)
            sums[c, s] = sums.get((c, s), np.zeros(1)) + curve
            highest = max(highest, peak(curve))
        peaks.append(highest)
    return peaks


def audio_streams(path: Path) -> list[int]:
    """Indexes of the streams of sound."""
    with opened(path) as container:
        return [stream.index for stream in container.streams.audio]


def together(
    path: Path, spans: Sequence[Span], stack: ExitStack, window_s: float = WINDOW_S
) -> Iterator[Floats]:
    """Windows of every stream of a file side by side, shape (n, all channels)."""
    sources = [windows(path, index, spans, window_s) for index in audio_streams(path)]
    for source in sources:
        stack.enter_context(closing(source))
    for parts in zip(*sources, strict=True):
        n = min(len(part) for part in parts)
        yield np.concatenate([part[:n] for part in parts], axis=1)


def phases(x: Floats, rate: int = COMPARED_HZ) -> Phases | None:
    """Spectrum up to 8 kHz with its magnitude smoothed away in the band of speech.

    Parameters
    ----------
    x
        Mono, shape (n,).
    rate
        Samples a second.

    Returns
    -------
    Phases | None
        None for silence and for less than a tenth of a second.
    """
    if len(x) < rate // 10 or np.sqrt(np.mean(np.square(x, dtype=np.float64))) < _QUIET:
        return None
    bins = round(2 * len(x) * min(COMPARED_HZ, rate) / 2 / rate) + 1
    spectrum = np.fft.rfft(x * np.hanning(len(x)), 2 * len(x))[:bins]
    magnitude = np.abs(spectrum)
    smooth = np.convolve(magnitude, np.ones(_SMOOTHED_BINS) / _SMOOTHED_BINS, mode="same")
    hz = np.arange(bins) * rate / (2 * len(x))
    band = (hz > _BAND_HZ[0]) & (hz < _BAND_HZ[1])
    return np.asarray(np.where(band, spectrum / (smooth + 1e-12), 0))


def correlation(x: Phases | None, y: Phases | None, rate: int = COMPARED_HZ) -> Curve:
    """Whitened cross-correlation at the lags that are searched, of unit power; 0 for silence.

    Parameters
    ----------
    x, y
        Of sounds of one length, by `phases`.
    rate
        Of those sounds, samples a second.
    """
    reach = round(LONGEST_LAG_S * min(COMPARED_HZ, rate))
    if x is None or y is None:
        return np.zeros(2 * reach + 1)
    curve = np.fft.irfft(np.conj(x) * y)
    near = np.concatenate([curve[-reach:], curve[: reach + 1]])
    return np.asarray(near / np.sqrt(np.mean(near**2) + 1e-30))


def peak(curve: Curve) -> float:
    """Height of the highest peak in standard deviations of the other lags."""
    height = np.abs(curve)
    highest = int(np.argmax(height))
    others = np.delete(height, slice(max(0, highest - _PEAK_WIDTH), highest + _PEAK_WIDTH + 1))
    return float(height[highest] / np.sqrt(np.mean(others**2) + 1e-30))
