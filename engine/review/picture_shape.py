"""The shape of the picture made for the page: modest in size and rate, square and upright."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av

WIDEST = 640
HIGHEST = 360
FASTEST = 15
"""Frames a second at most: enough to see who speaks."""
UNKNOWN_RATE = Fraction(25, 2)
PIECE_S = 30
"""Length of a piece, to the nearest frame."""
_TURNS = {90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock"}
"""Filters that turn a frame by its `rotation`, degrees counter-clockwise."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Size and rate of the made picture."""

    width: int
    """Pixels; even."""
    height: int
    """Pixels; even."""
    rate: Fraction
    """Frames a second."""

    @property
    def piece_frames(self) -> int:
        """Frames of a whole piece."""
        return max(1, round(PIECE_S * self.rate))

    @property
    def piece_s(self) -> Fraction:
        """Seconds of a whole piece; frame n of piece k shows media time k · piece_s + n / rate."""
        return self.piece_frames / self.rate


def shape_of(frame: av.VideoFrame, stream: av.VideoStream) -> Shape:
    """The shape for a recording, from its first frame.

    The rate is the recording's own, or a whole part of it, so that movement stays even.
    """
    aspect = Fraction(stream.sample_aspect_ratio or 1)
    width, height = frame.width * aspect, Fraction(frame.height)
    if frame.rotation % 180:
        width, height = height, width
    scale = min(Fraction(1), WIDEST / width, HIGHEST / height)
    rate = stream.average_rate or stream.guessed_rate
    return Shape(_even(width * scale), _even(height * scale), _rate(rate))


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))


def _rate(rate: Fraction | None) -> Fraction:
    # Containers without a rate name their clock's: a thousand, ninety thousand.
    if not rate or not 1 <= rate <= 240:  # noqa: PLR2004  no camera is faster
        return UNKNOWN_RATE
    return Fraction(rate) / -(-rate // FASTEST)


@dataclass(slots=True)
class Shaper:
    """Brings frames to a shape.

    Of interlaced frames one field is taken: both, scaled, would show combs, and one has lines
    enough for the size.
    """

    shape: Shape
    """What comes out."""
    _graph: tuple[tuple[Any, ...], Any] | None = field(default=None)

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        """One frame in, one frame out: yuv420p, of the shape's size."""
        key = (frame.width, frame.height, frame.format.name, frame.interlaced_frame, frame.rotation)
        if self._graph is None or self._graph[0] != key:
            self._graph = key, self._built(frame)
        graph = self._graph[1]
        graph.push(frame)
        made: av.VideoFrame = graph.pull()
        return made

    def _built(self, frame: av.VideoFrame) -> Any:
        from av.filter import Graph  # noqa: PLC0415  importing the desk must not load FFmpeg

        graph = Graph()
        source = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format,
            time_base=frame.time_base or Fraction(1, 1000),
        )  # fmt: skip
        last = source
        for name, options in self._filters(frame):
            following = graph.add(name, options)
            last.link_to(following)
            last = following
        last.link_to(graph.add("buffersink"))
        graph.configure()
        return graph

    def _filters(self, frame: av.VideoFrame) -> list[tuple[str, str | None]]:
        found: list[tuple[str, str | None]] = []
        if frame.interlaced_frame and frame.height > 2:  # noqa: PLR2004  a field has a line
            found.append(("field", "type=top"))
        for turn in filter(None, _TURNS.get(frame.rotation % 360, "").split(",")):
            name, _, options = turn.partition("=")
            found.append((name, f"dir={options}" if options else None))
        found.append(("scale", f"{self.shape.width}:{self.shape.height}:flags=area"))
        return [*found, ("setsar", "1"), ("format", "pix_fmts=yuv420p")]
