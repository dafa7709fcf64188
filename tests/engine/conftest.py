"""A CTC model that hears tones: each token is a tone, silence is the blank.

It has the inputs, outputs, vocabulary and config of the real exports and goes through the real
loader and the real features; only its one layer is made by hand, so that the answer is known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

RATE = 16_000
SPACE = "\u2581"
CYRILLIC = [chr(code) for code in range(ord("а"), ord("я") + 1)]
LATIN = [chr(code) for code in range(ord("a"), ord("z") + 1)]
LETTERS = [SPACE, *LATIN, "'", *CYRILLIC, "ё", *"әіңғүұқөһ", "<blk>"]
PIECES = ["<unk>", SPACE + "суд", "ья", SPACE + "ид", "ет", SPACE + "сот", "қа", "<blk>"]


@dataclass(frozen=True)
class Family:
    """How one family of exports looks from outside."""

    type: str
    filters: str
    model: str
    vocabulary: str
    inputs: tuple[str, str]
    output: str
    config: dict[str, object]
    step: int
    gain: float
    threshold: float


GIGAAM = Family(
    "gigaam-multilingual-ctc",
    "gigaam_v3",
    "multilingual_ctc.int8.onnx",
    "multilingual_vocab.txt",
    ("features", "feature_lengths"),
    "log_probs",
    {"model_type": "gigaam", "features_size": 64, "subsampling_factor": 4, "version": "v3"},
    4,
    1.0,
    -2.0,
)
NEMO = Family(
    "nemo-conformer-ctc",
    "nemo80",
    "model.onnx",
    "vocab.txt",
    ("audio_signal", "length"),
    "logprobs",
    {"model_type": "nemo-conformer-ctc", "features_size": 80, "subsampling_factor": 8},
    8,
    5.0,
    1.0,
)


ENTRY = """
[tones]
task = "recognition"
architecture = "gigaam-ctc"
licence = "MIT"
languages = ["kk", "ru"]
revision = "1"
description = "hears tones"
rank = {{ kk = 99, ru = 99 }}
main = "{main}"
files = [{{ name = "{main}" }}, {{ name = "{vocabulary}" }}, {{ name = "config.json" }}]
sources = [{{ kind = "folder", path = "nowhere" }}]
"""


@dataclass(frozen=True)
class ToneModel:
    """A model in a folder, and the voice that it understands."""

    folder: Path
    family: Family
    bands: dict[str, int]

    @property
    def entry(self) -> str:
        """What a catalogue says of it, under the name `tones`."""
        return ENTRY.format(main=self.family.model, vocabulary=self.family.vocabulary)

    def sing(self, tokens: Sequence[str], silence_s: float = 0.2) -> NDArray[np.float32]:
        """Each token for three frames, a frame of silence after it."""
        frame_s = self.family.step / 100
        pieces = [np.zeros(round(silence_s * RATE))]
        for token in tokens:
            time = np.arange(round(3 * frame_s * RATE)) / RATE
            pieces.append(0.3 * np.sin(2 * np.pi * self._hertz(token) * time))
            pieces.append(np.zeros(round(frame_s * RATE)))
        pieces.append(np.zeros(round(silence_s * RATE)))
        return np.concatenate(pieces).astype(np.float32)

    def starts(self, tokens: Sequence[str], silence_s: float = 0.2) -> list[float]:
        """When each token begins in what `sing` gives, seconds."""
        return [silence_s + i * 4 * self.family.step / 100 for i in range(len(tokens))]

    def _hertz(self, token: str) -> float:
        column = filters(self.family)[:, self.bands[token]]
        bins = np.arange(len(column)) * (RATE / 2 / (len(column) - 1))
        return float((bins * column).sum() / column.sum())


def filters(family: Family) -> NDArray[np.float32]:
    """The family's mel filters, shape (bins, bands), as onnx-asr carries them."""
    data = files("onnx_asr.preprocessors") / "data" / "fbanks.npz"
    with data.open("rb") as stream, np.load(stream) as table:
        return np.asarray(table[family.filters], np.float32)


def build(folder: Path, family: Family, tokens: list[str], sung: Sequence[str]) -> ToneModel:
    import onnx  # noqa: PLC0415  slow; only these tests need it
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415  likewise

    folder.mkdir(parents=True, exist_ok=True)
    bands = {token: 6 + 3 * i for i, token in enumerate(sung)}
    count = filters(family).shape[1]
    weights = np.zeros((count, len(tokens)), np.float32)
    bias = np.full(len(tokens), -50.0, np.float32)
    for token, band in bands.items():
        weights[band, tokens.index(token)] = family.gain
        bias[tokens.index(token)] = 0.0
    bias[tokens.index("<blk>")] = family.threshold * family.gain
    graph = helper.make_graph(
        [
            helper.make_node(
                "AveragePool", [family.inputs[0]], ["pooled"],
                kernel_shape=[family.step], strides=[family.step], ceil_mode=1,
            ),
            helper.make_node("Transpose", ["pooled"], ["rows"], perm=[0, 2, 1]),
            helper.make_node("MatMul", ["rows", "weights"], ["scores"]),
            helper.make_node("Add", ["scores", "bias"], ["logits"]),
            helper.make_node("LogSoftmax", ["logits"], [family.output], axis=-1),
        ],
        "tones",
        [
            helper.make_tensor_value_info(family.inputs[0], TensorProto.FLOAT, ["b", count, "t"]),
            helper.make_tensor_value_info(family.inputs[1], TensorProto.INT64, ["b"]),
        ],
        [helper.make_tensor_value_info(family.output, TensorProto.FLOAT, ["b", "f", len(tokens)])],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(bias, "bias")],
    )  # fmt: skip
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    onnx.checker.check_model(made)
    onnx.save(made, folder / family.model)
    lines = "".join(f"{token} {i}\n" for i, token in enumerate(tokens))
    (folder / family.vocabulary).write_text(lines, "utf-8")
    (folder / "config.json").write_text(json.dumps(family.config), "utf-8")
    return ToneModel(folder, family, bands)


@pytest.fixture(scope="session")
def gigaam(tmp_path_factory: pytest.TempPathFactory) -> ToneModel:
    """A model of the interface of GigaAM-Multilingual: 71 characters, frames of 40 ms."""
    sung = [SPACE, *"менвчрасотқклдіc"]
    return build(tmp_path_factory.mktemp("gigaam"), GIGAAM, LETTERS, sung)


@pytest.fixture(scope="session")
def nemo(tmp_path_factory: pytest.TempPathFactory) -> ToneModel:
    """A model of the interface of a NeMo export: pieces of words, frames of 80 ms."""
    return build(tmp_path_factory.mktemp("nemo"), NEMO, PIECES, PIECES[1:-1])


@pytest.fixture(scope="session")
def tone_model() -> Callable[..., ToneModel]:
    """Build another one: folder, family, tokens, those that are sung."""
    return build
