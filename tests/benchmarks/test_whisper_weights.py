"""Weights that CTranslate2 itself has written, read back and renamed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from ctranslate2.specs.whisper_spec import WhisperSpec
from numpy.typing import NDArray

from benchmarks.peers.whisper_weights import convert, read_ctranslate2, to_openai
from hattama.models.store import ModelStore

LAYERS, HEADS, WIDTH, MELS, VOCABULARY, SOUND, TEXT = 2, 4, 16, 8, 30, 12, 10


def _fill(spec: WhisperSpec, key_bias: float) -> dict[str, NDArray[np.float32]]:
    """Give every layer random weights, and say which."""
    rng = np.random.default_rng(5)

    def draw(*shape: int) -> NDArray[np.float32]:
        return rng.standard_normal(shape).astype(np.float32)

    said: dict[str, NDArray[np.float32]] = {}
    for conv, inputs in ((spec.encoder.conv1, MELS), (spec.encoder.conv2, WIDTH)):
        conv.weight, conv.bias = draw(WIDTH, inputs, 3), draw(WIDTH)
    spec.encoder.position_encodings.encodings = draw(SOUND, WIDTH)
    spec.decoder.position_encodings.encodings = draw(TEXT, WIDTH)
    spec.decoder.embeddings.weight = spec.decoder.projection.weight = draw(VOCABULARY, WIDTH)
    said["position"] = spec.decoder.position_encodings.encodings
    for norm in (spec.encoder.layer_norm, spec.decoder.layer_norm):
        norm.gamma, norm.beta = draw(WIDTH), draw(WIDTH)
    for layer in (*spec.encoder.layer, *spec.decoder.layer):
        blocks = [layer.self_attention, *([layer.attention] if hasattr(layer, "attention") else [])]
        for block in blocks:
            block.layer_norm.gamma, block.layer_norm.beta = draw(WIDTH), draw(WIDTH)
        _attention(layer.self_attention.linear, (3, 1), draw, key=1, key_bias=key_bias)
        if len(blocks) > 1:
            _attention(layer.attention.linear, (1, 2, 1), draw, key=0, key_bias=key_bias)
        layer.ffn.layer_norm.gamma, layer.ffn.layer_norm.beta = draw(WIDTH), draw(WIDTH)
        for linear, shape in (
            (layer.ffn.linear_0, (4 * WIDTH, WIDTH)), (layer.ffn.linear_1, (WIDTH, 4 * WIDTH)),
        ):  # fmt: skip
            linear.weight, linear.bias = draw(*shape), draw(shape[0])
    last = spec.decoder.layer[-1].attention.linear[1].weight
    said["key"], said["value"] = last[:WIDTH], last[WIDTH:]
    said["query"] = spec.encoder.layer[0].self_attention.linear[0].weight[:WIDTH]
    return said


def _attention(
    linears: Sequence[Any],
    joined: tuple[int, ...],
    draw: Callable[..., NDArray[np.float32]],
    key: int,
    key_bias: float,
) -> None:
    """Linear layers of an attention; the key's bias is zero, as Whisper has none."""
    for linear, parts in zip(linears, joined, strict=True):
        linear.weight, linear.bias = draw(parts * WIDTH, WIDTH), draw(parts * WIDTH)
        if parts > 1:
            linear.bias[key * WIDTH : (key + 1) * WIDTH] = key_bias


@pytest.fixture
def spec() -> WhisperSpec:
    return WhisperSpec(LAYERS, HEADS, LAYERS, HEADS)


def _save(spec: WhisperSpec, folder: Path) -> Path:
    spec.register_vocabulary([f"t{n}" for n in range(VOCABULARY)])
    spec.validate()
    spec.save(str(folder))
    return folder


def test_every_tensor_of_ctranslate2_gets_its_name_and_place(
    spec: WhisperSpec, tmp_path: Path
) -> None:
    said = _fill(spec, key_bias=0.0)
    path = convert(_save(spec, tmp_path), tmp_path / "weights.pt")
    checkpoint = torch.load(path, weights_only=True)
    assert checkpoint["dims"] == {
        "n_mels": MELS, "n_audio_ctx": SOUND, "n_audio_state": WIDTH, "n_audio_head": HEADS,
        "n_audio_layer": LAYERS, "n_vocab": VOCABULARY, "n_text_ctx": TEXT, "n_text_state": WIDTH,
        "n_text_head": HEADS, "n_text_layer": LAYERS,
    }  # fmt: skip
    state = {name: tensor.numpy() for name, tensor in checkpoint["model_state_dict"].items()}
    # 2 convolutions and 4 norms' halves; 15 tensors a block, 9 more where it attends to sound.
    assert len(state) == 4 + 4 + 3 + 15 * LAYERS + 24 * LAYERS
    cross = f"decoder.blocks.{LAYERS - 1}.cross_attn"
    np.testing.assert_array_equal(state[f"{cross}.key.weight"], said["key"])
    np.testing.assert_array_equal(state[f"{cross}.value.weight"], said["value"])
    np.testing.assert_array_equal(state["encoder.blocks.0.attn.query.weight"], said["query"])
    np.testing.assert_array_equal(state["decoder.positional_embedding"], said["position"])
    assert f"{cross}.key.bias" not in state


def test_a_key_with_a_bias_is_no_whisper(spec: WhisperSpec, tmp_path: Path) -> None:
    _fill(spec, key_bias=0.5)
    variables = read_ctranslate2(_save(spec, tmp_path) / "model.bin")
    with pytest.raises(ValueError, match="a bias of the key"):
        to_openai(variables)


def test_another_version_of_the_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"\x63\0\0\0")
    with pytest.raises(ValueError, match="is of version 99"):
        read_ctranslate2(path)


@pytest.mark.weights
def test_whisper_base_comes_back_with_its_dimensions(store: ModelStore) -> None:
    checkpoint = to_openai(read_ctranslate2(store.require("whisper-base") / "model.bin"))
    dims, state = checkpoint["dims"], checkpoint["model_state_dict"]
    assert isinstance(dims, dict)
    assert isinstance(state, dict)
    assert (dims["n_vocab"], dims["n_audio_layer"], dims["n_text_head"]) == (51865, 6, 8)
    assert len(state) == 245  # the keys of openai-whisper's base.pt
