"""The picture of any recording, read at regular media times from any place in it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hattama.engine.media.errors import UnreadableMediaError
from hattama.engine.media.frames import Damage, packets
from hattama.engine.media.info import shown
from hattama.engine.media.opening import open_media
from hattama.engine.media.origin import context_of, moving_pictures
from hattama.engine.review.picture_shape import Shape, shape_of

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

    from hattama.engine.media.info import MediaInfo

LEADS_S = (2, 30)
"""Seconds before a place at which reading begins, one after the other, in search of a frame that
needs no other; after that, from the beginning."""
ONWARD_S = 5
"""A place so little ahead is reached by reading on."""


class PictureSource:
    """The first moving picture of a recording, at a constant rate.

    Parameters
    ----------
    info
        The recording, as `probe` described it.

    Raises
    ------
    hattama.engine.media.errors.UnreadableMediaError
        No frame of it can be decoded.
    """

    def __init__(self, info: MediaInfo) -> None:
        self._info = info
        self._last: av.VideoFrame | None = None
        self._ahead: av.VideoFrame | None = None
        self._container, self._stream = self._opened()
        self._base = Fraction(self._stream.time_base or Fraction(1, 1000))
        self._read = self._decoded()
        first = next(self._read, None)
        if first is None:
            raise self._unreadable()
        self.shape: Shape = shape_of(first, self._stream)
        self._ahead = first

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _unreadable(self) -> UnreadableMediaError:
        return UnreadableMediaError(
            "The picture of {name} cannot be decoded; its sound can be heard.",
            name=shown(self._info.path),
        )

    def frames(self, number: int, count: int) -> Iterator[av.VideoFrame]:
        """The frames shown at slots `number` to `number + count` of the made picture's rate.

        The same frame comes again where the recording has none of its own for a slot. Nothing
        comes after the recording's last frame but that frame.
        """
        self._go(number / self.shape.rate)
        for slot in range(number, number + count):
            yield self._at((slot + Fraction(1, 2)) / self.shape.rate)

    def _at(self, time: Fraction) -> av.VideoFrame:
        """The last frame that begins before a time; the first one where none does."""
        while self._ahead is not None and (self._last is None or self._time(self._ahead) < time):
            self._last, self._ahead = self._ahead, next(self._read, None)
        assert self._last is not None  # noqa: S101  `_go` leaves a frame in one of the two
        return self._last

    def _go(self, time: Fraction) -> None:
        """Stand before a time, with a frame at hand."""
        here = self._last or self._ahead
        if here is not None and self._time(here) <= time:
            reached = self._time(self._ahead) if self._ahead is not None else None
            if reached is None or time - reached < ONWARD_S:
                return
        for lead in LEADS_S:
            first = self._seek(time - lead) if time > lead else None
            if first is not None and self._time(first) <= time:
                self._last, self._ahead = None, first
                return
        self._begin()
        self._last, self._ahead = None, next(self._read, here)

    def _seek(self, time: Fraction) -> av.VideoFrame | None:
        """The first frame after a jump that needs no other frame; None where there is none."""
        import av  # noqa: PLC0415  importing the desk must not load FFmpeg

        stamp = int((time + self._info.origin) / self._base)
        try:
            self._container.seek(stamp, stream=self._stream)
        except av.FFmpegError:
            return None
        self._read = self._decoded()
        return next((frame for frame in self._read if frame.key_frame), None)

    def _begin(self) -> None:
        """Stand at the beginning; not every container can be made to jump there."""
        self._container.close()
        self._container, self._stream = self._opened()
        self._read = self._decoded()

    def _opened(self) -> tuple[InputContainer, av.VideoStream]:
        container = open_media(self._info.path)
        stream = moving_pictures(container)[0]
        decoder = context_of(stream)
        if decoder is None:
            container.close()
            raise self._unreadable()
        decoder.thread_count = 1  # the clerk's machine has other work
        return container, stream

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """Frames with their times; damage is stepped over."""
        import av  # noqa: PLC0415  importing the desk must not load FFmpeg

        for packet in packets(self._container, [self._stream], Damage()):
            try:
                decoded: list[Any] = list(packet.decode())
            except av.FFmpegError:
                continue
            yield from (frame for frame in decoded if frame.pts is not None)

    def _time(self, frame: av.VideoFrame) -> Fraction:
        """Media time of a frame."""
        return Fraction(frame.pts or 0) * (frame.time_base or self._base) - self._info.origin
