"""One stream of sound on its way through the disguise: decoded, treated, encoded again."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hattama.disguise.decoding import Piece, Placer, decoded
from hattama.disguise.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hattama.disguise.splice import Native, Splicer

Codec = Literal["keep", "flac", "pcm"]
"""How the sound of the output is encoded."""

_ENCODERS = {"opus": "libopus", "mp3": "libmp3lame"}
"""Encoders to take for a codec instead of FFmpeg's own."""

_EXPERIMENTAL = {"vorbis", "dca", "truehd", "mlp"}
"""Codecs whose encoder in FFmpeg is not good enough for evidence."""

_PCM = {"u8": "pcm_u8", "s16": "pcm_s16le", "s32": "pcm_s32le", "flt": "pcm_f32le"}


def add_encoder(container: Any, stream: Any, codec: Codec) -> Any:
    """Add a stream of sound to the output that is like one of the input.

    Raises
    ------
    MediaError
        When there is no encoder for it, or the container cannot hold it.
    """
    import av  # noqa: PLC0415  importing must not load FFmpeg

    name = _encoder_name(stream, codec)
    try:
        added = container.add_stream(name, rate=stream.rate, layout=stream.layout.name)
        added.time_base = Fraction(1, stream.rate)
        if added.codec_context.codec.is_encoder and _same_format(added, stream):
            added.codec_context.format = stream.format.name
        if stream.bit_rate and codec == "keep":
            added.bit_rate = stream.bit_rate
        added.metadata.update(stream.metadata)
        added.disposition = stream.disposition
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(
            "the sound of stream {index} ({codec}) cannot be written as {name} to this kind of "
            "file ({reason}); choose an output .mkv with --codec flac",
            index=stream.index,
            codec=stream.codec_context.codec.canonical_name,
            name=name,
            reason=error,
        ) from error
    return added


def _encoder_name(stream: Any, codec: Codec) -> str:
    import av  # noqa: PLC0415  importing must not load FFmpeg

    if codec == "flac":
        return "flac"
    packed = stream.format.name.removesuffix("p")
    if codec == "pcm":
        return _PCM.get(packed, "pcm_f64le")
    original = stream.codec_context.codec.canonical_name
    name: str = _ENCODERS.get(original, original)
    if original not in _EXPERIMENTAL:
        with suppress(ValueError):
            av.Codec(name, "w")
            return name
    raise MediaError(
        "the sound of stream {index} is {codec}, which this program cannot write; choose an "
        "output .mkv with --codec flac",
        index=stream.index,
        codec=original,
    )


def _same_format(added: Any, stream: Any) -> bool:
    formats = added.codec_context.codec.audio_formats or []
    return stream.format.name in {known.name for known in formats}


class Track:
    """A stream of sound on its way.

    Parameters
    ----------
    stream
        Of the input.
    encoder
        The stream of the output.
    splicers
        Makes the splicers once the place of the first sample is known; applied in turn.
    """

    def __init__(self, stream: Any, encoder: Any, splicers: Any) -> None:
        self._stream = stream
        self._encoder = encoder
        self._make = splicers
        self._splicers: list[Splicer] | None = None
        self._placer = Placer(stream.rate, stream.layout.nb_channels)
        self._written = 0
        self.samples = 0
        """Samples that were written."""

    @property
    def filled(self) -> int:
        """Samples of silence that were put into holes of the stream."""
        return self._placer.filled

    def push(self, packet: Any) -> Iterator[Any]:
        """A packet in; encoded packets come out."""
        for frame in decoded(packet):
            for piece in self._placer.place(frame):
                yield from self._encode(self._treat(piece))

    def finish(self) -> Iterator[Any]:
        """What the splicers and the encoder still hold."""
        yield from self._encode(self._drain(0))
        yield from self._encoder.encode(None)

    def _treat(self, piece: Piece) -> Iterator[Native]:
        if self._splicers is None:
            self._splicers = self._make(piece.position)
            self._written = piece.position
        yield from self._through(piece.samples, 0)

    def _through(self, samples: Native, stage: int) -> Iterator[Native]:
        splicers = self._splicers or []
        if stage == len(splicers):
            yield samples
            return
        for ready in splicers[stage].push(samples):
            yield from self._through(ready, stage + 1)

    def _drain(self, stage: int) -> Iterator[Native]:
        splicers = self._splicers or []
        if stage < len(splicers):
            for ready in splicers[stage].finish():
                yield from self._through(ready, stage + 1)
            yield from self._drain(stage + 1)

    def _encode(self, ready: Iterable[Native]) -> Iterator[Any]:
        for samples in ready:
            frame = self._frame(samples)
            self._written += len(samples)
            self.samples += len(samples)
            yield from self._encoder.encode(frame)

    def _frame(self, samples: Native) -> Any:
        import av  # noqa: PLC0415  importing must not load FFmpeg

        name = self._stream.format.name
        planar = name.endswith("p")
        array = np.ascontiguousarray(samples.T) if planar else samples.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(array, name, self._stream.layout.name)
        frame.sample_rate = self._stream.rate
        frame.pts = self._written
        frame.time_base = Fraction(1, self._stream.rate)
        return frame
