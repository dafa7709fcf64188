"""Diarizers by name, loaded from the store when they are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hattama.diarization.microphones import MicrophoneDiarizer
    from hattama.diarization.options import DiarizationOptions
    from hattama.diarization.protocols import Diarizer
    from hattama.diarization.room import Room
    from hattama.diarization.weights import Weights

Pipeline = Literal["hattama", "community-1"]
"""Who tells voices apart: Hattama's own windows and clustering, or pyannote's gated pipeline."""


def load_diarizer(
    store: Weights, options: DiarizationOptions, pipeline: Pipeline = "hattama"
) -> Diarizer:
    """Diarizer of mixed recordings; takes seconds, because it loads PyTorch and the networks.

    Raises
    ------
    hattama.models.errors.ModelsError
        A model of the pipeline is missing or its bytes are wrong.
    """
    if pipeline == "community-1":
        from hattama.diarization.community import CommunityDiarizer  # noqa: PLC0415  loads torch

        return CommunityDiarizer(store, options)
    from hattama.diarization.diarizer import PyannoteDiarizer  # noqa: PLC0415  loads torch

    return PyannoteDiarizer(store, options)


def load_microphone_diarizer(
    store: Weights, room: Room, options: DiarizationOptions, pipeline: Pipeline = "hattama"
) -> MicrophoneDiarizer:
    """Diarizer of recordings with one channel a microphone; see `load_diarizer`."""
    from hattama.diarization.campplus import CampplusEmbedder  # noqa: PLC0415  loads torch
    from hattama.diarization.microphones import MicrophoneDiarizer  # noqa: PLC0415  loads scipy

    return MicrophoneDiarizer(
        room, CampplusEmbedder(store), lambda: load_diarizer(store, options, pipeline)
    )
