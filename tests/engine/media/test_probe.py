"""What a recording says of itself, against what was put in and against ffprobe."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
import wavinfo

from hattama.engine.clock import clock_info
from hattama.engine.media.probe import probe

if TYPE_CHECKING:
    from pathlib import Path


def test_the_sample_hearing(samples: Path) -> None:
    info = probe(samples / "civil-ru-kk.mp4")
    assert (info.timecode, info.timecode_source) == ("10:02:15:00", "tmcd")
    assert info.duration == pytest.approx(106.76)
    assert info.origin == 0
    assert info.video[0].rate == 25
    (sound,) = info.audio
    assert (sound.codec, sound.rate_hz, sound.channels, sound.layout) == ("aac", 16_000, 1, "mono")
    assert info.warnings == ()


@pytest.mark.parametrize("name", ["civil-ru-kk.mp4", "civil-ru-kk.flac", "civil-ru-kk-mics.flac"])
def test_streams_are_those_that_ffprobe_sees(samples: Path, ffprobe: Any, name: str) -> None:
    info = probe(samples / name)
    seen = [
        line.split(",")
        for line in ffprobe(
            samples / name, "stream=index,codec_name,codec_type,sample_rate,channels"
        ).splitlines()
        if ",audio," in line
    ]
    ours = [[str(s.index), s.codec, "audio", str(s.rate_hz), str(s.channels)] for s in info.audio]
    assert [row[:5] for row in seen] == ours
    assert info.duration == pytest.approx(
        float(ffprobe(samples / name, "format=duration")), abs=0.01
    )


@pytest.mark.parametrize(
    ("rate", "label", "counted"),
    [
        (Fraction(25), "10:02:15:00", "25"),
        (Fraction(30000, 1001), "01:00:00;02", "29.97df"),
        (Fraction(30000, 1001), "01:00:00:02", "29.97"),
        (Fraction(60000, 1001), "23:59:59;58", "59.94df"),
        (Fraction(24000, 1001), "00:59:59:23", "23.976"),
        (Fraction(50), "09:00:00:49", "50"),
    ],
)
def test_mp4_and_mov_keep_timecode_in_tmcd(
    kit: Any, tmp_path: Path, rate: Fraction, label: str, counted: str
) -> None:
    for name in ("a.mp4", "a.mov"):
        path = kit.encode(
            tmp_path / name,
            [kit.Sound(kit.chirps(1.0, [0.5]), codec="aac")],
            kit.Picture(1.0, rate, timecode=label),
        )
        clock = clock_info(probe(path))
        assert (clock.start_timecode, clock.timecode_source, clock.rate) == (label, "tmcd", counted)


def test_mxf_keeps_timecode(kit: Any, tmp_path: Path, ffprobe: Any) -> None:
    path = kit.encode(
        tmp_path / "a.mxf",
        [kit.Sound(kit.chirps(2.0, [0.5]), frame_size=1920)],
        kit.Picture(2.0, codec="mpeg2video", timecode="10:02:15:07"),
    )
    clock = clock_info(probe(path))
    assert (clock.start_timecode, clock.timecode_source) == ("10:02:15:07", "mxf")
    assert "10:02:15:07" in ffprobe(path, "format_tags=timecode")


@pytest.mark.parametrize("tag", ["timecode", "TIMECODE"])
def test_mkv_keeps_timecode_in_a_tag(kit: Any, tmp_path: Path, tag: str) -> None:
    path = kit.encode(
        tmp_path / "a.mkv",
        [kit.Sound(kit.chirps(1.0, [0.5]))],
        kit.Picture(1.0),
        tags={tag: "10:02:15:00"},
    )
    clock = clock_info(probe(path))
    assert (clock.start_timecode, clock.timecode_source) == ("10:02:15:00", "tag")


def test_a_broadcast_wave_keeps_samples_since_midnight(kit: Any, tmp_path: Path) -> None:
    reference = (10 * 3600 + 2 * 60 + 15) * 48_000
    path = kit.broadcast_wave(tmp_path / "a.wav", kit.chirps(1.0, [0.5]), 48_000, reference)
    info = probe(path)
    peer = wavinfo.WavInfoReader(str(path)).bext
    assert info.time_reference_s == Fraction(peer.time_reference, 48_000)
    assert info.originated == f"{peer.originator_date}T{peer.originator_time}"
    clock = clock_info(info)
    assert (clock.start_timecode, clock.timecode_source) == ("10:02:15:00", "bwf")
    assert (clock.wall_start, clock.wall_source) == ("2024-03-05T10:02:15", "bwf")


def test_creation_time_becomes_the_time_of_day(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(
        tmp_path / "a.mp4",
        [kit.Sound(kit.chirps(1.0, [0.5]), codec="aac")],
        tags={"creation_time": "2024-03-05T05:02:15.000000Z"},
    )
    clock = clock_info(probe(path))
    assert (clock.wall_start, clock.wall_source) == ("2024-03-05T05:02:15+00:00", "metadata")


def test_media_time_0_is_the_first_picture(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(
        tmp_path / "a.mkv", [kit.Sound(kit.chirps(3.0, [0.5]))], kit.Picture(2.0, start_s=0.8)
    )
    info = probe(path)
    assert info.origin == Fraction(8, 10)
    assert info.audio[0].start == pytest.approx(-0.8)
    assert info.duration == pytest.approx(2.2, abs=0.05)


def test_cover_art_is_no_picture(kit: Any, tmp_path: Path) -> None:
    import av  # noqa: PLC0415  only this test needs it

    plain = kit.encode(tmp_path / "a.mp3", [kit.Sound(kit.chirps(1.0, [0.5]), codec="libmp3lame")])
    path = tmp_path / "b.mp3"
    with av.open(str(plain)) as source, av.open(str(path), "w") as out:
        sound = out.add_stream_from_template(source.streams.audio[0])
        art = out.add_stream("png", rate=1)
        art.width, art.height, art.pix_fmt = 16, 16, "rgb24"
        art.disposition = av.stream.Disposition.attached_pic
        cover = av.VideoFrame(16, 16, "rgb24")
        cover.pts = 0
        packets = list(art.encode(cover)) + list(art.encode(None))
        out.start_encoding()
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = sound
                out.mux(packet)
        out.mux(packets)
    info = probe(path)
    assert info.video == ()
    assert len(info.audio) == 1


def test_a_telephone_rate_is_said_in_a_plain_sentence(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(tmp_path / "a.wav", [kit.Sound(kit.chirps(1.0, [0.5], 8000), 8000)])
    (notice,) = probe(path).warnings
    assert "8000 samples a second, as a telephone: recognition will be poor" in str(notice)


def test_languages_and_titles_of_streams(kit: Any, tmp_path: Path) -> None:
    sounds = [
        kit.Sound(kit.chirps(1.0, [0.5]), language="kaz"),
        kit.Sound(kit.chirps(1.0, [0.5]), language="rus"),
    ]
    info = probe(kit.encode(tmp_path / "a.mkv", sounds))
    assert [stream.language for stream in info.audio] == ["kaz", "rus"]
    assert info.channels == 2
