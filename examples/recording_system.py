"""How a recording system makes a draft record when a hearing ends.

Run it as `python examples/recording_system.py samples/civil-ru-kk.mp4 draft`.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from hattama.engine.document import json
from hattama.engine.errors import CancelledError
from hattama.engine.exports.options import ExportOptions
from hattama.engine.exports.registry import export
from hattama.engine.options import TranscribeOptions
from hattama.engine.parts import StoreParts
from hattama.engine.progress import Progress
from hattama.engine.transcribe import Draft, transcribe


class DraftMaker:
    """Keeps the models loaded from hearing to hearing, and stops when the operator says so."""

    def __init__(self, options: TranscribeOptions) -> None:
        self._options = options
        self._parts = StoreParts(options)
        self.stop = threading.Event()

    def make(self, media: Path, folder: Path) -> Draft:
        """Make the draft of one recording; call again after a stop or a crash to go on."""
        draft = transcribe(
            media, folder / "work", self._options, parts=self._parts, report=self._report
        )
        json.write(folder / f"{media.stem}.record.json", draft.transcript)
        document = export(draft.transcript, "docx", ExportOptions(language="kk"))
        (folder / f"{media.stem}.docx").write_bytes(document)
        return draft

    def _report(self, progress: Progress) -> None:
        if self.stop.is_set():
            raise CancelledError("The operator stopped the draft.")
        print(f"\r{progress.stage}: {progress.overall:4.0%}", end="", file=sys.stderr)


def main() -> None:
    """Make the draft of the recording that the command line names."""
    media, folder = Path(sys.argv[1]), Path(sys.argv[2])
    maker = DraftMaker(TranscribeOptions(languages=("kk", "ru")))
    draft = maker.make(media, folder)
    for segment in draft.transcript.segments:
        print(f"{segment.start:8.2f} {segment.speaker}: {segment.text}")


if __name__ == "__main__":
    main()
