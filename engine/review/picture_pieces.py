"""Pieces of a picture that every browser plays: VP8 in WebM, free to use and cheap to make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hattama.engine.media.writer import part_of
from hattama.engine.review.picture_shape import Shape, Shaper

if TYPE_CHECKING:
    import av

CODEC = "libvpx"
"""VP8; its encoder is in PyAV's wheels, its decoder in every browser, Safari from 16."""
OPTIONS = {"deadline": "realtime", "cpu-used": "16", "auto-alt-ref": "0", "lag-in-frames": "0"}
"""The quickest that the encoder does."""
BITS_A_SECOND = 300_000
"""About 135 MB an hour."""
KEY_S = 2
"""Seconds between frames to which a player can jump."""


def write_piece(path: Path, frames: Iterable[av.VideoFrame], shape: Shape) -> None:
    """Write frames as one piece that begins at time 0; complete or not there.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    import av  # noqa: PLC0415  importing the desk must not load FFmpeg

    shaper = Shaper(shape)
    with _complete(path) as part, av.open(str(part), "w", format="webm") as output:
        stream = _stream(output, shape)
        for number, frame in enumerate(frames):
            made = shaper(frame)
            made.pts, made.time_base, made.pict_type = number, 1 / shape.rate, 0
            output.mux(stream.encode(made))
        output.mux(stream.encode())


def _stream(output: Any, shape: Shape) -> Any:
    stream = output.add_stream(CODEC, rate=shape.rate, options=dict(OPTIONS))
    stream.width, stream.height, stream.pix_fmt = shape.width, shape.height, "yuv420p"
    stream.bit_rate = BITS_A_SECOND
    stream.gop_size = max(1, round(KEY_S * shape.rate))
    stream.codec_context.thread_count = 1
    stream.codec_context.time_base = 1 / shape.rate
    return stream


def join(path: Path, pieces: list[Path], shape: Shape) -> None:
    """Put all pieces one after the other into one file, without encoding again.

    Raises
    ------
    OSError
        It cannot be written.
    """
    import av  # noqa: PLC0415  importing the desk must not load FFmpeg

    with _complete(path) as part, av.open(str(part), "w", format="webm") as output:
        stream: Any = None
        for number, piece in enumerate(pieces):
            with av.open(str(piece)) as source:
                given = source.streams.video[0]
                stream = stream or output.add_stream_from_template(given)
                start = round(number * shape.piece_s / _base(given))
                for packet in source.demux(given):
                    if packet.dts is None:
                        continue  # the empty one at the end
                    packet.pts, packet.dts = (packet.pts or 0) + start, packet.dts + start
                    packet.stream = stream
                    output.mux(packet)


@contextmanager
def _complete(path: Path) -> Iterator[Path]:
    """Give a name for a file in the making; the file gets its own once it is complete."""
    part = part_of(path)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _base(stream: Any) -> Fraction:
    return Fraction(stream.time_base)
