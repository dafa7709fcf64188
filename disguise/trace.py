"""A faint trace of the raw voice under the disguise, looked for beside the audio path.

The judge of every block (`likeness.py`) is cheap and sees a raw voice that is as loud as the
disguise. This one takes its time: every two seconds the watchdog's thread whitens what came in
and what left, correlates them at every lag (as `leak.py` does with a recording) and adds the
curves up, so that what stays at one lag stands out of the noise.

Set on 472 s of 40 readers under the profile `strong` of then: the highest peak without a fault was
8.6 standard deviations of the other lags (today's: 10.7 in 920 s of 135 speakers); the raw voice
18 dB under the disguise passes the limit of 13 in 97 of 100 windows, 24 dB under it in eight of ten
once some have been added up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hattama.disguise.leak import Curve, correlation, peak, phases
from hattama.disguise.likeness import pairs_of

if TYPE_CHECKING:
    from hattama.disguise.protocols import Floats

WINDOW_S: Final = 2.0
"""Sound that is compared at once, seconds."""

TRACE_LIMIT: Final = 13.0
"""Height of the peak, in standard deviations of the other lags, that is the raw voice."""

_KEPT: Final = 0.75
"""Share of the curves so far that stays when a new one is added: about the last eight seconds."""

_LENGTH_S: Final = 3 * WINDOW_S
"""Sound that is held, so that the audio path does not write where the search reads."""


class Trace:
    """Holds the last seconds of what came in and what left, and compares them when asked.

    Parameters
    ----------
    sample_rate
        Hz.
    channels
        Columns of the blocks.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._rate = sample_rate
        self._window = round(WINDOW_S * sample_rate)
        size = round(_LENGTH_S * sample_rate)
        self._heard = np.zeros((size, channels), np.float32)
        self._said = np.zeros((size, channels), np.float32)
        self._pairs = pairs_of(channels)
        self._taken = 0
        self._seen = 0
        self._resets = 0
        self._sums: dict[tuple[int, int], Curve] = {}

    def take(self, heard: Floats, said: Floats) -> None:
        """Hold a block; called in the audio path, so it copies and does nothing else.

        Parameters
        ----------
        heard, said
            Shape (n, channels).
        """
        size, at = len(self._heard), self._taken % len(self._heard)
        first = min(len(heard), size - at)
        self._heard[at : at + first], self._said[at : at + first] = heard[:first], said[:first]
        rest = len(heard) - first
        self._heard[:rest], self._said[:rest] = heard[first:], said[first:]
        self._taken += len(heard)

    def look(self) -> float:
        """Compare the last two seconds when so much is new; called from another thread.

        Returns
        -------
        float
            Height of the highest peak, standard deviations; 0 when there is nothing new.
        """
        end, resets = self._taken, self._resets
        if end - self._seen < self._window:
            return 0.0
        rows = np.arange(end - self._window, end) % len(self._heard)
        heard, said = self._heard[rows], self._said[rows]
        self._seen = end
        curves = {pair: self._compare(heard, said, pair) for pair in self._pairs}
        if resets != self._resets:
            return 0.0  # what was compared is over
        for pair, curve in curves.items():
            self._sums[pair] = _KEPT * self._sums.get(pair, np.zeros(1)) + curve
        return max(peak(total) for total in self._sums.values())

    def _compare(self, heard: Floats, said: Floats, pair: tuple[int, int]) -> Curve:
        source, target = (
            whole.mean(axis=1) if channel < 0 else whole[:, channel]
            for whole, channel in zip((heard, said), pair, strict=True)
        )
        hz = self._rate
        return correlation(phases(source, hz), phases(target, hz), hz)

    def reset(self) -> None:
        """Forget everything."""
        self._resets += 1
        self._sums = {}
        self._seen = self._taken
