"""Decode: every channel of every audio stream, once, streaming, to 16 kHz on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hattama.engine.document.model import Gap
from hattama.engine.media import manifest, notices
from hattama.engine.media.digest import sha256
from hattama.engine.media.errors import NoAudioError
from hattama.engine.media.frames import Damage, frames, packets
from hattama.engine.media.info import MediaInfo, shown
from hattama.engine.media.levels import SAMPLE_RATE_HZ
from hattama.engine.media.opening import open_media
from hattama.engine.media.origin import decodable, moving_pictures
from hattama.engine.media.probe import probe
from hattama.engine.media.recording import Recording, Track
from hattama.engine.media.stream import COUNTED_STAMPS, StreamDecoder
from hattama.engine.media.timeline import SHORTEST_GAP_S
from hattama.engine.media.writer import TrackFile, explained, part_of

if TYPE_CHECKING:
    from fractions import Fraction

    import av

    from hattama.models.notice import Notice

Progress = Callable[[float], None]
"""Called with the share that is done, 0 to 1; an exception that it raises cancels."""

DIGEST_SHARE = 0.1
"""Part of the progress that reading the file for its digest takes."""
SLACK_S = 60.0
"""Sound may go on so much longer than the container says."""
LONGEST_S = 7 * 24 * 3600.0
"""Longest recording where the container says nothing."""


def decode(path: str | Path, folder: str | Path, progress: Progress | None = None) -> Recording:
    """Decode a recording, or take up the complete decoding of the same file in `folder`.

    Sample n of every track is the sound at media time n / 16000 s: a stream that starts late is
    padded, sound before the picture is cut, a hole reads as zeros and is listed in `gaps`.
    Memory does not grow with the length of the recording.

    Parameters
    ----------
    path
        The recording, in any container and codec that FFmpeg reads.
    folder
        Where the tracks go, 115 MB for each hour and channel; made where it is missing. Files are
        keyed by the recording's SHA-256, so recordings may share a folder.
    progress
        Called with the share that is done, 0 to 1. An exception that it raises cancels, and
        leaves nothing that counts as decoded.

    Raises
    ------
    MediaNotFoundError, UnreadableMediaError, NotMediaError, NoAudioError
        The recording cannot be used; see `hattama.engine.media.probe.probe`.
    WorkFolderError
        The tracks cannot be written.
    """
    path, folder = Path(path), Path(folder)
    report = progress if progress is not None else _quiet
    info = probe(path)
    digest = sha256(path, lambda share: report(share * DIGEST_SHARE))
    known = manifest.load(folder, digest, info)
    if known is not None:
        report(1.0)
        return known
    recording = _decode(info, folder, digest, report)
    manifest.save(folder, recording)
    report(1.0)
    return recording


def _quiet(_share: float) -> None:
    """Report to nobody."""


def _decode(info: MediaInfo, folder: Path, digest: str, report: Progress) -> Recording:
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    manifest.forget(folder, digest)
    decoding = _Decoding(info, folder, digest)
    try:
        decoding.run(report)
        return decoding.complete()
    finally:
        decoding.discard()


@dataclass(slots=True)
class _Decoding:
    """One decoding under way."""

    info: MediaInfo
    folder: Path
    digest: str
    streams: dict[int, StreamDecoder] = field(default_factory=dict)
    damage: Damage = field(default_factory=Damage)
    picture_end_s: float = 0.0
    _open: list[TrackFile] = field(default_factory=list)

    @property
    def limit_s(self) -> float:
        """Media time after which nothing can be."""
        return self.info.duration + SLACK_S if self.info.duration > 0 else LONGEST_S

    def run(self, report: Progress) -> None:
        """Read the whole file."""
        with open_media(self.info.path) as container:
            wanted = decodable(container)
            if not wanted:
                raise self._no_decoder()
            for stream in wanted:
                self.streams[stream.index] = StreamDecoder(
                    stream.index,
                    self.info.origin,
                    self.limit_s,
                    self._open_track,
                    counted=self.info.container in COUNTED_STAMPS,
                )
            reading = [*wanted, *moving_pictures(container)[:1]]
            for packet in packets(container, reading, self.damage):
                self._take(packet)
                if packet.size:  # the packets that flush the decoders stand nowhere
                    report(DIGEST_SHARE + (1 - DIGEST_SHARE) * self._share(packet))
        for decoder in self.streams.values():
            decoder.finish()

    def complete(self) -> Recording:
        """Give every track its length and its name."""
        if not any(decoder.writer.length for decoder in self.streams.values()):
            raise NoAudioError(
                "The sound of {name} has no length: nothing was recorded or nothing of it can be"
                " decoded; check the recorder and give another copy.",
                name=shown(self.info.path),
            )
        ends = [decoder.end_s for decoder in self.streams.values()]
        end_s = max(*ends, self.picture_end_s) if ends else 0.0
        length = max(
            round(end_s * SAMPLE_RATE_HZ), *(d.writer.length for d in self.streams.values())
        )
        tracks = tuple(
            _track(file, length, tuple(Gap(*gap) for gap in decoder.gaps(end_s)))
            for decoder in self.streams.values()
            for file in decoder.writer.tracks
        )
        self._open.clear()
        return Recording(
            self.info, self.digest, tracks, self._gaps(end_s), self._warnings(tracks, end_s)
        )

    def discard(self) -> None:
        """Remove every file that is not complete."""
        for file in self._open:
            file.discard()
        self._open.clear()

    def _no_decoder(self) -> NoAudioError:
        return NoAudioError(
            "The sound of {name} is in a form that cannot be decoded ({codecs}); export it from"
            " the recorder's player as WAV or MP4.",
            name=shown(self.info.path),
            codecs=", ".join(stream.codec for stream in self.info.audio),
        )

    def _open_track(self, stream: int, channel: int, name: str) -> TrackFile:
        path = manifest.track_path(self.folder, self.digest, stream, channel)
        with explained(self.folder):
            file = part_of(path).open("wb")
        self._open.append(TrackFile(stream, channel, name, path, file))
        return self._open[-1]

    def _take(self, packet: av.Packet[Any]) -> None:
        decoder = self.streams.get(packet.stream_index)
        if decoder is None:
            self._see(packet)
            return
        for frame in frames(packet, self.damage):
            decoder.take(frame)

    def _see(self, packet: av.Packet[Any]) -> None:
        """Note how far the picture goes."""
        time_s = self._time(packet.pts, packet)
        if time_s is not None and time_s <= self.limit_s:
            after_s = time_s + float((packet.duration or 0) * packet.time_base)
            self.picture_end_s = max(self.picture_end_s, after_s)

    def _time(self, stamp: int | None, packet: av.Packet[Any]) -> float | None:
        if stamp is None or not packet.time_base:
            return None
        # Floats do here: this is for progress and for the end of the picture alone.
        base: Fraction = packet.time_base
        return stamp * base.numerator / base.denominator - float(self.info.origin)

    def _share(self, packet: av.Packet[Any]) -> float:
        time_s = self._time(packet.dts, packet)
        if time_s is not None and self.info.duration > 0:
            return min(max(time_s / self.info.duration, 0.0), 1.0)
        return min(max((packet.pos or 0) / self.info.size_bytes, 0.0), 1.0)

    def _gaps(self, end_s: float) -> tuple[Gap, ...]:
        every = [decoder.gaps(end_s) for decoder in self.streams.values()]
        return tuple(Gap(start, end) for start, end in reduce(_in_both, every))

    def _warnings(self, tracks: tuple[Track, ...], end_s: float) -> tuple[Notice, ...]:
        return (
            *self.info.warnings,
            *notices.cut_off(self.info, end_s, self.damage),
            *notices.timing(list(self.streams.values())),
            *notices.sound([track.levels for track in tracks]),
        )


def _track(file: TrackFile, length: int, gaps: tuple[Gap, ...]) -> Track:
    file.complete(length)
    return Track(
        path=file.path,
        length=length,
        stream=file.stream,
        channel=file.channel,
        name=file.name,
        levels=file.meter.levels(),
        gaps=gaps,
    )


def _in_both(
    one: list[tuple[float, float]], other: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Stretches of at least 0.1 s that lie in both lists."""
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return sorted((start, end) for start, end in pairs if end - start >= SHORTEST_GAP_S)
