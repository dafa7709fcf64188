"""Levels against what was put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
import soundfile
import soxr

from hattama.engine.media.decode import decode
from hattama.engine.media.levels import Levels, Meter

if TYPE_CHECKING:
    from pathlib import Path

RATE = 16_000


def measured(signal: np.ndarray, block: int = 4096) -> Levels:
    meter = Meter()
    signal = signal.astype(np.float32)
    for start in range(0, len(signal), block):
        meter.source(signal[start : start + block])
        meter.resampled(signal[start : start + block])
    return meter.levels()


def tone(amplitude: float, seconds: float = 2.0) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * 440 * np.arange(int(seconds * RATE)) / RATE)


def test_a_tone_has_its_level_and_its_peak() -> None:
    levels = measured(tone(0.5))
    assert levels.peak_db == pytest.approx(-6.02, abs=0.01)
    assert levels.rms_db == pytest.approx(-9.03, abs=0.01)
    assert levels.clipped == 0
    assert levels.silent == 0


def test_digital_silence_has_no_level() -> None:
    levels = measured(np.zeros(RATE))
    assert levels.is_silent
    assert levels.rms_db == float("-inf")
    assert levels.bandwidth_hz is None
    assert not levels.is_telephone


def test_half_silence_is_half_silent() -> None:
    levels = measured(np.concatenate([tone(0.1, 4.096), np.zeros(65_536)]))
    assert levels.silent == pytest.approx(0.5, abs=0.01)
    assert not levels.is_silent


def test_overload_is_counted() -> None:
    levels = measured(np.clip(tone(2.0), -1, 1))
    # |2 sin x| is 1 or more for two thirds of its period.
    assert levels.clipped == pytest.approx(2 / 3, abs=0.01)


def test_block_sizes_do_not_change_the_figures() -> None:
    signal = np.random.default_rng(2).normal(0, 0.05, 3 * RATE)
    first = measured(signal, 4096)
    for block in (1024, 1021, 48_000):
        other = measured(signal, block)
        assert other.bandwidth_hz == first.bandwidth_hz
        assert other.silent == first.silent
        assert other.rms == pytest.approx(first.rms, rel=1e-6)


def test_real_wide_speech_is_not_a_telephone(samples: Path, tmp_path: Path) -> None:
    (track,) = decode(samples / "civil-ru-kk.flac", tmp_path).tracks
    assert track.levels.bandwidth_hz is not None
    assert track.levels.bandwidth_hz > 6000


@pytest.fixture(scope="module")
def wide(samples: Path) -> np.ndarray:
    return soundfile.read(samples / "civil-ru-kk.flac", dtype="float32")[0][: 40 * RATE]


def telephone(wide: np.ndarray) -> np.ndarray:
    return np.resize(soxr.resample(soxr.resample(wide, RATE, 8000), 8000, RATE), len(wide))


def hiss(like: np.ndarray, level_db: float) -> np.ndarray:
    return 10 ** (level_db / 20) * np.random.default_rng(7).standard_normal(len(like))


def test_speech_through_a_telephone_is_recognised_as_such(wide: np.ndarray) -> None:
    levels = measured(telephone(wide))
    assert levels.is_telephone
    assert levels.bandwidth_hz == pytest.approx(4000, abs=250)


@pytest.mark.parametrize("level_db", [-65.0, -50.0])
def test_the_hiss_of_a_room_does_not_hide_a_telephone(wide: np.ndarray, level_db: float) -> None:
    assert measured(telephone(wide) + hiss(wide, level_db)).is_telephone


@pytest.mark.parametrize("level_db", [-50.0, -40.0, -30.0])
def test_hiss_does_not_make_wide_speech_a_telephone(wide: np.ndarray, level_db: float) -> None:
    assert not measured(wide + hiss(wide, level_db)).is_telephone


def test_who_speaks_seldom_is_not_quiet_and_not_a_telephone(wide: np.ndarray) -> None:
    seldom = np.concatenate([wide[: 15 * RATE], np.zeros(600 * RATE)])
    levels = measured(seldom + hiss(seldom, -56.0), 65_536)
    assert not levels.is_telephone
    assert not levels.is_quiet


def test_quiet_speech_is_quiet_and_a_dead_microphone_is_silent(wide: np.ndarray) -> None:
    assert measured(wide * 10 ** (-35 / 20)).is_quiet
    assert not measured(wide * 10 ** (-12 / 20)).is_quiet
    dead = measured(hiss(wide, -75.0))
    assert dead.is_silent
    assert not dead.is_quiet


def test_a_click_does_not_wake_a_dead_microphone() -> None:
    hour = np.zeros(3600 * RATE, np.float32)
    hour[100 * RATE] = 0.5
    assert measured(hour, 1_048_576).is_silent


def encoded(signal: np.ndarray, path: Path, codec: str, rate: int, bits: int) -> Levels:
    """Levels of a 48 kHz or 44.1 kHz file that a recorder might have written."""
    samples = soxr.resample(signal, RATE, rate)
    frame = av.AudioFrame.from_ndarray(
        (np.clip(samples, -1, 1) * 32767).astype(np.int16)[None], format="s16", layout="mono"
    )
    frame.sample_rate = rate
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.bit_rate = bits
        stream.layout = "mono"
        size = stream.codec_context.frame_size or 1152
        resampler = av.AudioResampler(stream.codec_context.format, "mono", rate, size)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return decode(path, path.parent / "work").tracks[0].levels


def test_a_telephone_in_a_file_of_48_khz_is_one(wide: np.ndarray, tmp_path: Path) -> None:
    levels = encoded(telephone(wide), tmp_path / "t.wav", "pcm_s16le", 48_000, 0)
    assert levels.is_telephone


@pytest.mark.parametrize("bits", [128_000, 32_000])
def test_the_low_pass_of_mp3_is_no_telephone(wide: np.ndarray, tmp_path: Path, bits: int) -> None:
    levels = encoded(wide, tmp_path / "w.mp3", "libmp3lame", 44_100, bits)
    assert not levels.is_telephone


def test_a_telephone_in_an_mp3_is_one(wide: np.ndarray, tmp_path: Path) -> None:
    assert encoded(telephone(wide), tmp_path / "t.mp3", "libmp3lame", 44_100, 64_000).is_telephone


def test_of_eight_microphones_the_dead_the_clipped_and_the_quiet_are_named(
    wide: np.ndarray, tmp_path: Path
) -> None:
    good = 0.5 * wide[: 20 * RATE]
    channels = [good] * 8
    channels[2] = np.zeros_like(good)
    channels[4] = np.clip(good * 40, -1, 1)
    channels[6] = good * 0.03
    channels[7] = telephone(good)
    path = tmp_path / "room.wav"
    soundfile.write(path, np.stack(channels, axis=1), RATE)
    told = [str(notice) for notice in decode(path, tmp_path / "work").warnings]
    assert [text.split(";")[0].split(": ")[1] for text in told] == ["3", "7", "5", "8"]
    assert told[0].startswith("Silent channels: 3")
    assert told[1].startswith("Channels in which speech is very quiet: 7")
    assert told[2].startswith("Channels with overload")
    assert told[3].startswith("Channels with the narrow sound of a telephone: 8")
