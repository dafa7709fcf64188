"""Whisper weights back from CTranslate2's form into that of openai-whisper.

The conversion only renames and splits tensors, so that peers which read openai-whisper's `.pt` run
on the very weights of the store. Form of CTranslate2's `model.bin`: version, name of the
specification, revision, number of variables; for each its name, shape, type, bytes; then aliases
(ctranslate2 `specs/model_spec.py`).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray

VERSION = 6
TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
Variables = dict[str, NDArray[np.generic]]
Weights = dict[str, NDArray[np.generic]]


def read_ctranslate2(path: Path) -> Variables:
    """Variables of a `model.bin` by name.

    Raises
    ------
    ValueError
        Another version of the form, or a type that is not read.
    """
    with path.open("rb") as stream:
        (version,) = _unpack(stream, "I")
        if version != VERSION:
            raise ValueError(f"{path.name} is of version {version}; version {VERSION} is read")
        _string(stream)
        _, count = _unpack(stream, "II")
        return dict(_variable(stream, path.name) for _ in range(count))


def to_openai(variables: Variables) -> dict[str, object]:
    """What `torch.save` keeps of an openai-whisper model: `dims` and `model_state_dict`."""
    weights: Weights = {}
    for side in ("encoder", "decoder"):
        for layer in range(_layers(variables, side)):
            weights |= _block(variables, f"{side}/layer_{layer}", f"{side}.blocks.{layer}")
        place = variables[f"{side}/position_encodings/encodings"]
        weights[f"{side}.positional_embedding"] = place
    for conv in ("conv1", "conv2"):
        weights |= _both(variables, f"encoder/{conv}", f"encoder.{conv}")
    weights |= _norm(variables, "encoder/layer_norm", "encoder.ln_post")
    weights |= _norm(variables, "decoder/layer_norm", "decoder.ln")
    weights["decoder.token_embedding.weight"] = variables["decoder/embeddings/weight"]
    state = {name: torch.from_numpy(w.copy()) for name, w in weights.items()}
    return {"dims": _dims(variables, weights), "model_state_dict": state}


def convert(model: Path, target: Path) -> Path:
    """Write the `.pt` of the CTranslate2 model in a folder."""
    partial = target.with_suffix(".part")
    torch.save(to_openai(read_ctranslate2(model / "model.bin")), partial)
    return partial.replace(target)


def _dims(variables: Variables, weights: Weights) -> dict[str, int]:
    audio, text = weights["encoder.positional_embedding"], weights["decoder.positional_embedding"]
    return {
        "n_mels": weights["encoder.conv1.weight"].shape[1],
        "n_audio_ctx": audio.shape[0],
        "n_audio_state": audio.shape[1],
        "n_audio_head": int(variables["encoder/num_heads"]),
        "n_audio_layer": _layers(variables, "encoder"),
        "n_vocab": weights["decoder.token_embedding.weight"].shape[0],
        "n_text_ctx": text.shape[0],
        "n_text_state": text.shape[1],
        "n_text_head": int(variables["decoder/num_heads"]),
        "n_text_layer": _layers(variables, "decoder"),
    }


def _layers(variables: Variables, side: str) -> int:
    numbered = (name.split("/")[1] for name in variables if name.startswith(f"{side}/layer_"))
    return len(set(numbered) - {"layer_norm"})


def _block(variables: Variables, ours: str, theirs: str) -> Weights:
    """Self-attention, attention to the sound where there is one, and the two linear layers."""
    weights = _norm(variables, f"{ours}/self_attention/layer_norm", f"{theirs}.attn_ln")
    joined = f"{ours}/self_attention/linear_0"
    weights |= _split(variables, joined, f"{theirs}.attn", ("query", "key", "value"))
    weights |= _both(variables, f"{ours}/self_attention/linear_1", f"{theirs}.attn.out")
    if f"{ours}/attention/linear_0/weight" in variables:
        cross = f"{theirs}.cross_attn"
        weights |= _norm(variables, f"{ours}/attention/layer_norm", f"{cross}_ln")
        weights |= _both(variables, f"{ours}/attention/linear_0", f"{cross}.query")
        weights |= _split(variables, f"{ours}/attention/linear_1", cross, ("key", "value"))
        weights |= _both(variables, f"{ours}/attention/linear_2", f"{cross}.out")
    weights |= _norm(variables, f"{ours}/ffn/layer_norm", f"{theirs}.mlp_ln")
    weights |= _both(variables, f"{ours}/ffn/linear_0", f"{theirs}.mlp.0")
    return weights | _both(variables, f"{ours}/ffn/linear_1", f"{theirs}.mlp.2")


def _both(variables: Variables, ours: str, theirs: str) -> Weights:
    return {f"{theirs}.{part}": variables[f"{ours}/{part}"] for part in ("weight", "bias")}


def _norm(variables: Variables, ours: str, theirs: str) -> Weights:
    return {
        f"{theirs}.weight": variables[f"{ours}/gamma"],
        f"{theirs}.bias": variables[f"{ours}/beta"],
    }


def _split(variables: Variables, ours: str, theirs: str, names: tuple[str, ...]) -> Weights:
    """Layers that CTranslate2 has joined; the key's bias is zero there and absent in the other."""
    weights: Weights = {}
    for part in ("weight", "bias"):
        pieces = np.split(variables[f"{ours}/{part}"], len(names))
        weights |= {f"{theirs}.{name}.{part}": w for name, w in zip(names, pieces, strict=True)}
    if np.any(weights.pop(f"{theirs}.key.bias")):
        raise ValueError(f"{ours}: a bias of the key, which openai-whisper has no place for")
    return weights


def _variable(stream: BinaryIO, source: str) -> tuple[str, NDArray[np.generic]]:
    name = _string(stream)
    (rank,) = _unpack(stream, "B")
    shape = _unpack(stream, f"{rank}I")
    kind, length = _unpack(stream, "<BI")
    if kind not in TYPES:
        raise ValueError(f"{source}: {name} is of type {kind}; allowed are {sorted(TYPES)}")
    return name, np.frombuffer(stream.read(length), TYPES[kind]).reshape(shape)


def _string(stream: BinaryIO) -> str:
    (length,) = _unpack(stream, "H")
    return stream.read(length).rstrip(b"\0").decode()


def _unpack(stream: BinaryIO, form: str) -> tuple[int, ...]:
    return struct.unpack(form, stream.read(struct.calcsize(form)))
