"""A witness disguised in a recording: every channel of every stream, and nothing else touched.

The picture and everything else is copied packet by packet. The output stands under its name only
after it was read back and checked for the voice; until then it lies beside it under another.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from hattama.disguise.decoding import opened
from hattama.disguise.digests import packet_digests
from hattama.disguise.errors import LeakError, MediaError, RecognisedError
from hattama.disguise.leak import LeakReport, search
from hattama.disguise.settling import settle
from hattama.disguise.spans import Span, regions
from hattama.disguise.splice import Splicer
from hattama.disguise.tracks import Codec, Track, add_encoder
from hattama.disguise.treatment import Beeped, Disguised
from hattama.models.hashing import sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from hattama.disguise.check import CheckReport
    from hattama.disguise.protocols import Progress, VoiceStream

ChannelsCore = Callable[[int, int], "VoiceStream"]
"""Makes the core for a sample rate and a number of channels; every one with the same secret."""

Examine = Callable[["Path", "Progress"], "CheckReport"]
"""Checks the output, which does not stand under its name yet, and tells the share that is done."""

_WRITTEN = 0.6
"""Share of the work when the output is written and its check begins."""

_SETTLED = 0.05
"""Share of the writing when the cores have heard the witness."""

_BROADCAST = {
    "originator": "encoded_by",
    "origination_date": "date",
    "origination_time": "creation_time",
}
"""Fields of a broadcast wave's bext chunk, and the tags under which FFmpeg reads them."""


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How a recording is disguised."""

    profile: str = "strong"
    """Profile of the disguise: strong, whisper (hardest to recognise and to follow), natural (mild:
    with a sample of the voice, programs find the speaker, equal error rate 4 to 9 % where 50 is
    a coin and strong has 32 to 45), or a TOML file."""
    others: Literal["mask", "mute"] = "mask"
    """What happens to the microphones that are not the witness's while he speaks. They carry his
    voice too. mask disguises them like his own, so that questions and interruptions can still be
    followed; mute silences them, which gives away least."""
    microphone: int | None = None
    """The witness's channel over all streams, counted from 0; wanted for --others mute."""
    margin: float = 0.25
    """Seconds before and after each span that are disguised as well."""
    fade: float = 0.02
    """Seconds of cross-fade outside the margins."""
    codec: Codec = "keep"
    """keep the codec of each stream, or write flac or pcm (lossless; .mkv holds both)."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What was done."""

    input_sha256: str
    """Digest of the input."""
    output_sha256: str
    """Digest of the output."""
    spans: tuple[Span, ...]
    """Spans as given, container time."""
    beeps: tuple[Span, ...]
    """Tones, container time."""
    copied: dict[int, str]
    """SHA-256 over the packets of each stream that was copied, the same before and after; by its
    number in the input."""
    left_out: tuple[int, ...]
    """Streams that the output's kind of file makes anew or cannot hold."""
    filled: int
    """Samples of silence in holes of the sound."""
    leak: LeakReport
    """The search of the finished output."""
    check: CheckReport | None
    """The whole check of it; None where it was searched for leaks alone."""


def disguise_file(
    source: Path,
    target: Path,
    spans: Sequence[Span],
    make_core: ChannelsCore,
    options: FileOptions | None = None,
    *,
    beeps: Sequence[Span] = (),
    examine: Examine | None = None,
    before_handing_out: Callable[[FileReport], None] | None = None,
    progress: Progress | None = None,
) -> FileReport:
    """Write a copy of a recording in which a witness's voice is disguised.

    Parameters
    ----------
    source
        Recording.
    target
        Output; its ending says what kind of file. An older one is replaced.
    spans
        When the witness speaks, on the container's own clock.
    make_core
        Makes a core for a stream; all of one recording get the same secret. Each hears the witness
        before it disguises his first word (`settling.settle`).
    options
        How.
    beeps
        When names are spoken that a tone shall cover, on the same clock.
    examine
        The check that the output has to pass, for instance `hattama.disguise.check.check` with
        voice prints; None searches for leaks alone, and whether the voice is recognised stays
        open.
    before_handing_out
        Called when the output has passed its checks and just before it gets its name.
    progress
        Told the share of the work that is done.

    Raises
    ------
    MediaError
        When the input cannot be read, the output cannot be written as asked or would replace the
        input, or a stream that should have been copied came out changed.
    LeakError
        When the voice was found in the output; nothing stands under its name then.
    RecognisedError
        When `examine` says that the voice is recognised; nothing stands under its name then.
    """
    options = options or FileOptions()
    _check_paths(source, target)
    tell = _forward(progress)
    beside = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.part{target.suffix}")
    try:
        job = _Job(source, spans, beeps, make_core, options)
        job.write(beside, lambda share: tell(_WRITTEN * share))
        job.verify_copies(beside)

        def examined(share: float) -> None:
            tell(_WRITTEN + (1.0 - _WRITTEN) * share)

        check = examine(beside, examined) if examine else None
        leak = check.leak if check else search(source, beside, spans, examined)
        _refuse(leak, check)
        report = FileReport(
            sha256_of(source),
            sha256_of(beside),
            tuple(spans),
            tuple(beeps),
            job.copied,
            tuple(job.left_out),
            sum(track.filled for track in job.tracks.values()),
            leak,
            check,
        )
        if before_handing_out:
            before_handing_out(report)
        _hand_out(beside, target)
    finally:
        beside.unlink(missing_ok=True)
    tell(1.0)
    return report


def write_sound(
    source: Path,
    target: Path,
    spans: Sequence[Span],
    make_core: ChannelsCore,
    options: FileOptions,
    *,
    beeps: Sequence[Span],
    progress: Progress,
) -> None:
    """Write the sound alone as `disguise_file` would, without picture and without any check.

    For what never leaves the house: to hold it against what was handed out (`proof.py`).

    Parameters
    ----------
    source, target, spans, make_core, options, beeps, progress
        As `disguise_file` has them.

    Raises
    ------
    MediaError
        When the input cannot be read, or the output cannot be written as asked.
    """
    _Job(source, spans, beeps, make_core, options, sound_alone=True).write(
        target, _forward(progress)
    )


def _forward(progress: Progress | None) -> Progress:
    """Pass shares on that never fall: streams settle beside each other."""
    highest = 0.0

    def tell(share: float) -> None:
        nonlocal highest
        highest = max(highest, share)
        if progress:
            progress(highest)

    return tell


def _refuse(leak: LeakReport, check: CheckReport | None) -> None:
    """Let nothing out that is known to give the voice away."""
    if leak.leaks:
        raise LeakError(
            "the witness's voice was found in the result (peak {peak:.1f}, at {start:.1f} s); "
            "nothing was handed out",
            peak=max(leak.peak, leak.total),
            start=leak.worst[0].start,
        )
    if check and check.recognised:
        raise RecognisedError(check)


def _check_paths(source: Path, target: Path) -> None:
    if target.resolve() == source.resolve() or (target.exists() and target.samefile(source)):
        raise MediaError(
            "the output {name} is the input; give another name, the original is evidence",
            name=target.name,
        )
    if not target.parent.is_dir():
        raise MediaError("the folder {folder} does not exist; make it first", folder=target.parent)


def _hand_out(beside: Path, target: Path) -> None:
    with beside.open("rb") as stream:
        os.fsync(stream.fileno())
    beside.replace(target)


class _Job:
    """One recording on its way."""

    def __init__(
        self,
        source: Path,
        spans: Sequence[Span],
        beeps: Sequence[Span],
        make_core: ChannelsCore,
        options: FileOptions,
        *,
        sound_alone: bool = False,
    ) -> None:
        self._sound_alone = sound_alone
        self._source = source
        self._spans, self._beeps = spans, beeps
        self._make_core, self._options = make_core, options
        self.tracks: dict[int, Track] = {}
        self.left_out: list[int] = []
        self.copied: dict[int, str] = {}
        self._placed: dict[int, int] = {}

    def write(self, beside: Path, progress: Progress) -> None:
        """Decode, treat, encode and copy."""
        import av  # noqa: PLC0415  importing must not load FFmpeg

        with opened(self._source) as heard:
            try:
                said = av.open(str(beside), "w", options=_muxer_options(heard, beside))
            except (av.FFmpegError, ValueError) as error:
                raise MediaError(
                    "{name} cannot be written ({reason}); give an output that ends in .mkv, .mp4, "
                    ".mov, .wav or .flac",
                    name=beside.name,
                    reason=error,
                ) from error
            with said:
                outputs = self._add_streams(heard, said, progress)
                self._carry(heard, said, outputs, progress)

    def _add_streams(self, heard: Any, said: Any, progress: Progress) -> dict[int, Any]:
        said.metadata.update(heard.metadata)
        if said.format.name == "wav":
            for name, key in _BROADCAST.items():
                if key in heard.metadata:
                    said.metadata[name] = heard.metadata[key]
        outputs: dict[int, Any] = {}
        first = 0
        for stream in heard.streams:
            if stream.type == "audio":
                outputs[stream.index] = add_encoder(said, stream, self._options.codec)
                make = self._splicers_of(stream, first, progress)
                self.tracks[stream.index] = Track(stream, outputs[stream.index], make)
                first += stream.layout.nb_channels
            elif not self._sound_alone and (copy := _add_copy(said, stream)) is not None:
                outputs[stream.index] = copy
            else:
                self.left_out.append(stream.index)
        self._check_microphone(first)
        said.set_chapters(heard.chapters())
        self._placed = {index: i for i, index in enumerate(outputs)}
        return outputs

    def _check_microphone(self, channels: int) -> None:
        chosen = self._options.microphone
        if chosen is not None and not 0 <= chosen < channels:
            raise MediaError(
                "microphone {microphone} does not exist; the recording has 0 to {last}",
                microphone=chosen,
                last=channels - 1,
            )
        if self._options.others == "mute" and chosen is None and channels > 1:
            raise MediaError(
                "to mute the others, the witness's microphone has to be known; give --microphone "
                "0 to {last}",
                last=channels - 1,
            )

    def _splicers_of(
        self, stream: Any, first: int, progress: Progress
    ) -> Callable[[int], list[Splicer]]:
        options, rate, channels = self._options, stream.rate, stream.layout.nb_channels
        muted = [
            channel
            for channel in range(channels)
            if options.others == "mute" and options.microphone not in {None, first + channel}
        ]
        spoken = regions(self._spans, rate, options.margin, options.fade)
        beeped = regions(self._beeps, rate, 0.0, min(options.fade, 0.005))

        def make(position: int) -> list[Splicer]:
            core = self._make_core(rate, channels)
            settle(
                core,
                self._source,
                stream.index,
                spoken,
                lambda share: progress(_SETTLED * share),
            )
            return [
                Splicer(Disguised(core, muted), spoken, position),
                Splicer(Beeped(rate), beeped, position),
            ]

        return make

    def _carry(self, heard: Any, said: Any, outputs: dict[int, Any], progress: Progress) -> None:
        digests: dict[int, Any] = defaultdict(hashlib.sha256)
        duration = heard.duration or 0
        for packet in heard.demux([heard.streams[index] for index in outputs]):
            index = packet.stream.index
            if index in self.tracks:
                said.mux(list(self.tracks[index].push(packet)))
                _tell_share(packet, duration, progress)
            elif packet.size:
                digests[index].update(bytes(packet))
                packet.stream = outputs[index]
                said.mux(packet)
        for track in self.tracks.values():
            said.mux(list(track.finish()))
        self.copied = {index: digest.hexdigest() for index, digest in digests.items()}

    def verify_copies(self, beside: Path) -> None:
        """Read the output back; what was copied has to be there byte for byte."""
        found = packet_digests(beside, [self._placed[index] for index in self.copied])
        for index, digest in self.copied.items():
            if found[self._placed[index]] != digest:
                raise MediaError(
                    "stream {index} did not come out as it went in; nothing was handed out",
                    index=index,
                )


def _tell_share(packet: Any, duration: int, progress: Progress) -> None:
    if duration and packet.pts is not None:
        done = min(1.0, float(packet.pts * packet.time_base) * 1e6 / duration)
        progress(_SETTLED + (1.0 - _SETTLED) * done)


def _muxer_options(heard: Any, beside: Path) -> dict[str, str]:
    """What a container has to be told to keep what the input's has."""
    if beside.suffix.lower() != ".wav":
        return {}
    broadcast = {"write_bext": "1"} if "time_reference" in heard.metadata else {}
    return {"rf64": "auto", **broadcast}


def _add_copy(said: Any, stream: Any) -> Any | None:
    """A stream of the output for packets that are copied; None where it cannot hold them.

    The timecode track of MP4 and MOV is made anew from the tag that is copied with the picture.
    """
    import av  # noqa: PLC0415  importing must not load FFmpeg

    if stream.type == "data" and said.format.name in {"mp4", "mov", "matroska", "ipod"}:
        return None
    try:
        copy = said.add_stream_from_template(stream)
    except (av.FFmpegError, ValueError):
        return None
    copy.metadata.update(stream.metadata)
    copy.disposition = stream.disposition
    return copy
