"""Make hearings with known turns out of single-speaker recordings, to choose settings on.

    python -m benchmarks.synthetic_hearings VOICES OUT --count 12 --seed 1

VOICES holds FLAC or WAV files; the part of a file's name before the first hyphen is its speaker
(LibriSpeech's way). Each hearing draws its speakers, turns, pauses, interruptions, levels, room
and noise from the seed. The reference follows the level of the dry voices, so pauses of 0.3 s
and more inside a turn are not speech. Everything in it is synthetic but the voices.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from hattama.diarization.rttm import write_rttm
from hattama.diarization.turns import Turn

RATE = 16_000
FRAME = 160
SHORTEST = RATE // 10
Signal = NDArray[np.float32]


@dataclass(frozen=True)
class Scene:
    """What one hearing is drawn from."""

    speakers: int
    """People in the room."""
    turns: int
    """Turns altogether."""
    overlap: float
    """Share of the turns that begin before the one before has ended."""
    noise_db: float
    """Noise below speech, decibels."""
    reverberation_s: float
    """Time in which the room's sound falls by 60 dB; 0 is dry."""


def speech_runs(voice: Signal) -> list[tuple[int, int]]:
    """Stretches of speech by level, in samples; pauses under 0.3 s are bridged."""
    frames = len(voice) // FRAME
    power = np.square(voice[: frames * FRAME].reshape(frames, FRAME)).mean(1)
    level = 10 * np.log10(np.convolve(power, np.ones(3) / 3, "same") + 1e-10)
    loud = np.flatnonzero(level > np.percentile(level, 95) - 28)
    cuts = np.flatnonzero(np.diff(loud) > 30)
    starts = loud[np.concatenate([[0], cuts + 1])]
    ends = loud[np.concatenate([cuts, [len(loud) - 1]])] + 1
    runs = zip(starts * FRAME, ends * FRAME, strict=True)
    return [(int(start), int(end)) for start, end in runs if end - start > SHORTEST]


def room(reverberation_s: float, rng: np.random.Generator) -> Signal:
    """Direct sound and a decaying tail 6 dB below it."""
    if reverberation_s <= 0:
        return np.ones(1, np.float32)
    t = np.arange(int(reverberation_s * RATE)) / RATE
    tail = rng.standard_normal(len(t)) * 10 ** (-3 * t / reverberation_s)
    tail *= 10 ** (-6 / 20) / np.sqrt(np.sum(tail**2))
    tail[:32] = 0
    tail[0] = 1.0
    return tail.astype(np.float32)


def draw_scene(rng: np.random.Generator) -> Scene:
    """One hearing's circumstances."""
    return Scene(
        speakers=int(rng.integers(2, 8)),
        turns=int(rng.integers(18, 36)),
        overlap=float(rng.choice([0.0, 0.1, 0.25])),
        noise_db=float(rng.choice([40, 25, 18])),
        reverberation_s=float(rng.choice([0.0, 0.3, 0.6])),
    )


def compose(
    voices: dict[str, Signal], scene: Scene, rng: np.random.Generator
) -> tuple[Signal, list[Turn]]:
    """One hearing and its turns."""
    names = list(rng.choice(sorted(voices), scene.speakers, replace=False))
    gains = {name: 10 ** (rng.uniform(-6, 3) / 20) for name in names}
    rooms = {name: room(scene.reverberation_s, rng) for name in names}
    weights = rng.dirichlet(np.full(scene.speakers, 2.0)) + 0.05
    order = names + list(rng.choice(names, scene.turns, p=weights / weights.sum()))
    mix = np.zeros(RATE * 900, np.float32)
    turns: list[Turn] = []
    at, last, used = RATE, "", dict.fromkeys(names, 0)
    for name in order:
        if name == last:
            continue
        length = int(RATE * float(np.clip(rng.lognormal(1.3, 0.7), 1.0, 14.0)))
        voice = voices[name]
        piece = voice[used[name] : used[name] + length]
        used[name] += length
        early = len(turns) > 0 and rng.random() < scene.overlap
        gap_s = rng.uniform(-1.5, -0.3) if early else rng.uniform(0.1, 1.2)
        start = max(0, at + int(RATE * gap_s))
        runs = speech_runs(piece) if len(piece) > RATE // 2 else []
        if not runs:  # this voice is used up: no second is heard twice
            continue
        wet = fftconvolve(piece * np.float32(gains[name]), rooms[name])
        mix[start : start + len(wet)] += wet.astype(np.float32)
        turns += [Turn((start + a) / RATE, (start + b) / RATE, name) for a, b in runs]
        at, last = start + runs[-1][1], name
    mix = mix[: at + RATE]
    noise = rng.standard_normal(len(mix)).cumsum()
    noise -= np.convolve(noise, np.ones(400) / 400, "same")
    rms = float(np.sqrt(np.mean(mix**2)))
    mix += (noise / noise.std() * rms * 10 ** (-scene.noise_db / 20)).astype(np.float32)
    return mix / np.abs(mix).max() * np.float32(0.7), sorted(turns)


def load_voices(folder: Path) -> dict[str, Signal]:
    """All recordings of each speaker, one after the other, every one at the same level."""
    found: dict[str, list[Signal]] = {}
    for path in sorted([*folder.rglob("*.flac"), *folder.rglob("*.wav")]):
        signal, rate = sf.read(path, dtype="float32")
        if rate == RATE and signal.ndim == 1:
            level = np.sqrt(np.mean(signal**2)) + 1e-9
            found.setdefault(path.name.split("-")[0], []).append(signal * np.float32(0.05 / level))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def make(voices: Path, out: Path, count: int, seed: int) -> float:
    """Write `hearing-SEED-NN.flac` and `.rttm` into a folder; their length together, seconds."""
    recorded = load_voices(voices)
    out.mkdir(parents=True, exist_ok=True)
    seconds = 0.0
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        scene = draw_scene(rng)
        mix, turns = compose(recorded, scene, rng)
        name = f"hearing-{seed}-{number:02d}"
        sf.write(out / f"{name}.flac", mix, RATE)
        write_rttm(out / f"{name}.rttm", turns, name)
        seconds += len(mix) / RATE
        print(name, f"{len(mix) / RATE:.0f} s", scene, flush=True)
    return seconds


def main() -> None:
    """Compose hearings and keep them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("voices", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    make(given.voices, given.out, given.count, given.seed)


if __name__ == "__main__":
    main()
