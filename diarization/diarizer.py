"""Who speaks when in a mixed recording: segmentation, voices, clustering, turns."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import torch

from hattama.diarization.assignment import assign
from hattama.diarization.campplus import load_campplus
from hattama.diarization.clustering import people
from hattama.diarization.options import DiarizationOptions
from hattama.diarization.protocols import SAMPLE_RATE_HZ
from hattama.diarization.runs import find_runs
from hattama.diarization.segmentation import Segmenter
from hattama.diarization.stitching import find_turns
from hattama.diarization.turns import Diarization, named_by_appearance

if TYPE_CHECKING:
    from hattama.diarization.protocols import Progress, Samples
    from hattama.diarization.runs import Runs
    from hattama.diarization.weights import Weights

logger = logging.getLogger(__name__)


class PyannoteDiarizer:
    """Segmentation by pyannote.audio and voices by CAM++, from local weights.

    Parameters
    ----------
    store
        Holds the models `segmentation-3.0` and `campplus`.
    options
        Settings; `DiarizationOptions()` by default.
    device
        Where the networks run; CUDA when there, else the CPU, by default.

    Raises
    ------
    hattama.models.errors.ModelsError
        A model is missing or its bytes are not the published ones.
    """

    def __init__(
        self,
        store: Weights,
        options: DiarizationOptions | None = None,
        device: torch.device | None = None,
    ) -> None:
        self.options = options or DiarizationOptions()
        self._segmenter = Segmenter(store, device)
        self._network = load_campplus(store, device)

    def diarize(self, samples: Samples, progress: Progress | None = None) -> Diarization:
        """Turns of the whole recording, labelled `SPEAKER_00`, … by first appearance.

        Parameters
        ----------
        samples
            Mono, 16 kHz; read once from start to end, some windows at a time.
        progress
            Called with the share that is done; an exception that it raises cancels.
        """
        if len(samples) == 0:
            return Diarization((), ())
        return turns_of(self._runs(samples, progress), len(samples) / SAMPLE_RATE_HZ, self.options)

    def _runs(self, samples: Samples, progress: Progress | None) -> Runs:
        threads = torch.get_num_threads()
        torch.set_num_threads(self.options.threads or threads)
        try:
            return find_runs(
                samples,
                self._segmenter,
                self._network,
                step_s=self.options.step_s,
                batch=self.options.batch,
                progress=progress,
            )
        finally:
            torch.set_num_threads(threads)


def turns_of(runs: Runs, end_s: float, options: DiarizationOptions) -> Diarization:
    """Turns from the runs of a recording of `end_s` seconds."""
    if len(runs.places) == 0:
        return Diarization((), ())
    voices = people(runs.voices, runs.clean_s, options)
    logger.debug("%d runs are %d people", len(runs.places), len(voices))
    return named_by_appearance(find_turns(runs, assign(runs, voices), end_s, options))
