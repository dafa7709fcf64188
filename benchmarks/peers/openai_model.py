"""The weights of the store as a model of openai-whisper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import whisper
from job import Answer


def load_openai(job: Answer) -> Any:
    """The model, with the heads for word times that belong to its weights."""
    model = whisper.load_model(job["openai"], device="cpu")
    config = json.loads((Path(job["model"]) / "config.json").read_text("utf-8"))
    heads = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
    for layer, head in config["alignment_heads"]:
        heads[layer, head] = True
    model.register_buffer("alignment_heads", heads.to_sparse(), persistent=False)
    return model
