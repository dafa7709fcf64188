"""Treats the regions of one stream and leaves every other sample as it was, bit for bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hattama.disguise.protocols import Floats
    from hattama.disguise.spans import Region
    from hattama.disguise.treatment import Treatment

Native = NDArray[Any]
"""Samples as the codec gives them (uint8, int16, int32, float32, float64), shape (n, channels)."""

_PIECE = 4096
"""Most samples that a treatment is given at once; bounds memory."""


def to_float(native: Native) -> Floats:
    """Samples as float32, -1 to 1."""
    floats: Floats
    if native.dtype == np.uint8:
        floats = (native.astype(np.float32) - 128) / np.float32(128)
    elif np.issubdtype(native.dtype, np.integer):
        floats = (native / -float(np.iinfo(native.dtype).min)).astype(np.float32)
    else:
        floats = native.astype(np.float32)
    return floats


def to_native(floats: Floats, dtype: np.dtype[Any]) -> Native:
    """Float samples in a codec's type, rounded and clipped."""
    native: Native = floats.astype(dtype, copy=False)
    if dtype == np.uint8:
        native = np.clip(np.rint(floats * 128.0) + 128, 0, 255).astype(np.uint8)
    elif np.issubdtype(dtype, np.integer):
        limits = np.iinfo(dtype)
        scaled = np.rint(floats.astype(np.float64) * -float(limits.min))
        native = np.clip(scaled, limits.min, limits.max).astype(dtype)
    return native


class Splicer:
    """A stream with treated regions; as many samples leave as come in, each in its place.

    Inside a region the answer lags by the treatment's latency, which is made up at the region's
    end, so that what leaves is aligned with what came in to the sample.

    Parameters
    ----------
    treatment
        What is done inside the regions.
    regions
        By start, not overlapping, in samples of the stream's clock.
    position
        Place of the first sample on that clock.
    """

    def __init__(self, treatment: Treatment, regions: Sequence[Region], position: int = 0) -> None:
        self._treatment = treatment
        self._regions = [region for region in regions if region.end > position]
        self._position = position
        self._open: Region | None = None
        self._skip = 0
        self._raw: list[Native] = []
        self._said = position

    def push(self, native: Native) -> Iterator[Native]:
        """Samples in; those that are ready come out.

        Parameters
        ----------
        native
            Shape (n, channels), the next samples of the stream.
        """
        while len(native):
            region = self._regions[0] if self._regions else None
            if region is None or self._position + len(native) <= region.start:
                self._position += len(native)
                yield native
                return
            before = region.start - self._position
            if before > 0:
                self._position += before
                yield native[:before]
                native = native[before:]
                continue
            piece = native[: min(_PIECE, region.end - self._position)]
            native = native[len(piece) :]
            yield from self._treat(region, piece)
            if self._position == region.end:
                yield from self.finish()

    def finish(self) -> Iterator[Native]:
        """End of the region or of the stream: what the treatment still holds."""
        region = self._open
        if region is None:
            return
        left = sum(len(piece) for piece in self._raw)
        while left > 0:
            n = min(left, _PIECE)
            quiet = np.zeros((n, self._raw[0].shape[1]), np.float32)
            yield from self._join(region, self._treatment.treat(quiet))
            left -= n
        self._open = None
        self._regions.pop(0)

    def _treat(self, region: Region, piece: Native) -> Iterator[Native]:
        if self._open is None:
            self._open, self._skip = region, self._treatment.latency
            self._said = self._position
        self._raw.append(piece)
        self._position += len(piece)
        yield from self._join(region, self._treatment.treat(to_float(piece)))

    def _join(self, region: Region, said: Floats) -> Iterator[Native]:
        """Blend the answer with the original samples in whose place it comes."""
        said, self._skip = said[self._skip :], max(0, self._skip - len(said))
        while len(said) and self._raw:
            raw = self._raw.pop(0)
            n = min(len(raw), len(said))
            if n < len(raw):
                self._raw.insert(0, raw[n:])
            yield _blend(region, self._said, raw[:n], said[:n])
            self._said += n
            said = said[n:]


def _blend(region: Region, position: int, raw: Native, said: Floats) -> Native:
    if region.full <= position and position + len(raw) <= region.last:
        return to_native(said, raw.dtype)  # the original does not even take part in a sum here
    weights = [region.weight(position + i) for i in range(len(raw))]
    weight = np.array(weights, np.float32)[:, None]
    mixed = np.where(weight < 1, (1 - weight) * to_float(raw), np.float32(0)) + weight * said
    return to_native(mixed.astype(np.float32), raw.dtype)
