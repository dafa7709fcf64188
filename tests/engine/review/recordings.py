"""Small recordings whose every frame shows its number, in containers that browsers do not play."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

BITS = 12
BRIGHT, DARK = 220, 30


@dataclass(frozen=True)
class Form:
    """A container and its codecs."""

    container: str
    picture: str
    sound: str
    rate_hz: int
    suffix: str


FORMS = {
    "mxf": Form("mxf", "mpeg2video", "pcm_s16le", 48_000, ".mxf"),
    "avi": Form("avi", "mpeg4", "pcm_s16le", 16_000, ".avi"),
    "wmv": Form("asf", "wmv2", "wmav2", 44_100, ".wmv"),
    "ts": Form("mpegts", "mpeg2video", "mp2", 48_000, ".ts"),
}
RATE = 25


def numbered(number: int, width: int = 192, height: int = 96) -> av.VideoFrame:
    """A frame with its number as bars, the lowest bit first."""
    image = np.full((height, width, 3), DARK, np.uint8)
    bar = width // BITS
    for bit in range(BITS):
        if number >> bit & 1:
            image[height // 4 : -height // 4, bit * bar : (bit + 1) * bar] = BRIGHT
    return av.VideoFrame.from_ndarray(image, format="rgb24")


def number_of(frame: av.VideoFrame) -> int:
    """The number that a frame shows, at any size."""
    grey = frame.reformat(format="gray").to_ndarray()
    height, width = grey.shape
    bars = [grey[height // 2, int((bit + 0.5) * width / BITS)] for bit in range(BITS)]
    return sum(1 << bit for bit, bar in enumerate(bars) if bar > (BRIGHT + DARK) / 2)


def write(path: Path, form: Form, seconds: float) -> Path:
    """Write a recording: numbered frames, and a tone a channel."""
    with av.open(str(path), "w", format=form.container) as output:
        picture = output.add_stream(form.picture, rate=RATE)
        picture.width, picture.height, picture.pix_fmt = 192, 96, "yuv420p"
        sound = output.add_stream(form.sound, rate=form.rate_hz, layout="mono")
        sound.bit_rate = 64_000
        step = form.rate_hz // RATE
        for number in range(round(seconds * RATE)):
            frame = numbered(number).reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            output.mux(picture.encode(frame))
            output.mux(sound.encode(_tone(number * step, step, form.rate_hz)))
        output.mux(picture.encode())
        output.mux(sound.encode())
    return path


def _tone(start: int, length: int, rate_hz: int) -> av.AudioFrame:
    times = np.arange(start, start + length) / rate_hz
    samples = (0.2 * 32_767 * np.sin(2 * np.pi * 440 * times)).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
    frame.rate, frame.pts, frame.time_base = rate_hz, start, Fraction(1, rate_hz)
    return frame
