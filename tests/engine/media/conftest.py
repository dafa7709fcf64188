"""Small recordings made here, with chirps at exactly known times."""

from __future__ import annotations

import shutil
import struct
import subprocess
import wave
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from hattama.engine.media.recording import Mix, Track

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Sound:
    """One audio stream to be encoded."""

    signal: Signal
    """Shape (n,) or (n, channels)."""
    rate_hz: int = 48_000
    codec: str = "pcm_s16le"
    layout: str | None = None
    start_s: float = 0.0
    """Added to every time stamp."""
    holes: Sequence[tuple[float, float]] = ()
    """Frames that begin in these stretches of the signal are not written."""
    stamp: Callable[[int, int], int] = lambda _number, pts: pts
    """Changes the stamp of a frame: its number, its stamp in samples."""
    bit_rate: int | None = None
    language: str | None = None
    frame_size: int = 1024


@dataclass(frozen=True)
class Picture:
    """The picture to be encoded."""

    duration_s: float
    rate: Fraction = Fraction(25)
    start_s: float = 0.0
    codec: str = "mpeg4"
    timecode: str | None = None
    times: Sequence[float] | None = None
    """Presentation times, for a variable frame rate."""
    options: Mapping[str, str] = field(default_factory=dict)


def chirp(rate_hz: int) -> Signal:
    """50 ms from 300 to 3000 Hz; its autocorrelation has one sharp peak."""
    t = np.arange(int(0.05 * rate_hz)) / rate_hz
    phase = 2 * np.pi * (300 * t + (3000 - 300) / 0.05 * t**2 / 2)
    return (0.5 * np.sin(phase) * np.hanning(len(t))).astype(np.float32)


def chirps(duration_s: float, times: Sequence[float], rate_hz: int = 48_000) -> Signal:
    """Silence with a chirp beginning at each of the times, over a noise that no ear hears."""
    signal = np.random.default_rng(7).normal(0, 1e-4, round(duration_s * rate_hz))
    for time in times:
        start = round(time * rate_hz)
        signal[start : start + int(0.05 * rate_hz)] += chirp(rate_hz)
    return signal.astype(np.float32)


def found(samples: Track | Mix, near: Sequence[float], within_s: float = 0.4) -> list[float]:
    """Media times at which chirps really begin, near to where they are expected."""
    pattern, times = chirp(16_000), []
    for time in near:
        first = max(round((time - within_s) * 16_000), 0)
        heard = samples.read(first, round((time + within_s) * 16_000) + len(pattern))
        match = np.correlate(heard, pattern, "valid")
        assert match.max() > 0.5 * float(pattern @ pattern), f"no chirp near {time} s"
        times.append((first + int(match.argmax())) / 16_000)
    return times


def encode(
    path: Path,
    sounds: Sequence[Sound],
    picture: Picture | None = None,
    *,
    container_format: str | None = None,
    tags: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
) -> Path:
    """Write a recording."""
    with av.open(
        str(path), "w", format=container_format, container_options=dict(options or {})
    ) as out:
        out.metadata.update(tags or {})
        film = None if picture is None else _add_picture(out, picture)
        streams = [_add_sound(out, sound) for sound in sounds]
        packets = [] if picture is None else _pictures(film, picture)
        for stream, sound in zip(streams, sounds, strict=True):
            packets += _sounds(stream, sound)
        for packet in sorted(packets, key=lambda p: p.dts * p.time_base):
            out.mux(packet)
    return path


def _add_picture(out: av.container.OutputContainer, picture: Picture) -> av.VideoStream:
    stream = out.add_stream(picture.codec, rate=picture.rate, options=dict(picture.options))
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    if picture.times is not None:
        stream.codec_context.time_base = Fraction(1, 1000)
    if picture.timecode is not None:
        stream.metadata["timecode"] = picture.timecode
    return stream


def _pictures(stream: av.VideoStream, picture: Picture) -> list[av.Packet]:
    count = round(picture.duration_s * picture.rate)
    base = 1 / picture.rate if picture.times is None else Fraction(1, 1000)
    times = picture.times or [number / picture.rate for number in range(count)]
    packets = []
    for number, time in enumerate(times):
        image = np.full((48, 64, 3), number * 7 % 256, np.uint8)
        frame = av.VideoFrame.from_ndarray(image, "rgb24")
        frame.pts, frame.time_base = round((time + Fraction(picture.start_s)) / base), base
        packets += stream.encode(frame)
    return packets + stream.encode(None)


def _add_sound(out: av.container.OutputContainer, sound: Sound) -> av.AudioStream:
    channels = 1 if sound.signal.ndim == 1 else sound.signal.shape[1]
    layout = sound.layout or {1: "mono", 2: "stereo", 5: "5.0", 8: "7.1"}[channels]
    stream = out.add_stream(sound.codec, rate=sound.rate_hz, layout=layout)
    stream.codec_context.time_base = Fraction(1, sound.rate_hz)
    if sound.bit_rate:
        stream.codec_context.bit_rate = sound.bit_rate
    if sound.language:
        stream.metadata["language"] = sound.language
    return stream


def _sounds(stream: av.AudioStream, sound: Sound) -> list[av.Packet]:
    stream.codec_context.open()
    signal = sound.signal.reshape(len(sound.signal), -1)
    size = stream.codec_context.frame_size or sound.frame_size
    number, packets = 0, []
    for start in range(0, len(signal), size):
        if any(a <= start / sound.rate_hz < b for a, b in sound.holes):
            continue
        frame = _frame(signal[start : start + size], stream)
        frame.sample_rate, frame.time_base = sound.rate_hz, Fraction(1, sound.rate_hz)
        frame.pts = sound.stamp(number, start) + round(sound.start_s * sound.rate_hz)
        packets += stream.encode(frame)
        number += 1
    return packets + stream.encode(None)


def _frame(block: Signal, stream: av.AudioStream) -> av.AudioFrame:
    kind = stream.codec_context.format.name
    if kind.startswith("flt"):
        data = block
    else:
        bits = {"u8": 8, "s16": 16, "s32": 32}[kind.removesuffix("p")]
        data = np.clip(np.rint(block * 2 ** (bits - 1)), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        data = (data + 128).astype(np.uint8) if bits == 8 else data.astype(f"i{bits // 8}")
    shaped = data.T if kind.endswith("p") else data.reshape(1, -1)
    return av.AudioFrame.from_ndarray(
        np.ascontiguousarray(shaped), kind, stream.codec_context.layout.name
    )


def broadcast_wave(path: Path, signal: Signal, rate_hz: int, time_reference: int) -> Path:
    """Write a WAV file with a `bext` chunk (EBU Tech 3285), begun on 2024-03-05 at 10:02:15."""
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate_hz, 0, "NONE", ""))
        out.writeframes((signal * 32767).astype("<i2").tobytes())
    plain = path.read_bytes()
    bext = struct.pack(
        "<256s32s32s10s8sQH64s10s180s",
        b"Hearing 12-2024",
        b"Recorder",
        b"KZ0001",
        b"2024-03-05",
        b"10:02:15",
        time_reference,
        1,
        b"",
        b"",
        b"",
    )
    chunk = b"bext" + struct.pack("<I", len(bext)) + bext
    size = struct.pack("<I", len(plain) - 8 + len(chunk))
    path.write_bytes(b"RIFF" + size + b"WAVE" + chunk + plain[12:])
    return path


@dataclass(frozen=True)
class Kit:
    """What the tests make recordings with and measure them by."""

    Sound = Sound
    Picture = Picture
    chirp = staticmethod(chirp)
    chirps = staticmethod(chirps)
    found = staticmethod(found)
    encode = staticmethod(encode)
    broadcast_wave = staticmethod(broadcast_wave)


@pytest.fixture(scope="session")
def kit() -> Kit:
    """Makers of small recordings."""
    return Kit()


@pytest.fixture(scope="session")
def ffprobe() -> Callable[..., str]:
    """Run ffprobe as the independent reference; skipped where it is not installed."""
    command = shutil.which("ffprobe")
    if command is None:
        pytest.skip("ffprobe is not installed")

    def run(path: Path, entries: str) -> str:
        return subprocess.run(
            [command, "-v", "error", "-show_entries", entries, "-of", "csv=p=0", str(path)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    return run


@pytest.fixture(scope="session")
def ffmpeg() -> Callable[[Path, Path], Path]:
    """Convert by ffmpeg as the independent reference; skipped where it is not installed."""
    command = shutil.which("ffmpeg")
    if command is None:
        pytest.skip("ffmpeg is not installed")

    def run(path: Path, target: Path) -> Path:
        subprocess.run([command, "-v", "error", "-i", str(path), str(target)], check=True)
        return target

    return run
