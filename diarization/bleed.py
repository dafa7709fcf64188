"""Which microphones are spoken into: level above noise and above what others bleed into them.

A voice reaches its own microphone first and loudest and every other one some decibels down. How
far down is measured on the recording itself, for each pair of microphones, where one of them is
clearly the loudest. A microphone is then spoken into where its level is above its own noise and
above what the loudest of the others explains; two people at two microphones are both above it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from hattama.diarization.spans import hysteresis, marked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hattama.diarization.protocols import Progress, Samples

FRAME_SAMPLES = 256
"""16 ms."""
FRAME_S = FRAME_SAMPLES / 16_000
SMOOTH_FRAMES = 5
"""Levels are means over 80 ms, about a syllable."""
SILENCE_DB = -100.0
"""Level of digital silence."""
QUIETEST_BELOW_LOUDEST_DB = 50.0
"""What is this far below the loudest microphone is never speech."""
FLOOR_BLOCK_FRAMES = 63
FLOOR_BLOCKS = 31
"""The noise of a frame is the quietest second within 15 s of it."""
ABOVE_NOISE_DB = 9.0
"""Speech is at least this far above the noise."""
ABOVE_BLEED_DB = 9.0
"""Speech is at least this far above what other microphones explain."""
HOLD_DB = 3.0
"""Once begun, speech may fall this far below both before it ends."""
CLEARLY_DB = 6.0
"""A microphone that is this far above all others has the speaker to itself."""
USUAL_BLEED_DB = -12.0
"""Bleed between two microphones where the recording does not show it."""
FEWEST_FRAMES = 30
"""Frames, about half a second, from which bleed is measured."""
READ_FRAMES = 3_750
"""A minute is read at a time."""


def frame_levels(
    tracks: Sequence[Samples], progress: Progress | None = None
) -> NDArray[np.float32]:
    """Level of each microphone in dBFS, means over 80 ms every 16 ms, shape (frames, tracks)."""
    frames = min(len(track) for track in tracks) // FRAME_SAMPLES
    power = np.zeros((frames, len(tracks)), np.float32)
    for first in range(0, frames, READ_FRAMES):
        last = min(first + READ_FRAMES, frames)
        for number, track in enumerate(tracks):
            heard = track.read(first * FRAME_SAMPLES, last * FRAME_SAMPLES)
            shaped = heard.reshape(last - first, FRAME_SAMPLES)
            power[first:last, number] = np.einsum("fs,fs->f", shaped, shaped) / FRAME_SAMPLES
        if progress is not None:
            progress(last / frames)
    smooth = uniform_filter1d(power, SMOOTH_FRAMES, axis=0)
    levels: NDArray[np.float32] = 10 * np.log10(np.maximum(smooth, 10 ** (SILENCE_DB / 10)))
    return levels


def noise_floor(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Noise of each microphone around each frame, dBFS, shape (frames, tracks)."""
    blocks = -(-len(levels) // FLOOR_BLOCK_FRAMES)
    missing = blocks * FLOOR_BLOCK_FRAMES - len(levels)
    padded = np.pad(levels, ((0, missing), (0, 0)), mode="edge")
    lowest = padded.reshape(blocks, FLOOR_BLOCK_FRAMES, -1).min(axis=1)
    quietest = minimum_filter1d(lowest, FLOOR_BLOCKS, axis=0, mode="nearest")
    floor = np.repeat(quietest, FLOOR_BLOCK_FRAMES, axis=0)[: len(levels)]
    audible = np.float32(levels.max() - QUIETEST_BELOW_LOUDEST_DB)
    return np.asarray(np.maximum(floor, audible), np.float32)


def equalised(levels: NDArray[np.float32], floor: NDArray[np.float32]) -> NDArray[np.float32]:
    """Levels less each microphone's gain, so that microphones of unlike gain can be compared.

    The gain is taken from the lower quartile of the level while anybody speaks: that is bleed,
    unless one person speaks three quarters of the time.
    """
    speech = (levels - floor > ABOVE_NOISE_DB).any(axis=1)
    if speech.sum() < FEWEST_FRAMES:
        return levels
    return (levels - np.percentile(levels[speech], 25, axis=0)).astype(np.float32)


def bleed_between(levels: NDArray[np.float32], heard: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Level at microphone j less that at i while only i is spoken into, dB, shape (tracks, tracks).

    Parameters
    ----------
    levels
        Comparable levels, dB, shape (frames, tracks).
    heard
        Frames of each microphone that are above its noise, shape (frames, tracks).
    """
    count = levels.shape[1]
    bleed = np.full((count, count), USUAL_BLEED_DB, np.float32)
    ranked = np.sort(levels, axis=1)
    clear = ranked[:, -1] - ranked[:, -2] > CLEARLY_DB
    loudest = levels.argmax(axis=1)
    for source in range(count):
        frames = clear & (loudest == source) & heard[:, source]
        if frames.sum() >= FEWEST_FRAMES:
            fall = levels[frames] - levels[frames, source][:, None]
            bleed[source] = np.minimum(np.percentile(fall, 75, axis=0), -1.0)
    np.fill_diagonal(bleed, -np.inf)
    return bleed


def spoken_into(levels: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Frames in which each microphone has a speaker of its own, shape (frames, tracks)."""
    floor = noise_floor(levels)
    above_noise = levels - floor - ABOVE_NOISE_DB
    if levels.shape[1] == 1:
        margin = above_noise
    else:
        comparable = equalised(levels, floor)
        bleed = bleed_between(comparable, above_noise > 0)
        explained = np.stack(
            [(comparable + bleed[:, track]).max(axis=1) for track in range(levels.shape[1])], axis=1
        )
        margin = np.minimum(above_noise, comparable - explained - ABOVE_BLEED_DB)
    rows = [marked(hysteresis(row, 0.0, -HOLD_DB), len(row)) for row in margin.T]
    return np.stack(rows, axis=1)
