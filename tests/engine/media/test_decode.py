"""Every sample lands where the recording presents it."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from hattama.engine.document.model import ClockInfo, Gap
from hattama.engine.media.decode import decode
from hattama.engine.media.digest import sha256

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TIMES = (0.5, 1.25, 2.0, 3.1)
EXACT_S = 0.001
LOSSY_S = 0.004


def near(times: Sequence[float], tolerance_s: float = EXACT_S) -> Any:
    return pytest.approx(list(times), abs=tolerance_s)


@pytest.mark.parametrize(
    "case",
    [
        ("a.wav", "pcm_s16le", 48_000, EXACT_S),
        ("a.wav", "pcm_s24le", 44_100, EXACT_S),
        ("a.wav", "pcm_u8", 16_000, EXACT_S),
        ("a.wav", "pcm_f32le", 22_050, EXACT_S),
        ("a.wav", "pcm_alaw", 8_000, EXACT_S),
        ("a.flac", "flac", 48_000, EXACT_S),
        ("a.mkv", "pcm_s16le", 48_000, EXACT_S),
        ("a.mkv", "flac", 44_100, EXACT_S),
        ("a.mp4", "aac", 48_000, LOSSY_S),
        ("a.m4a", "aac", 16_000, LOSSY_S),
        ("a.mkv", "aac", 44_100, LOSSY_S),
        ("a.mp3", "libmp3lame", 44_100, LOSSY_S),
        ("a.ogg", "libopus", 48_000, LOSSY_S),
        ("a.mkv", "libopus", 48_000, LOSSY_S),
    ],
)
def test_a_chirp_is_found_at_its_time_in_every_container_and_codec(
    kit: Any, tmp_path: Path, case: Any
) -> None:
    name, codec, rate_hz, tolerance_s = case
    sound = kit.Sound(kit.chirps(4.0, TIMES, rate_hz), rate_hz, codec, bit_rate=128_000)
    recording = decode(kit.encode(tmp_path / name, [sound]), tmp_path / "work")
    (track,) = recording.tracks
    assert kit.found(track, TIMES) == near(TIMES, tolerance_s)
    assert recording.gaps == ()


@pytest.mark.parametrize(
    "case",
    [
        ("a.asf", "wmav2", 44_100, LOSSY_S),
        ("a.wmv", "wmav2", 16_000, LOSSY_S),
        ("a.ts", "aac", 48_000, LOSSY_S),
        ("a.mov", "pcm_s16le", 48_000, EXACT_S),
        # AVI has no way to say that an MP2 encoder puts 481 samples of delay before the sound.
        ("a.avi", "mp2", 48_000, 0.0101),
    ],
)
def test_sound_stays_with_the_picture_that_it_was_recorded_with(
    kit: Any, tmp_path: Path, case: Any
) -> None:
    name, codec, rate_hz, tolerance_s = case
    sound = kit.Sound(kit.chirps(4.0, TIMES, rate_hz), rate_hz, codec, bit_rate=128_000)
    path = kit.encode(tmp_path / name, [sound], kit.Picture(4.0))
    assert kit.found(decode(path, tmp_path / "work").mix, TIMES) == near(TIMES, tolerance_s)


@pytest.mark.parametrize(
    "case",
    [
        ("a.wma", "wmav2", 44_100),
        ("a.ts", "aac", 48_000),
        ("a.mp3", "libmp3lame", 44_100),
        ("a.m4a", "aac", 44_100),
        ("a.ogg", "libopus", 48_000),
    ],
)
def test_sound_alone_begins_where_ffmpeg_lets_it_begin(
    kit: Any, tmp_path: Path, ffmpeg: Any, case: Any
) -> None:
    name, codec, rate_hz = case
    sound = kit.Sound(kit.chirps(4.0, TIMES, rate_hz), rate_hz, codec, bit_rate=128_000)
    path = kit.encode(tmp_path / name, [sound])
    reference = decode(ffmpeg(path, tmp_path / "reference.wav"), tmp_path / "work")
    heard = decode(path, tmp_path / "work")
    assert kit.found(heard.mix, TIMES) == near(kit.found(reference.mix, TIMES))


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001)])
@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "aac"), ("a.mkv", "flac")])
def test_a_late_audio_stream_does_not_shift_words(
    kit: Any, tmp_path: Path, name: str, codec: str, rate: Any
) -> None:
    sound = kit.Sound(kit.chirps(4.0, TIMES), codec=codec, start_s=1.5)
    path = kit.encode(tmp_path / name, [sound], kit.Picture(6.0, rate))
    recording = decode(path, tmp_path / "work")
    expected = [time + 1.5 for time in TIMES]
    assert kit.found(recording.mix, expected) == near(expected, LOSSY_S)
    assert recording.gaps[0].start == 0
    assert recording.gaps[0].end == pytest.approx(1.5, abs=0.03)
    assert not recording.mix.read(0, 23_000).any()


def test_sound_before_the_picture_is_cut_and_said(kit: Any, tmp_path: Path) -> None:
    sound = kit.Sound(kit.chirps(4.0, TIMES), codec="flac")
    path = kit.encode(tmp_path / "a.mkv", [sound], kit.Picture(4.0, start_s=1.0))
    recording = decode(path, tmp_path / "work")
    assert kit.found(recording.mix, [0.25, 1.0, 2.1]) == near([0.25, 1.0, 2.1])
    assert any("begins 1.0 s before the picture" in str(said) for said in recording.warnings)


def test_frames_that_are_shown_out_of_order_do_not_move_media_time_0(
    kit: Any, tmp_path: Path
) -> None:
    picture = kit.Picture(4.0, codec="libx264", options={"bf": "3"})
    for name in ("a.mp4", "a.mkv", "a.ts"):
        sound = kit.Sound(kit.chirps(4.0, TIMES), codec="aac")
        recording = decode(kit.encode(tmp_path / name, [sound], picture), tmp_path / name[2:])
        assert kit.found(recording.mix, TIMES) == near(TIMES, LOSSY_S), name


@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "flac"), ("a.mp4", "aac"), ("a.ts", "aac")])
def test_a_hole_is_filled_with_silence_and_reported(
    kit: Any, tmp_path: Path, name: str, codec: str
) -> None:
    sound = kit.Sound(kit.chirps(4.0, TIMES), codec=codec, holes=[(1.4, 1.9)])
    path = kit.encode(tmp_path / name, [sound], kit.Picture(4.0))
    recording = decode(path, tmp_path / "work")
    (gap,) = recording.gaps
    assert (gap.start, gap.end) == pytest.approx((1.4, 1.9), abs=0.11)
    assert kit.found(recording.mix, TIMES) == near(TIMES, LOSSY_S)
    inside = recording.mix.read(
        round((gap.start + 0.05) * 16_000), round((gap.end - 0.05) * 16_000)
    )
    assert not inside.any()


def test_a_hole_is_filled_to_the_sample(kit: Any, tmp_path: Path) -> None:
    signal = np.sign(kit.chirps(4.0, ())) * np.float32(0.25)
    sound = kit.Sound(signal, 16_000, holes=[(0.512, 1.024)], frame_size=512)
    recording = decode(kit.encode(tmp_path / "a.mkv", [sound]), tmp_path / "work")
    heard = recording.tracks[0].read(0, len(signal))
    signal = signal.copy()
    signal[8192:16384] = 0
    assert recording.gaps == (Gap(0.512, 1.024),)
    np.testing.assert_array_equal(heard, signal)


def test_a_variable_frame_rate_does_not_touch_the_sound(kit: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    times = [0.0, *np.cumsum(rng.integers(10, 200, 40) / 1000)]
    sound = kit.Sound(kit.chirps(4.0, TIMES), codec="aac")
    path = kit.encode(tmp_path / "a.mkv", [sound], kit.Picture(4.0, times=times))
    assert kit.found(decode(path, tmp_path / "work").mix, TIMES) == near(TIMES, LOSSY_S)


def test_stamps_that_jitter_do_not_break_the_sound_apart(kit: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    signal = kit.chirps(4.0, TIMES)
    sound = kit.Sound(signal, stamp=lambda _number, pts: pts + int(rng.integers(-480, 480)))
    plain = decode(
        kit.encode(tmp_path / "plain.wav", [kit.Sound(signal)]), tmp_path / "work"
    ).tracks[0]
    jittered = decode(kit.encode(tmp_path / "a.mkv", [sound]), tmp_path / "work").tracks[0]
    offset = round((kit.found(jittered, TIMES[:1])[0] - TIMES[0]) * 16_000)
    assert abs(offset) <= 480
    np.testing.assert_allclose(
        jittered.read(8000 + offset, 56_000 + offset), plain.read(8000, 56_000), atol=2 / 32_768
    )


def test_a_clock_that_drifts_is_followed(kit: Any, tmp_path: Path) -> None:
    times = np.arange(1.0, 59.0, 5.0)
    sound = kit.Sound(
        kit.chirps(60.0, times, 16_000), 16_000, stamp=lambda _number, pts: pts + pts // 200
    )
    recording = decode(kit.encode(tmp_path / "a.mkv", [sound]), tmp_path / "work")
    expected = list(times * 1.005)
    assert kit.found(recording.mix, expected) == near(expected, 0.032)
    assert recording.gaps == ()
    assert any("drifts" in str(said) for said in recording.warnings)


def test_five_channels_become_five_tracks_and_their_mean_the_mix(kit: Any, tmp_path: Path) -> None:
    own = [0.5, 1.0, 1.5, 2.0, 2.5]
    signal = np.stack([kit.chirps(3.0, [time]) for time in own], axis=1)
    recording = decode(kit.encode(tmp_path / "a.wav", [kit.Sound(signal)]), tmp_path / "work")
    assert [track.channel for track in recording.tracks] == [0, 1, 2, 3, 4]
    for track, time in zip(recording.tracks, own, strict=True):
        assert kit.found(track, [time]) == near([time])
    every = [track.read(0, 48_000) for track in recording.tracks]
    np.testing.assert_allclose(recording.mix.read(0, 48_000), np.mean(every, axis=0), atol=1e-7)


def test_eight_channels_are_eight_tracks(kit: Any, tmp_path: Path) -> None:
    signal = np.stack([kit.chirps(1.0, [0.1 * n]) for n in range(8)], axis=1)
    recording = decode(kit.encode(tmp_path / "a.flac", [kit.Sound(signal, codec="flac")]), tmp_path)
    assert len(recording.tracks) == 8
    assert [kit.found(track, [0.1 * n])[0] for n, track in enumerate(recording.tracks)] == near(
        [0.1 * n for n in range(8)]
    )


def test_two_streams_keep_their_own_times_and_a_gap_needs_both(kit: Any, tmp_path: Path) -> None:
    first = kit.Sound(kit.chirps(4.0, TIMES), holes=[(1.4, 1.9)], language="kaz")
    second = kit.Sound(kit.chirps(3.0, [0.5], 44_100), 44_100, start_s=1.0, holes=[(0.6, 1.5)])
    path = kit.encode(tmp_path / "a.mkv", [first, second], kit.Picture(4.0))
    recording = decode(path, tmp_path / "work")
    one, two = recording.tracks
    assert recording.info.audio[0].language == "kaz"
    assert kit.found(one, TIMES) == near(TIMES)
    assert kit.found(two, [1.5]) == near([1.5])
    (gap,) = recording.gaps
    assert (gap.start, gap.end) == pytest.approx((1.6, 1.9), abs=0.06)
    assert len(one) == len(two)


def test_a_picture_that_outlasts_the_sound_ends_in_a_gap(kit: Any, tmp_path: Path) -> None:
    sound = kit.Sound(kit.chirps(4.0, TIMES))
    path = kit.encode(tmp_path / "a.mkv", [sound], kit.Picture(7.0))
    recording = decode(path, tmp_path / "work")
    assert recording.duration == pytest.approx(7.0, abs=0.05)
    (gap,) = recording.gaps
    assert (gap.start, gap.end) == pytest.approx((4.0, 7.0), abs=0.05)


def test_resampling_keeps_a_tone_and_its_phase(kit: Any, tmp_path: Path) -> None:
    t = np.arange(48_000 * 2) / 48_000
    tone = (0.5 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)
    recording = decode(kit.encode(tmp_path / "a.wav", [kit.Sound(tone)]), tmp_path / "work")
    heard = recording.mix.read(1600, 30_400)
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(1600, 30_400) / 16_000)
    # 16 bits twice, and the resampler's pass-band ripple.
    np.testing.assert_allclose(heard, expected, atol=1e-3)


def test_reading_outside_gives_what_is_there(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(tmp_path / "a.wav", [kit.Sound(kit.chirps(1.0, [0.5]))])
    track = decode(path, tmp_path / "work").tracks[0]
    assert len(track) == 16_000
    assert track.read(-5, 10).shape == (10,)
    assert track.read(15_990, 20_000).shape == (10,)
    assert track.read(20_000, 30_000).shape == (0,)
    assert track.read(10, 5).shape == (0,)
    assert track.read(0, 10).dtype == np.float32


def test_a_second_run_takes_the_tracks_as_they_are(
    kit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kit.encode(tmp_path / "a.wav", [kit.Sound(kit.chirps(1.0, [0.5]))])
    first = decode(path, tmp_path / "work")
    monkeypatch.setattr("hattama.engine.media.decode.packets", None)
    assert decode(path, tmp_path / "work") == first


def test_tracks_that_were_cut_short_are_decoded_again(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(tmp_path / "a.wav", [kit.Sound(kit.chirps(1.0, [0.5]))])
    track = decode(path, tmp_path / "work").tracks[0]
    whole = track.path.read_bytes()
    track.path.write_bytes(whole[:100])
    decode(path, tmp_path / "work")
    assert track.path.read_bytes() == whole


def test_a_cancelled_decoding_leaves_nothing_behind(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(tmp_path / "a.wav", [kit.Sound(kit.chirps(3.0, [0.5]))])
    work = tmp_path / "work"

    def stop(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decode(path, work, stop)
    assert list(work.iterdir()) == []
    assert kit.found(decode(path, work).mix, [0.5]) == near([0.5])


def test_progress_rises_to_one(kit: Any, tmp_path: Path) -> None:
    path = kit.encode(tmp_path / "a.mkv", [kit.Sound(kit.chirps(3.0, [0.5]))], kit.Picture(3.0))
    shares = []
    decode(path, tmp_path / "work", shares.append)
    assert shares[-1] == 1.0
    assert min(shares) >= 0.0
    assert sum(late < early for early, late in pairwise(shares)) <= len(shares) // 3
    assert sorted(shares)[len(shares) // 2] < 1.0


def test_the_record_gets_name_digest_length_and_gaps(samples: Path, tmp_path: Path) -> None:
    recording = decode(samples / "civil-ru-kk.mp4", tmp_path)
    media = recording.media(ClockInfo())
    assert media.name == "civil-ru-kk.mp4"
    assert media.sha256 == sha256(samples / "civil-ru-kk.mp4")
    assert media.duration == pytest.approx(106.76, abs=0.04)
    assert media.channels == 1


def test_the_video_and_the_sound_file_of_the_sample_hearing_agree(
    samples: Path, tmp_path: Path
) -> None:
    video = decode(samples / "civil-ru-kk.mp4", tmp_path).mix.read(0, 1_600_000)
    sound = decode(samples / "civil-ru-kk.flac", tmp_path).mix.read(0, 1_600_000)
    for start in range(160_000, 1_440_000, 320_000):
        one, two = video[start : start + 32_000], sound[start - 800 : start + 32_800]
        lag = int(np.correlate(two, one, "valid").argmax()) - 800
        assert abs(lag) <= 16, f"at {start / 16_000} s"
