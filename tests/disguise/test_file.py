from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
import wavinfo
from disguise_seams import alikeness, voice

from hattama.disguise.check import CheckReport, Outcome
from hattama.disguise.errors import LeakError, MediaError, RecognisedError
from hattama.disguise.fake import FakeStream
from hattama.disguise.file import FileOptions, FileReport, disguise_file
from hattama.disguise.leak import LeakPlace, LeakReport
from hattama.disguise.secret import Secret
from hattama.disguise.similarity import Similarity
from hattama.disguise.spans import Span, regions
from hattama.disguise.splice import to_float
from hattama.disguise.stream import DisguiseStream
from hattama.disguise.undo import TurnedBack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

RATE = 48_000
SPAN = Span(1.0, 2.0)
OPTIONS = FileOptions()


def fake_core(rate: int, channels: int) -> FakeStream:
    """A core for any stream."""
    assert rate > 0
    assert channels > 0
    return FakeStream(latency=457)


def make_media(
    path: Path,
    codec: str,
    *,
    audio: Sequence[int] = (1,),
    picture: bool = True,
    late: float = 0.0,
    metadata: dict[str, str] | None = None,
) -> Path:
    """A recording of 3 s: a moving picture and streams of synthetic voices."""
    options = {"write_bext": "1"} if path.suffix == ".wav" else {}
    with av.open(str(path), "w", options=options) as container:
        container.metadata.update(metadata or {})
        if picture:
            video = container.add_stream("mpeg4", rate=25)
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            video.metadata["timecode"] = "10:05:01:00"
        streams = []
        for i, channels in enumerate(audio):
            stream = container.add_stream(codec, rate=RATE, layout=f"{channels}c")
            stream.metadata["language"] = "kaz"
            stream.metadata["title"] = f"stream {i}"
            streams.append(stream)
        if picture:
            for i in range(75):
                shade = np.full((48, 64, 3), 3 * i, np.uint8)
                frame = av.VideoFrame.from_ndarray(shade, "rgb24")
                frame.pts, frame.time_base = i, Fraction(1, 25)
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
        for stream, channels in zip(streams, audio, strict=True):
            _add_sound(container, stream, channels, late)
    return path


def _add_sound(container: object, stream: object, channels: int, late: float) -> None:
    name = stream.codec_context.format.name
    full = {"s16": 30_000, "s32": 2**31 - 2**16, "flt": 1.0}[name.removesuffix("p")]
    dtype = {"s16": np.int16, "s32": np.int32, "flt": np.float32}[name.removesuffix("p")]
    sound = np.stack([voice(3.0) * (0.5**c) for c in range(channels)], axis=1)
    native = (sound * full).astype(dtype)
    if dtype == np.int32:
        native = native & ~np.int32(255)  # what 24 bits can hold
    for start in range(0, len(native), 1024):
        part = native[start : start + 1024]
        array = np.ascontiguousarray(part.T) if name.endswith("p") else part.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(array, name, stream.layout.name)
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = start + round(late * RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def names(folder: Path) -> list[str]:
    """Every file of a folder."""
    return sorted(path.name for path in folder.iterdir())


def sound_of(path: Path, number: int = 0) -> tuple[np.ndarray, float]:
    """All samples of a stream of sound, shape (n, channels), and the time of the first."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[number]
        frames = list(container.decode(stream))
    start = float(frames[0].pts * frames[0].time_base)
    parts = [
        f.to_ndarray().T if f.format.is_planar else f.to_ndarray().reshape(-1, f.layout.nb_channels)
        for f in frames
    ]
    return np.concatenate(parts), start


def packets_of(path: Path, kind: str) -> tuple[str, list[tuple[int | None, Fraction]]]:
    """Digest of a stream's packets, and their times."""
    digest, times = hashlib.sha256(), []
    with av.open(str(path)) as container:
        for packet in container.demux(next(s for s in container.streams if s.type == kind)):
            if packet.size:
                digest.update(bytes(packet))
                times.append(round(packet.pts * packet.time_base * 1000))
    return digest.hexdigest(), times


@pytest.mark.parametrize(
    ("ending", "codec", "channels"),
    [
        (".mkv", "flac", 1),
        (".mkv", "pcm_s16le", 2),
        (".mkv", "pcm_s24le", 1),
        (".mkv", "pcm_f32le", 2),
        (".mov", "pcm_s24le", 2),
        (".mp4", "alac", 2),
        (".wav", "pcm_s16le", 6),
        (".wav", "pcm_s24le", 2),
        (".flac", "flac", 5),
    ],
)
def test_a_lossless_recording_keeps_every_sample_outside_the_span(
    tmp_path: Path, ending: str, codec: str, channels: int
) -> None:
    picture = ending not in {".wav", ".flac"}
    source = make_media(tmp_path / f"in{ending}", codec, audio=[channels], picture=picture)
    target = tmp_path / f"out{ending}"
    disguise_file(source, target, [SPAN], fake_core)
    before, start = sound_of(source)
    after, start_after = sound_of(target)
    (region,) = regions([SPAN], RATE, OPTIONS.margin, OPTIONS.fade)
    assert start == start_after
    assert before.dtype == after.dtype
    assert before.shape == after.shape
    assert np.array_equal(before[: region.start], after[: region.start])
    assert np.array_equal(before[region.end :], after[region.end :])
    inside = slice(region.full, region.last)
    for channel in range(channels):
        heard, said = to_float(before[inside])[:, channel], to_float(after[inside])[:, channel]
        assert np.abs(said).max() > 0.05 * np.abs(heard).max()
        assert alikeness(heard, said) < 0.3


def test_the_disguise_stands_where_the_voice_stood(tmp_path: Path) -> None:
    source = make_media(tmp_path / "in.mkv", "pcm_s16le", picture=False)
    disguise_file(source, tmp_path / "out.mkv", [SPAN], fake_core)
    before, after = sound_of(source)[0], sound_of(tmp_path / "out.mkv")[0]
    inside = slice(RATE, 2 * RATE)
    loud = np.abs(to_float(before[inside])[:, 0])
    said = np.abs(to_float(after[inside])[:, 0])
    lags = range(-600, 601, 1)
    smooth = np.ones(480) / 480
    heard = np.convolve(loud, smooth, "same")
    answer = np.convolve(said, smooth, "same")
    best = max(
        lags, key=lambda lag: float(np.dot(heard[700:-700], np.roll(answer, -lag)[700:-700]))
    )
    assert abs(best) < 48  # a millisecond; the fake's noise makes the envelope itself uneven


@pytest.mark.parametrize(
    ("ending", "codec"),
    [
        (".mp4", "aac"),
        (".mkv", "libopus"),
        (".mov", "aac"),
        (".mkv", "libmp3lame"),
        (".mp4", "ac3"),
    ],
)
def test_a_lossy_recording_keeps_codec_picture_and_time(
    tmp_path: Path, ending: str, codec: str
) -> None:
    source = make_media(tmp_path / f"in{ending}", codec, audio=[2, 1])
    target = tmp_path / f"out{ending}"
    report = disguise_file(source, target, [SPAN], fake_core)
    assert packets_of(source, "video") == packets_of(target, "video")
    assert report.copied == {0: packets_of(target, "video")[0]}
    with av.open(str(source)) as before, av.open(str(target)) as after:
        for one, other in zip(before.streams.audio, after.streams.audio, strict=True):
            assert (
                one.codec_context.codec.canonical_name == other.codec_context.codec.canonical_name
            )
            assert one.rate == other.rate
            assert one.layout.name == other.layout.name
            assert one.disposition == other.disposition
    for number in (0, 1):
        heard, start = sound_of(source, number)
        said, start_after = sound_of(target, number)
        assert abs(start - start_after) < 0.0015  # Matroska counts milliseconds
        n = min(len(heard), len(said))
        assert abs(len(heard) - len(said)) < 2500  # a last codec frame of silence
        quiet = slice(0, round(0.6 * RATE))
        assert alikeness(heard[quiet, 0], said[quiet, 0]) > 0.9
        inside = slice(round(0.9 * RATE), min(n, round(2.1 * RATE)))
        assert alikeness(heard[inside, 0], said[inside, 0]) < 0.3


def test_an_audio_stream_that_starts_late_stays_late(tmp_path: Path) -> None:
    source = make_media(tmp_path / "in.mkv", "flac", late=0.75)
    disguise_file(source, tmp_path / "out.mkv", [SPAN], fake_core)
    before, start = sound_of(source)
    after, start_after = sound_of(tmp_path / "out.mkv")
    assert start == start_after == 0.75
    (region,) = regions([SPAN], RATE, OPTIONS.margin, OPTIONS.fade)
    shift = round(0.75 * RATE)
    assert np.array_equal(before[region.end - shift :], after[region.end - shift :])
    assert not np.array_equal(before[: region.last - shift], after[: region.last - shift])


def test_metadata_chapters_and_timecode_are_kept(tmp_path: Path) -> None:
    plain = make_media(tmp_path / "plain.mp4", "aac", metadata={"title": "Hearing 12"})
    source = tmp_path / "in.mp4"
    chapter = {"id": 1, "start": 0, "end": 1500, "time_base": Fraction(1, 1000)}
    with av.open(str(plain)) as heard, av.open(str(source), "w") as said:
        said.metadata.update(heard.metadata)
        outs = {}
        for stream in [*heard.streams.video, *heard.streams.audio]:
            outs[stream.index] = said.add_stream_from_template(stream)
            outs[stream.index].metadata.update(stream.metadata)
        said.set_chapters([{**chapter, "metadata": {"title": "Opening"}}])
        for packet in heard.demux([heard.streams[i] for i in outs]):
            if packet.size:
                packet.stream = outs[packet.stream.index]
                said.mux(packet)
    disguise_file(source, tmp_path / "out.mp4", [SPAN], fake_core)
    with av.open(str(source)) as before, av.open(str(tmp_path / "out.mp4")) as after:
        assert after.metadata["title"] == "Hearing 12"
        assert [c["metadata"] for c in after.chapters()] == [{"title": "Opening"}]
        assert after.streams.video[0].metadata["timecode"] == "10:05:01:00"
        tracks = [s.metadata.get("timecode") for s in after.streams if s.type == "data"]
        assert tracks.count("10:05:01:00") == 1
        assert [s.metadata.get("timecode") for s in before.streams if s.type == "data"].count(
            "10:05:01:00"
        ) == 1
        assert after.streams.audio[0].metadata["language"] == "kaz"


def test_a_broadcast_wave_keeps_its_time_reference(tmp_path: Path) -> None:
    tags = {"time_reference": "1738800000", "originator": "court", "origination_date": "2026-03-02"}
    source = make_media(tmp_path / "in.wav", "pcm_s16le", picture=False, metadata=tags)
    disguise_file(source, tmp_path / "out.wav", [SPAN], fake_core)
    before = wavinfo.WavInfoReader(str(source)).bext
    after = wavinfo.WavInfoReader(str(tmp_path / "out.wav")).bext
    assert after.time_reference == before.time_reference == 1_738_800_000
    assert after.originator == before.originator == "court"


def test_muting_the_others_leaves_only_the_witnesss_microphone(tmp_path: Path) -> None:
    source = make_media(tmp_path / "in.mkv", "pcm_s16le", audio=[2, 1], picture=False)
    options = replace(OPTIONS, others="mute", microphone=1)
    disguise_file(source, tmp_path / "out.mkv", [SPAN], fake_core, options)
    inside = slice(RATE, 2 * RATE)
    first = sound_of(tmp_path / "out.mkv", 0)[0]
    second = sound_of(tmp_path / "out.mkv", 1)[0]
    assert not first[inside, 0].any()
    assert first[inside, 1].any()
    assert not second[inside, 0].any()
    assert second[: RATE // 2].any()


@pytest.mark.parametrize("microphone", [None, 3])
def test_muting_wants_a_microphone_that_exists(tmp_path: Path, microphone: int | None) -> None:
    source = make_media(tmp_path / "in.mkv", "pcm_s16le", audio=[2, 1], picture=False)
    options = replace(OPTIONS, others="mute", microphone=microphone)
    with pytest.raises(MediaError, match="microphone"):
        disguise_file(source, tmp_path / "out.mkv", [SPAN], fake_core, options)
    assert names(tmp_path) == ["in.mkv"]


def test_a_tone_covers_a_spoken_name_outside_every_span(tmp_path: Path) -> None:
    source = make_media(tmp_path / "in.mkv", "pcm_s16le", audio=[2], picture=False)
    beep = Span(2.5, 2.7)
    disguise_file(source, tmp_path / "out.mkv", [SPAN], fake_core, beeps=[beep])
    after = sound_of(tmp_path / "out.mkv")[0]
    tone = after[round(2.5 * RATE) : round(2.7 * RATE), 1].astype(float)
    peak = np.argmax(np.abs(np.fft.rfft(tone))) * RATE / len(tone)
    assert peak == pytest.approx(1000, abs=6)
    assert np.array_equal(after[: RATE // 2], sound_of(source)[0][: RATE // 2])


def test_a_codec_without_an_encoder_names_the_way_out(tmp_path: Path) -> None:
    source = make_media(tmp_path / "in.mkv", "pcm_s16le", audio=[1])
    with pytest.raises(MediaError, match="--codec flac"):
        disguise_file(source, tmp_path / "out.mp3", [SPAN], fake_core)
    report = disguise_file(
        source, tmp_path / "out.mkv", [SPAN], fake_core, replace(OPTIONS, codec="flac")
    )
    with av.open(str(tmp_path / "out.mkv")) as container:
        assert container.streams.audio[0].codec_context.name == "flac"
    assert len(report.output_sha256) == 64


def test_the_output_is_never_the_input(tmp_path: Path) -> None:
    source = make_media(tmp_path / "in.mkv", "flac", picture=False)
    link = tmp_path / "link.mkv"
    link.hardlink_to(source)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    for target in (source, tmp_path / "." / "in.mkv", link):
        with pytest.raises(MediaError, match="is the input"):
            disguise_file(source, target, [SPAN], fake_core)
    assert hashlib.sha256(source.read_bytes()).hexdigest() == digest


def test_what_is_no_recording_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "in.mkv").write_text("no sound")
    with pytest.raises(MediaError, match="cannot be read"):
        disguise_file(tmp_path / "in.mkv", tmp_path / "out.mkv", [SPAN], fake_core)
    source = make_media(tmp_path / "in.wav", "pcm_s16le", picture=False)
    with pytest.raises(MediaError, match="cannot be written"):
        disguise_file(source, tmp_path / "out.nothing", [SPAN], fake_core)
    with pytest.raises(MediaError, match="does not exist"):
        disguise_file(source, tmp_path / "away" / "out.wav", [SPAN], fake_core)


class Copy(FakeStream):
    """A core that lets the voice through."""

    def process(self, block: np.ndarray, /) -> np.ndarray:
        return block


class Trace(FakeStream):
    """A core that lets the voice through quietly under its own sound."""

    def process(self, block: np.ndarray, /) -> np.ndarray:
        return super().process(block) + 0.3 * np.roll(block, 0)


@pytest.mark.parametrize("core", [Copy, Trace])
@pytest.mark.parametrize("ending", [".mkv", ".mp4"])
def test_a_result_that_leaks_is_not_handed_out(tmp_path: Path, core: type, ending: str) -> None:
    codec = {".mkv": "pcm_s16le", ".mp4": "aac"}[ending]
    source = make_media(tmp_path / f"in{ending}", codec)
    older = tmp_path / f"out{ending}"
    older.write_bytes(b"an older result")
    with pytest.raises(LeakError, match="nothing was handed out"):
        disguise_file(source, older, [Span(0.2, 2.8)], lambda _rate, _channels: core(0))
    assert older.read_bytes() == b"an older result"
    assert names(tmp_path) == sorted([source.name, older.name])


def report_on(score: float, peak: float = 4.0) -> CheckReport:
    """A check that found this score; 0.2 is the most that strangers reach."""
    leak = LeakReport(1, 1, peak, (LeakPlace(1.0, 2.0, 0, peak),))
    one = Similarity("t", 0.9, score, score, 0.0, 0.1, 0, (), ())
    return CheckReport(leak, TurnedBack(0.0, 0.0), (one,), 0.1, 20, ())


@pytest.mark.parametrize(
    ("found", "error", "message"),
    [
        (report_on(0.8), RecognisedError, "still recognised; nothing was handed out"),
        (report_on(0.0, peak=60.0), LeakError, "was found in the result"),
    ],
)
def test_a_result_that_fails_its_check_is_not_handed_out(
    tmp_path: Path, found: CheckReport, error: type, message: str
) -> None:
    source = make_media(tmp_path / "in.mkv", "flac", picture=False)
    handed: list[FileReport] = []
    with pytest.raises(error, match=message):
        disguise_file(
            source,
            tmp_path / "out.mkv",
            [SPAN],
            fake_core,
            examine=lambda _output, _tell: found,
            before_handing_out=handed.append,
        )
    assert names(tmp_path) == ["in.mkv"]
    assert handed == []


def test_the_check_sees_the_finished_output_before_it_has_its_name(tmp_path: Path) -> None:
    source, target = make_media(tmp_path / "in.mkv", "flac", picture=False), tmp_path / "out.mkv"
    told: list[float] = []

    def examine(output: Path, tell: Callable[[float], None]) -> CheckReport:
        assert not target.exists()
        assert len(sound_of(output)[0]) == len(sound_of(source)[0])
        tell(0.5)
        return report_on(0.3)

    report = disguise_file(source, target, [SPAN], fake_core, examine=examine, progress=told.append)
    assert target.exists()
    assert report.check
    assert report.check.outcome is Outcome.DOUBTFUL
    assert report.leak is report.check.leak
    assert told == sorted(told)


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    source = make_media(tmp_path / "in.mkv", "flac")

    def interrupt(share: float) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        disguise_file(source, tmp_path / "out.mkv", [SPAN], fake_core, progress=interrupt)
    assert names(tmp_path) == ["in.mkv"]


def test_a_kill_leaves_nothing_under_the_final_name(tmp_path: Path) -> None:
    source = make_media(tmp_path / "in.mkv", "flac")
    script = f"""
import sys, time
from pathlib import Path
from hattama.disguise.fake import FakeStream
from hattama.disguise.file import disguise_file
from hattama.disguise.spans import Span
def slow(share):
    print(share, flush=True)
    time.sleep(0.2)
disguise_file(Path({str(source)!r}), Path({str(tmp_path / "out.mkv")!r}), [Span(1.0, 2.0)],
              lambda rate, channels: FakeStream(), progress=slow)
"""
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout
    child.stdout.readline()
    time.sleep(0.3)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not (tmp_path / "out.mkv").exists()


def test_the_real_disguise_passes_its_own_check(tmp_path: Path, samples: Path) -> None:
    secret = Secret(bytes(32))
    told: list[float] = []
    report = disguise_file(
        samples / "civil-ru-kk.mp4",
        tmp_path / "out.mp4",
        [Span(20.0, 30.0)],
        lambda rate, channels: DisguiseStream(rate, "strong", secret, 4096, channels=channels),
        progress=told.append,
    )
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert not report.leak.leaks
    assert report.left_out == (2,)  # the timecode track, made anew
    assert packets_of(samples / "civil-ru-kk.mp4", "video") == packets_of(
        tmp_path / "out.mp4", "video"
    )
    heard, said = sound_of(samples / "civil-ru-kk.mp4")[0], sound_of(tmp_path / "out.mp4")[0]
    assert alikeness(heard[21 * 16_000 : 29 * 16_000, 0], said[21 * 16_000 : 29 * 16_000, 0]) < 0.15
    assert alikeness(heard[: 19 * 16_000, 0], said[: 19 * 16_000, 0]) > 0.95
