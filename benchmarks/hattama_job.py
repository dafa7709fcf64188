"""A set transcribed by Hattama, for the scoreboard: `python -m benchmarks.hattama_job JOB.json`.

The job: `recordings`, `output`, `recogniser`, `languages`, `hearing` (whether speakers are told
apart; clips have one each), `microphones` (roles by channel). The
answer to recording N is `N.record.json`, for hearings also `N.rttm`, or `N.failed.txt`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hattama.diarization.protocols import SAMPLE_RATE_HZ, Samples
from hattama.diarization.rttm import write_rttm
from hattama.diarization.turns import Diarization, Turn
from hattama.engine.document import json as record_json
from hattama.engine.options import TranscribeOptions
from hattama.engine.parts import StoreParts
from hattama.engine.transcribe import transcribe
from hattama.models.errors import HattamaError


class OneSpeaker:
    """Says that one person speaks from the first sample to the last: clips have one speaker."""

    def diarize(
        self, samples: Samples, progress: Callable[[float], None] | None = None
    ) -> Diarization:
        """One turn."""
        if progress is not None:
            progress(1.0)
        turn = (Turn(0.0, len(samples) / SAMPLE_RATE_HZ, "A"),)
        return Diarization(turn, turn)


class ClipParts(StoreParts):
    """The real parts without the diarization networks."""

    diarizer = OneSpeaker()


def main(job: dict[str, Any]) -> None:
    """Transcribe every recording with the models loaded once."""
    options = TranscribeOptions(
        recogniser=job["recogniser"],
        languages=tuple(job["languages"]),
        microphones=tuple(job["microphones"]),
        device="cpu",
    )
    parts = StoreParts(options) if job["hearing"] else ClipParts(options)
    output = Path(job["output"])
    for number, recording in enumerate(job["recordings"]):
        try:
            with TemporaryDirectory() as work:
                draft = transcribe(recording, work, options, parts=parts)
        except HattamaError as error:
            (output / f"{number}.failed.txt").write_text(str(error), "utf-8")
            continue
        record_json.write(output / f"{number}.record.json", draft.transcript)
        if job["hearing"]:
            write_rttm(output / f"{number}.rttm", draft.diarization.turns, str(number))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text("utf-8")))
