"""Runs: the stretches in which a local speaker of one window speaks, and how they sound.

A window's local speaker is often more than one person where voices are alike, so its voice is
taken a run at a time. The expensive part of CAM++ hears the recording once; its frames are then
pooled for each run of each window, so many runs cost hardly more than one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from hattama.diarization.protocols import SAMPLE_RATE_HZ
from hattama.diarization.segmentation import FIRST_FRAME_S, FRAME_S, WINDOW_SAMPLES, window_starts
from hattama.diarization.spans import bridged, chopped, spans
from hattama.diarization.voice_frames import VoiceFrames

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hattama.diarization.campplus_network import Campplus
    from hattama.diarization.protocols import Progress, Samples
    from hattama.diarization.segmentation import Segmenter

ACTIVE = 0.5
"""Probability from which a local speaker counts as speaking."""
PAUSE_FRAMES = 9
"""A pause of at most 0.15 s does not end a run."""
LONGEST_FRAMES = 180
"""Longer runs than about 3 s are cut into equal parts: two people may share a local speaker."""
FEWEST_CLEAN_FRAMES = 6
"""With less speech of its own, 0.1 s, a run is heard together with who overlaps it."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Every run of a recording, window by window; about 60 MB for 4.5 hours."""

    starts: NDArray[np.int64]
    """First sample of each window, shape (windows,)."""
    scores: NDArray[np.float16]
    """Probability that each local speaker speaks, shape (windows, frames, 3)."""
    places: NDArray[np.int32]
    """Window, local speaker, first frame and frame after the last of each run, shape (runs, 4)."""
    clean_s: NDArray[np.float32]
    """Speech of each run that nobody overlaps, seconds, shape (runs,)."""
    voices: NDArray[np.float32]
    """Unit vector of each run, shape (runs, 192)."""


def find_runs(
    samples: Samples,
    segmenter: Segmenter,
    network: Campplus,
    *,
    step_s: float,
    batch: int,
    progress: Progress | None = None,
) -> Runs:
    """Run both networks over a recording, window by window.

    Parameters
    ----------
    samples
        The recording; the windows of one batch are in memory at a time.
    segmenter, network
        What finds local speakers, and CAM++.
    step_s
        Step of the 10 s windows, seconds.
    batch
        Windows at a time.
    progress
        Called with the share that is done after each batch.
    """
    total = len(window_starts(len(samples), round(step_s * SAMPLE_RATE_HZ)))
    heard = VoiceFrames(samples, network)
    parts: list[Runs] = []
    done = 0
    for window in segmenter.windows(samples, step_s, batch):
        active = window.scores > ACTIVE
        places = run_places(active)
        masks = run_masks(active, places)
        first, last = int(window.starts[0]), int(window.starts[-1]) + WINDOW_SAMPLES
        run_starts = window.starts[places[:, 0]]
        voices = pooled_voices(network, *heard.between(first, last), masks, run_starts)
        clean_s = (masks & alone(active)[places[:, 0]]).sum(axis=1) * FRAME_S
        shifted = places + np.array([done, 0, 0, 0], np.int32)
        scores = window.scores.astype(np.float16)
        parts.append(Runs(window.starts, scores, shifted, clean_s.astype(np.float32), voices))
        done += len(window.starts)
        if progress is not None:
            progress(done / total)
    return Runs(
        np.concatenate([part.starts for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.places for part in parts]),
        np.concatenate([part.clean_s for part in parts]),
        np.concatenate([part.voices for part in parts]),
    )


def alone(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Frames in which exactly one local speaker speaks, shape (windows, frames)."""
    one: NDArray[np.bool_] = active.sum(axis=-1) == 1
    return one


def run_places(active: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Window, local speaker, first and after-last frame of each run, shape (runs, 4)."""
    places = [
        (window, speaker, start, end)
        for window, speakers in enumerate(active)
        for speaker in range(active.shape[2])
        for start, end in chopped(
            bridged(spans(speakers[:, speaker]), PAUSE_FRAMES), LONGEST_FRAMES
        )
    ]
    return np.array(places, np.int32).reshape(-1, 4)


def run_masks(active: NDArray[np.bool_], places: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Frames by which each run's voice is judged: clean ones where there are enough."""
    masks = np.zeros((len(places), active.shape[1]), bool)
    single = alone(active)
    for mask, (window, speaker, start, end) in zip(masks, places, strict=True):
        heard = active[window, start:end, speaker]
        clean = heard & single[window, start:end]
        mask[start:end] = clean if clean.sum() >= FEWEST_CLEAN_FRAMES else heard
    return masks


@torch.inference_mode()
def pooled_voices(
    network: Campplus,
    frames: torch.Tensor,
    middles: NDArray[np.int64],
    masks: NDArray[np.bool_],
    starts: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Unit vector of each run, shape (runs, 192); zero where a run has no frame.

    Parameters
    ----------
    network
        CAM++, ready to run.
    frames
        CAM++'s frames before pooling, shape (512, frames).
    middles
        Sample of the recording in the middle of each frame, shape (frames,).
    masks
        Segmentation frames that count for each run, shape (runs, segmentation frames).
    starts
        First sample of each run's window, shape (runs,).
    """
    if len(masks) == 0:
        return np.zeros((0, network.dimension), np.float32)
    inside_s = (middles[None] - starts[:, None]) / SAMPLE_RATE_HZ
    nearest = np.round((inside_s - FIRST_FRAME_S) / FRAME_S).astype(np.int64)
    heard = (nearest >= 0) & (nearest < masks.shape[1])
    counts = np.take_along_axis(masks, np.clip(nearest, 0, masks.shape[1] - 1), axis=1) & heard
    weights = torch.from_numpy(counts.astype(np.float32)).to(frames.device)
    voices = torch.nn.functional.normalize(network.pool(frames[None], weights[None])[0], dim=-1)
    pooled: NDArray[np.float32] = (voices * (weights.sum(dim=-1, keepdim=True) > 1)).cpu().numpy()
    return pooled
