"""Where somebody speaks: Silero VAD over a recording of any length.

The network is Silero VAD 6 (MIT, https://github.com/snakers4/silero-vad), the ONNX file that
faster-whisper carries. It is run block by block with its state kept, so memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hattama.diarization.protocols import SAMPLE_RATE_HZ, Samples

FRAME_SAMPLES = 512
"""Samples for each probability: 32 ms."""
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ
_CONTEXT_SAMPLES = 64
_STATE_SIZE = 128
_BLOCK_FRAMES = 1875
"""Frames read at once: one minute."""

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class GainOptions:
    """Gain that the network alone hears: it drops quiet speech that people still understand."""

    target_rms: float = 0.08
    """Level to which speech is raised, full scale = 1."""
    most: float = 10.0
    """Largest gain, as a factor."""


class VoiceActivity(Protocol):
    """Tells speech from everything else."""

    def probabilities(
        self, samples: Samples, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Probability of speech for each 32 ms frame, shape (ceil(len / 512),), 0 to 1."""
        ...


class SileroVad:
    """Silero VAD on ONNX Runtime, one thread."""

    def __init__(self, model: Path | None = None, gain: GainOptions | None = None) -> None:
        """Load the network; `model` is an ONNX file, by default the one in faster-whisper."""
        import onnxruntime  # noqa: PLC0415  importing the module must stay light

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        self.path = model or embedded_model()
        self._gain = gain or GainOptions()
        self._session = onnxruntime.InferenceSession(
            str(self.path), sess_options=options, providers=["CPUExecutionProvider"]
        )

    def probabilities(
        self, samples: Samples, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Probability of speech for each 32 ms frame; see `VoiceActivity`."""
        gain = speech_gain(samples, self._gain)
        hidden = np.zeros((1, 1, _STATE_SIZE), np.float32)
        cell = np.zeros((1, 1, _STATE_SIZE), np.float32)
        context = np.zeros(_CONTEXT_SAMPLES, np.float32)
        found: list[NDArray[np.float32]] = []
        for frames, share in _blocks(samples):
            heard = np.clip(frames * gain, -1, 1).astype(np.float32)
            before = np.concatenate([context[None], heard[:-1, -_CONTEXT_SAMPLES:]])
            output, hidden, cell = self._session.run(
                None, {"input": np.concatenate([before, heard], 1), "h": hidden, "c": cell}
            )
            context = heard[-1, -_CONTEXT_SAMPLES:]
            found.append(np.asarray(output, np.float32).reshape(-1))
            if progress is not None:
                progress(share)
        return np.concatenate(found) if found else np.zeros(0, np.float32)


class FakeVoiceActivity:
    """For tests: a frame is speech when its level is above a threshold."""

    def __init__(self, threshold_rms: float = 0.01) -> None:
        self._threshold = threshold_rms

    def probabilities(
        self, samples: Samples, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """1 for loud frames, 0 for quiet ones."""
        found = [np.zeros(0, np.float32)]
        for frames, share in _blocks(samples):
            level = np.sqrt(np.mean(frames**2, axis=1))
            found.append((level > self._threshold).astype(np.float32))
            if progress is not None:
                progress(share)
        return np.concatenate(found)


def embedded_model() -> Path:
    """ONNX file of Silero VAD inside the faster-whisper package."""
    from faster_whisper.utils import get_assets_path  # noqa: PLC0415  keeps the import light

    return Path(get_assets_path()) / "silero_vad_v6.onnx"


def speech_gain(samples: Samples, options: GainOptions) -> float:
    """Gain that brings the loud tenth of the recording to the target level, 1 to `most`.

    The 90th percentile of the frames' levels stands for speech: a mean over a hearing would be
    the level of its pauses.
    """
    levels = [np.sqrt(np.mean(frames**2, axis=1)) for frames, _ in _blocks(samples)]
    if not levels:
        return 1.0
    loud = float(np.percentile(np.concatenate(levels), 90))
    return 1.0 if loud == 0 else float(np.clip(options.target_rms / loud, 1.0, options.most))


def _blocks(samples: Samples) -> Iterator[tuple[NDArray[np.float32], float]]:
    """Frames of shape (n, 512) minute by minute, the last one padded, and the share read."""
    total = len(samples)
    step = _BLOCK_FRAMES * FRAME_SAMPLES
    for start in range(0, total, step):
        block = samples.read(start, min(start + step, total))
        missing = -len(block) % FRAME_SAMPLES
        padded = np.pad(block, (0, missing)) if missing else block
        yield padded.reshape(-1, FRAME_SAMPLES), min(1.0, (start + step) / total)
