"""A CTC model in ONNX form, loaded by onnx-asr: sound in, posteriors out.

onnx-asr computes the features as each model was trained; features made otherwise cost GigaAM half
of its accuracy. Its public functions give text and times but no posteriors, which alignment and
confidences need, so the two steps before its decoder are called here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from hattama.diarization.protocols import SAMPLE_RATE_HZ
from hattama.engine.alignment.vocabulary import Vocabulary
from hattama.engine.errors import EngineError
from hattama.engine.recognisers.protocol import Device

CtcArchitecture = Literal["gigaam-ctc", "nemo-ctc"]
CTC_ARCHITECTURES: tuple[CtcArchitecture, ...] = get_args(CtcArchitecture)
_TYPES: dict[CtcArchitecture, str] = {
    "gigaam-ctc": "gigaam-multilingual-ctc",
    "nemo-ctc": "nemo-conformer-ctc",
}
"""What onnx-asr calls them."""

TAIL_S = 0.3
"""Silence put after the sound: without it the last word is cut (FIELD notes of GigaAM users)."""
_SHORTEST_S = 0.1
"""Shorter sound is padded to this: the features need a few frames."""


class BadCtcModelError(EngineError):
    """The files of a CTC model do not fit together."""


class CtcModel:
    """Posteriors of characters or pieces of words."""

    def __init__(self, asr: Any) -> None:
        """Wrap onnx-asr's model; `load` is the usual way."""
        self._asr = asr
        tokens: dict[int, str] = asr._vocab  # noqa: SLF001  see the module's docstring
        self.vocabulary = Vocabulary(
            [tokens[i] for i in range(len(tokens))],
            int(asr._blank_idx),  # noqa: SLF001  likewise
        )
        self.frame_s = float(asr.window_step) * int(asr._subsampling_factor)  # noqa: SLF001  likewise

    @classmethod
    def load(
        cls,
        folder: Path,
        main: str,
        architecture: CtcArchitecture,
        *,
        device: Device = "auto",
        threads: int = 0,
    ) -> CtcModel:
        """Load the model in `folder`.

        Parameters
        ----------
        folder
            Holds the weights, the vocabulary and config.json under the names of their export.
        main
            Name of the weights' file; `.int8.` in it tells the quantised form.
        architecture
            Which family it is of.
        device
            `auto` and `cuda` take a GPU where ONNX Runtime offers one, else the processor.
        threads
            Processor threads; 0 takes the library's own choice.

        Raises
        ------
        BadCtcModelError
            A file is missing beside the weights, or they are of another family.
        """
        import onnx_asr  # noqa: PLC0415  importing this module must stay light
        import onnxruntime  # noqa: PLC0415

        there = onnxruntime.get_available_providers()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            adapter = onnx_asr.load_model(
                _TYPES[architecture],
                folder,
                quantization="int8" if ".int8." in main else None,
                sess_options=options,
                providers=[p for p in _providers(device) if p in there],
            )
            return cls(cast("Any", adapter).asr)
        except (OSError, ValueError, KeyError, AttributeError, RuntimeError) as error:
            raise BadCtcModelError(
                "The model in {folder} cannot be loaded as {architecture}: {reason}. Pull it again "
                "with `hattama models pull`.",
                folder=folder,
                architecture=architecture,
                reason=error,
            ) from error

    def log_probs(self, signals: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.float32], ...]:
        """Logarithms of posteriors of 16 kHz mono signals, heard as one batch.

        Parameters
        ----------
        signals
            Each of shape (n,), -1 to 1.

        Returns
        -------
        tuple of arrays
            Each of shape (frames, vocabulary); the frames cover the signal and `TAIL_S` after it.
        """
        if not signals:
            return ()
        shortest = round(_SHORTEST_S * SAMPLE_RATE_HZ)
        tail = round(TAIL_S * SAMPLE_RATE_HZ)
        lengths = np.array([max(len(s), shortest) + tail for s in signals], np.int64)
        batch = np.zeros((len(signals), int(lengths.max())), np.float32)
        for row, signal in zip(batch, signals, strict=True):
            row[: len(signal)] = signal
        features = self._asr._preprocessor(batch, lengths)  # noqa: SLF001  see the docstring above
        found, frames = self._asr._encode(*features)  # noqa: SLF001  likewise
        return tuple(row[:count] for row, count in zip(found, frames, strict=True))


def _providers(device: Device) -> tuple[str, ...]:
    """ONNX Runtime's names, the first choice first."""
    processor = "CPUExecutionProvider"
    return (processor,) if device == "cpu" else ("CUDAExecutionProvider", processor)
