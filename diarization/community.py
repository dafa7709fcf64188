"""pyannote's community-1 pipeline, where its weights are in the store.

Its model is gated, so the project cannot ship it. Unlike `PyannoteDiarizer` it holds the whole
recording in memory (230 MB an hour) and clusters in memory that grows with the square of its
length. Its own parameters stay as they were published: of the settings only the number of
speakers and the threads are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from hattama.diarization.libraries import import_pyannote
from hattama.diarization.options import DiarizationOptions
from hattama.diarization.protocols import SAMPLE_RATE_HZ
from hattama.diarization.turns import Diarization, Turn, named_by_appearance
from hattama.diarization.weights import Weights, best_device

if TYPE_CHECKING:
    from collections.abc import Callable

    from hattama.diarization.protocols import Progress, Samples

MODEL = "community-1"
STAGES = {"segmentation": (0.0, 0.2), "embeddings": (0.2, 1.0)}
"""Part of the progress that each of the pipeline's long steps takes."""


class CommunityDiarizer:
    """The pipeline `pyannote/speaker-diarization-community-1` from local weights.

    Parameters
    ----------
    store
        Holds the model `community-1`.
    options
        Number of speakers and threads.
    load
        Makes the pipeline from the store; `load_pipeline` but in tests.

    Raises
    ------
    hattama.models.errors.ModelsError
        The model is missing or its bytes are not the published ones.
    """

    def __init__(
        self,
        store: Weights,
        options: DiarizationOptions | None = None,
        load: Callable[[Weights], Any] | None = None,
    ) -> None:
        self.options = options or DiarizationOptions()
        self._pipeline = (load or load_pipeline)(store)

    def diarize(self, samples: Samples, progress: Progress | None = None) -> Diarization:
        """Turns of the whole recording, labelled `SPEAKER_00`, … by first appearance."""
        if len(samples) == 0:
            return Diarization((), ())
        waveform = torch.from_numpy(samples.read(0, len(samples)))[None]
        file = {"waveform": waveform, "sample_rate": SAMPLE_RATE_HZ, "uri": "recording"}
        threads = torch.get_num_threads()
        torch.set_num_threads(self.options.threads or threads)
        try:
            output = self._pipeline(file, hook=_hook(progress), **self._bounds())
        finally:
            torch.set_num_threads(threads)
        if progress is not None:
            progress(1.0)
        return from_pyannote(output)

    def _bounds(self) -> dict[str, int]:
        options = self.options
        if options.speakers is not None:
            return {"num_speakers": options.speakers}
        given = {"min_speakers": options.min_speakers, "max_speakers": options.max_speakers}
        return {name: value for name, value in given.items() if value is not None}


def load_pipeline(store: Weights) -> Any:
    """The pipeline, on CUDA where there is one; nothing is fetched."""
    pipeline = import_pyannote("pyannote.audio").Pipeline.from_pretrained(store.require(MODEL))
    return pipeline.to(best_device())


def from_pyannote(output: Any) -> Diarization:
    """Turns of the output of a pyannote.audio 4 diarization pipeline."""
    both = Diarization(
        _turns(output.speaker_diarization), _turns(output.exclusive_speaker_diarization)
    )
    return named_by_appearance(both)


def _turns(annotation: Any) -> tuple[Turn, ...]:
    tracks = annotation.itertracks(yield_label=True)
    return tuple(sorted(Turn(span.start, span.end, str(label)) for span, _, label in tracks))


def _hook(progress: Progress | None) -> Callable[..., None]:
    def hook(
        step: str,
        _artifact: object = None,
        *_others: object,
        total: int | None = None,
        completed: int | None = None,
        **_named: object,
    ) -> None:
        if progress is None or step not in STAGES or not total or completed is None:
            return
        start, end = STAGES[step]
        progress(start + (end - start) * completed / total)

    return hook
