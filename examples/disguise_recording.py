"""A recording system that disguises a witness in a finished recording and proves it.

    python examples/disguise_recording.py RECORDING OUTPUT START-END [START-END ...]

START and END are seconds on the recording's own clock. Voices are tried on the witness until two
verification systems take one for a stranger's; the result stands under its name only after the
whole check. The models are those of `hattama models pull campplus ge2e`.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hattama.diarization.campplus import CampplusEmbedder
from hattama.diarization.ge2e import Ge2eEmbedder
from hattama.disguise.audition import choose_secret
from hattama.disguise.check import CheckReport, check
from hattama.disguise.errors import RecognisedError
from hattama.disguise.file import disguise_file
from hattama.disguise.moments import spoken_moments
from hattama.disguise.similarity import meet
from hattama.disguise.spans import Span
from hattama.disguise.stream import DisguiseStream
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from hattama.disguise.protocols import Progress
    from hattama.disguise.secret import Secret

PROFILE, BLOCK = "strong", 4096


def core(secret: Secret, rate: int, channels: int = 1) -> DisguiseStream:
    """One core for every stream of the recording, all with the same secret."""
    return DisguiseStream(rate, PROFILE, secret, BLOCK, channels=channels)


def main(recording: Path, output: Path, spans: list[Span]) -> int:
    """Choose a voice, disguise, check, hand out."""
    store = ModelStore.default()
    prints = {"campplus": CampplusEmbedder(store), "ge2e": Ge2eEmbedder(store)}
    heard = spoken_moments(recording, spans)
    witness = meet(recording, spans, heard, prints)
    secret = choose_secret(heard, witness, core).secret

    def examine(finished: Path, progress: Progress) -> CheckReport:
        report, _moments = check(
            recording, finished, spans, prints, witness=witness, progress=progress
        )
        return report

    try:
        report = disguise_file(recording, output, spans, partial(core, secret), examine=examine)
    except RecognisedError as error:  # nothing stands under the output's name
        print(f"not handed out: {error.check.outcome.value}")
        return 1
    if report.check:
        print(f"{output.name}: {report.check.outcome.value}, sha256 {report.output_sha256}")
        for span in report.check.elsewhere:
            print(f"the witness is heard outside the spans too: {span.start:.1f}-{span.end:.1f} s")
    return 0


if __name__ == "__main__":
    _, source, target, *stretches = sys.argv
    given = [Span(*map(float, stretch.split("-"))) for stretch in stretches]
    sys.exit(main(Path(source), Path(target), given))
