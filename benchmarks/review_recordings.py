"""The desk on a recording of hours that no browser plays: sound, waveform, picture, memory.

    python benchmarks/review_recordings.py [--hours 3] [--keep FOLDER]

Writes results/review_recordings. The recording is an MXF with MPEG-2 of 720 x 576 and PCM, made by
repeating a few minutes; it needs about 0.6 GB an hour, its sound and picture 0.25 GB more.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "engine" / "review"))

import recordings
from machine import write as write_results

from hattama.engine.review.sound import SoundRoom

LOOP = 1500
"""Frames that are encoded: a minute; then their packets repeat."""
RATE_HZ = 48_000
PIECE = 200
"""A piece far into the recording, as a clerk who jumps there asks for."""
NOTES = """# The desk on a recording of {hours:g} hours

An MXF with MPEG-2 of 720 x 576, 25 frames a second, and one PCM channel, which no browser plays.

- *processor*: time of the whole program, all threads; *memory*: the most that was resident.
- *sound*: digest, decoding and waveform; *opened again*: the same where they are there already.
- *range*: ten megabytes of the made WAV from the middle of the recording.
- *piece*: 30 s of picture; the one that is looked at comes first.
"""


def encoded(path: Path) -> Path:
    """A loop of numbered frames and noise."""
    noise = np.random.default_rng(0)
    with av.open(str(path), "w", format="mxf") as output:
        picture = output.add_stream("mpeg2video", rate=recordings.RATE)
        picture.width, picture.height, picture.pix_fmt = 720, 576, "yuv420p"
        picture.bit_rate, picture.gop_size = 4_000_000, recordings.RATE
        picture.codec_context.max_b_frames = 0
        sound = output.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono")
        step = RATE_HZ // recordings.RATE
        for number in range(LOOP):
            frame = recordings.numbered(number, 720, 576).reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, recordings.RATE)
            output.mux(picture.encode(frame))
            samples = (2500 * noise.standard_normal(step)).astype(np.int16)
            heard = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
            heard.rate, heard.pts = RATE_HZ, number * step
            heard.time_base = Fraction(1, RATE_HZ)
            output.mux(sound.encode(heard))
        output.mux(picture.encode())
        output.mux(sound.encode())
    return path


def repeated(loop: Path, path: Path, hours: float) -> Path:
    """The loop's packets again and again."""
    length = Fraction(LOOP, recordings.RATE)
    with av.open(str(path), "w", format="mxf") as output:
        streams: dict[int, Any] = {}
        for number in range(int(hours * 3600 / length)):
            with av.open(str(loop)) as source:
                for stream in source.streams:
                    if stream.index not in streams:
                        streams[stream.index] = output.add_stream_from_template(stream)
                for packet in source.demux():
                    if packet.dts is None or packet.pts is None:
                        continue
                    shift = round(number * length / Fraction(packet.time_base))
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = streams[packet.stream_index]
                    output.mux(packet)
    return path


def resident_mb() -> float:
    """Memory of this program now."""
    with Path("/proc/self/status").open(encoding="utf-8") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def watched(done: Callable[[], object]) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and most memory until something is done."""
    wall, processor, most = time.perf_counter(), time.process_time(), 0.0
    while not done():
        most = max(most, resident_mb())
        time.sleep(0.05)
    return time.perf_counter() - wall, time.process_time() - processor, max(most, resident_mb())


def measure(hours: float, folder: Path) -> list[dict[str, object]]:
    """All figures."""
    media = repeated(encoded(folder / "loop.mxf"), folder / "long.mxf", hours)
    before = resident_mb()
    room = SoundRoom(media, folder / "work", "")
    room.start()
    sound = watched(lambda: room.ready or room.fault)
    rows = [("memory before", f"{before:.0f} MB"), *_lines("sound", sound)]
    rows.append(("waveform", f"{len(room.peaks) / 1e6:.2f} MB"))
    wav = room.wav(None)
    if wav is None:
        sys.exit(str(room.fault))
    start = time.perf_counter()
    given = sum(map(len, wav.read(wav.size // 2, wav.size // 2 + 10_000_000)))
    rows.append(
        ("range of 10 MB", f"{1000 * (time.perf_counter() - start):.0f} ms ({given} bytes)")
    )
    piece = watched(lambda: room.picture.piece_s and room.picture.piece(PIECE))
    rows += _lines(f"piece {PIECE}, asked for at once", piece)
    whole = watched(lambda: room.picture.state == "ready")
    rows += _lines("whole picture", whole)
    made = room.picture.whole
    rows.append(("file of the picture", f"{made.stat().st_size / 1e6:.0f} MB" if made else "-"))
    room.close()
    again = SoundRoom(media, folder / "work", "")
    again.start()
    rows += _lines("opened again", watched(lambda: again.ready))
    again.close()
    return [{"figure": name, "value": value} for name, value in rows]


def _lines(name: str, found: tuple[float, float, float]) -> list[tuple[str, str]]:
    wall, processor, memory = found
    return [
        (f"{name}, wall", f"{wall:.1f} s"),
        (f"{name}, processor", f"{processor:.1f} s"),
        (f"{name}, memory", f"{memory:.0f} MB"),
    ]


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--keep", type=Path, default=None)
    given = parser.parse_args()
    if given.hours * 3600 < 30 * (PIECE + 1):
        parser.error(f"--hours: at least {30 * (PIECE + 1) / 3600:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        place = given.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        rows = measure(given.hours, place)
    notes = NOTES.format(hours=given.hours)
    print(write_results("review_recordings", rows, notes, "av").read_text("utf-8"))


if __name__ == "__main__":
    main()
