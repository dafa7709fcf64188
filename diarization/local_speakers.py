"""Every window of a recording with its local speakers: when they speak and how they sound.

The expensive half of CAM++ runs once a window. Its frames are then pooled for each local speaker
with that speaker's mask, so three speakers cost hardly more than one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from hattama.diarization.campplus import features
from hattama.diarization.kaldi_fbank import FRAME_SAMPLES as FBANK_SAMPLES
from hattama.diarization.kaldi_fbank import HOP_SAMPLES
from hattama.diarization.protocols import SAMPLE_RATE_HZ, Progress, Samples
from hattama.diarization.segmentation import FIRST_FRAME_S, FRAME_S, Segmenter, window_starts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hattama.diarization.campplus_network import Campplus

ACTIVE = 0.5
"""Probability from which a local speaker counts as speaking when voices are pooled."""


@dataclass(frozen=True, slots=True)
class LocalSpeakers:
    """The windows of a whole recording; 23 MB for 4.5 hours at a step of 2.5 s."""

    starts: NDArray[np.int64]
    """First sample of each window, shape (windows,)."""
    scores: NDArray[np.float16]
    """Probability that each local speaker speaks, shape (windows, frames, 3)."""
    voices: NDArray[np.float32]
    """Unit vector of each local speaker, shape (windows, 3, 192); zero where nobody spoke alone."""
    clean_s: NDArray[np.float32]
    """Speech of each local speaker that nobody overlaps, seconds, shape (windows, 3)."""


def find_local_speakers(
    samples: Samples,
    segmenter: Segmenter,
    network: Campplus,
    *,
    step_s: float,
    batch: int,
    progress: Progress | None = None,
) -> LocalSpeakers:
    """Run both networks over a recording, window by window."""
    parts: list[
        tuple[NDArray[np.int64], NDArray[np.float16], NDArray[np.float32], NDArray[np.float32]]
    ]
    parts = []
    total = len(window_starts(len(samples), round(step_s * SAMPLE_RATE_HZ)))
    done = 0
    for window in segmenter.windows(samples, step_s, batch):
        masks = clean_masks(window.scores)
        voices = pooled_voices(network, window.waveforms, masks)
        clean_s = masks.sum(axis=1, dtype=np.float32) * np.float32(FRAME_S)
        parts.append((window.starts, window.scores.astype(np.float16), voices, clean_s))
        done += len(window.starts)
        if progress is not None:
            progress(done / total)
    starts, scores, voices, clean_s = (np.concatenate(part) for part in zip(*parts, strict=True))
    return LocalSpeakers(starts, scores, voices, clean_s)


def clean_masks(scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Frames in which a local speaker speaks alone, shape (windows, frames, 3)."""
    active = scores > ACTIVE
    alone: NDArray[np.bool_] = active & (active.sum(axis=-1, keepdims=True) == 1)
    return alone


@torch.inference_mode()
def pooled_voices(
    network: Campplus, waveforms: NDArray[np.float32], masks: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Unit vector of each local speaker, shape (windows, 3, 192).

    Parameters
    ----------
    network
        CAM++, ready to run.
    waveforms
        Shape (windows, samples).
    masks
        Segmentation frames that count for each speaker, shape (windows, frames, 3).
    """
    device = next(network.parameters()).device
    frames = network.trunk(features(torch.from_numpy(waveforms).to(device)))
    nearest = nearest_segmentation_frame(frames.shape[-1], masks.shape[1])
    weights = torch.from_numpy(masks[:, nearest].astype(np.float32)).to(device).transpose(1, 2)
    voices = torch.nn.functional.normalize(network.pool(frames, weights), dim=-1)
    heard = weights.sum(dim=-1, keepdim=True) > 1
    pooled: NDArray[np.float32] = (voices * heard).cpu().numpy()
    return pooled


def nearest_segmentation_frame(frames: int, available: int) -> NDArray[np.int64]:
    """Segmentation frame nearest in time to each of CAM++'s 20 ms frames, shape (frames,)."""
    middles_s = (np.arange(frames) * 2 * HOP_SAMPLES + FBANK_SAMPLES / 2) / SAMPLE_RATE_HZ
    nearest = np.round((middles_s - FIRST_FRAME_S) / FRAME_S).astype(np.int64)
    return np.clip(nearest, 0, available - 1)
