"""One draft by Hattama, for the side-by-side run: the record and the turns it was made from."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from hattama.diarization.rttm import write_rttm
from hattama.engine.document import json
from hattama.engine.options import TranscribeOptions
from hattama.engine.transcribe import transcribe


def main() -> None:
    """Transcribe one recording and write OUT/NAME.record.json and OUT/NAME.turns.rttm."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("media", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--speakers", type=int)
    parser.add_argument("--microphones", default="")
    given = parser.parse_args()
    options = TranscribeOptions(
        recogniser="whisper-base",
        speakers=given.speakers,
        microphones=tuple(given.microphones.split(",")) if given.microphones else (),
    )
    work = given.output / "work"
    draft = transcribe(given.media, work, options)
    shutil.rmtree(work)
    json.write(given.output / f"{given.media.stem}.record.json", draft.transcript)
    turns = draft.diarization.turns
    write_rttm(given.output / f"{given.media.stem}.turns.rttm", turns, given.media.stem)


if __name__ == "__main__":
    main()
