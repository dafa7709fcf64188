"""The community-1 pipeline: its call and its output, with a fake in place of the gated weights."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pyannote.core import Annotation, Segment

from hattama.diarization.community import CommunityDiarizer
from hattama.diarization.fake import FakeSamples
from hattama.diarization.options import DiarizationOptions
from hattama.diarization.turns import Diarization, Turn


class NoStore:
    def require(self, name: str) -> Path:
        raise LookupError(name)


class FakePipeline:
    """Answers like pyannote.audio 4 and remembers how it was called."""

    def __init__(self) -> None:
        self.called: dict[str, Any] = {}

    def __call__(self, file: dict[str, Any], *, hook: Any, **bounds: int) -> SimpleNamespace:
        self.called = {
            "shape": tuple(file["waveform"].shape),
            "rate": file["sample_rate"],
            **bounds,
        }
        for step in ("segmentation", "embeddings", "clustering"):
            for completed in (1, 2):
                hook(step, None, file=file, total=2, completed=completed)
        hook("segmentation", None)
        both, alone = Annotation(), Annotation()
        both[Segment(4.0, 9.0), "a"] = "B"
        both[Segment(1.0, 5.0), "b"] = "A"
        alone[Segment(1.0, 4.5), "a"] = "A"
        alone[Segment(4.5, 9.0), "b"] = "B"
        return SimpleNamespace(speaker_diarization=both, exclusive_speaker_diarization=alone)


@pytest.mark.parametrize(
    ("options", "bounds"),
    [
        (DiarizationOptions(), {}),
        (DiarizationOptions(speakers=3, max_speakers=9), {"num_speakers": 3}),
        (DiarizationOptions(min_speakers=2), {"min_speakers": 2}),
        (
            DiarizationOptions(min_speakers=2, max_speakers=4),
            {"min_speakers": 2, "max_speakers": 4},
        ),
    ],
)
def test_the_pipeline_is_told_the_bounds_and_hears_the_whole_recording(
    options: DiarizationOptions, bounds: dict[str, int]
) -> None:
    pipeline = FakePipeline()
    diarizer = CommunityDiarizer(NoStore(), options, load=lambda _store: pipeline)
    diarizer.diarize(FakeSamples(np.zeros(160_000, np.float32)))
    assert pipeline.called == {"shape": (1, 160_000), "rate": 16_000, **bounds}


def test_its_turns_are_named_by_appearance_and_overlap_is_kept() -> None:
    shares: list[float] = []
    diarizer = CommunityDiarizer(NoStore(), load=lambda _store: FakePipeline())
    found = diarizer.diarize(FakeSamples(np.zeros(160_000, np.float32)), shares.append)
    assert found == Diarization(
        (Turn(1.0, 5.0, "SPEAKER_00"), Turn(4.0, 9.0, "SPEAKER_01")),
        (Turn(1.0, 4.5, "SPEAKER_00"), Turn(4.5, 9.0, "SPEAKER_01")),
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_nothing_is_loaded_without_the_weights_and_an_empty_recording_has_no_turn() -> None:
    with pytest.raises(LookupError, match="community-1"):
        CommunityDiarizer(NoStore())
    diarizer = CommunityDiarizer(NoStore(), load=lambda _store: FakePipeline())
    assert diarizer.diarize(FakeSamples(np.zeros(0, np.float32))) == Diarization((), ())
