"""Every second of a recording is heard once, and runs find their frames again."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from hattama.diarization.campplus_network import Campplus, weighted_statistics
from hattama.diarization.fake import FakeSamples
from hattama.diarization.runs import pooled_voices
from hattama.diarization.segmentation import FIRST_FRAME_S, FRAME_S
from hattama.diarization.voice_frames import BLOCK_SAMPLES, VoiceFrames


class LoudnessNetwork(Campplus):
    """Stands in for CAM++: a frame holds the mean of its filterbank energies, and is counted."""

    def __init__(self) -> None:
        super().__init__()
        self.heard_frames = 0

    def trunk(self, features: torch.Tensor) -> torch.Tensor:
        frames = features[:, ::2].mean(dim=-1)[:, None].expand(-1, 512, -1)
        self.heard_frames += frames.shape[-1]
        return frames

    def pool(self, frames: torch.Tensor, weights: torch.Tensor | None = None) -> torch.Tensor:
        assert weights is not None
        return weighted_statistics(frames, weights)[..., :1]


def noise(seconds: float) -> NDArray[np.float32]:
    return np.random.default_rng(12).standard_normal(int(seconds * 16_000)).astype(np.float32)


@pytest.mark.parametrize("seconds", [0.01, 0.4, 9.99, 10.0, 10.03, 25.0, 34.7])
def test_frames_cover_a_recording_once_every_20_ms(seconds: float) -> None:
    network = LoudnessNetwork()
    samples = FakeSamples(noise(seconds))
    frames, middles = VoiceFrames(samples, network).between(0, len(samples))
    assert frames.shape == (512, len(middles))
    steps = np.diff(middles)
    assert (steps > 0).all()
    assert (steps <= 3 * 320).all()
    assert len(samples) - middles[-1] < 1_000 or seconds < 0.5


def test_what_was_heard_is_not_heard_again() -> None:
    network = LoudnessNetwork()
    samples = FakeSamples(noise(60))
    frames = VoiceFrames(samples, network)
    for start in range(0, 55 * 16_000, 40_000):
        frames.between(start, start + BLOCK_SAMPLES)
    assert network.heard_frames <= 6 * 499


def test_a_run_is_pooled_from_its_own_seconds_whatever_the_window() -> None:
    signal = noise(30) * np.float32(0.001)
    signal[17 * 16_000 : 19 * 16_000] *= 1000
    network = LoudnessNetwork()
    frames, middles = VoiceFrames(FakeSamples(signal), network).between(0, 30 * 16_000)
    spoken: list[NDArray[np.float32]] = []
    for start_s in (10.0, 12.5, 15.0):
        at_s = start_s + FIRST_FRAME_S + np.arange(589) * FRAME_S
        masks = np.stack([(at_s > 17.1) & (at_s < 18.9), (at_s > 19.1) & (at_s < 19.6)])
        starts = np.full(2, int(start_s * 16_000))
        spoken.append(pooled_voices(network, frames, middles, masks, starts))
    assert np.array_equal(spoken[0], spoken[1])
    assert np.array_equal(spoken[0], spoken[2])
    assert spoken[0][0, 0] > 0 > spoken[0][1, 0]


def test_a_run_without_frames_has_no_voice() -> None:
    network = LoudnessNetwork()
    frames, middles = VoiceFrames(FakeSamples(noise(10)), network).between(0, 160_000)
    masks = np.zeros((2, 589), bool)
    voices = pooled_voices(network, frames, middles, masks, np.zeros(2, np.int64))
    assert not voices.any()
    empty = pooled_voices(network, frames, middles, masks[:0], np.zeros(0, np.int64))
    assert empty.shape == (0, 192)
