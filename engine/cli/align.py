"""`hattama align`: words of a record get the times at which they were said."""

from __future__ import annotations

import getpass
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from hattama.engine.cli.language import translate
from hattama.engine.document.model import LANGUAGES
from hattama.engine.editing.placing import Placer, sound_of
from hattama.engine.editing.record import EditedRecord
from hattama.engine.errors import BadInputError
from hattama.engine.media.decode import decode
from hattama.engine.media.recording import Recording
from hattama.engine.recognisers.choice import choose_aligner
from hattama.engine.recognisers.ctc import CtcRecogniser, load_ctc
from hattama.models.store import ModelStore

GROUP = "align"
"""All turns are one step of the journal's history: one undo takes it back."""


class NoAlignerError(BadInputError):
    """No model that finds words in the sound."""


class OtherRecordingError(BadInputError):
    """The recording is not the one that the record was made from."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class AlignOptions:
    """What is aligned with what."""

    media: Path | None = None
    """The recording; without it, the file of the record's name beside the record."""
    aligner: str = "auto"
    """Catalogue name of the CTC model; auto takes the best one in the store."""
    every: Annotated[bool, Parameter(negative=())] = False
    """Place every word anew, not only those that a person wrote."""
    author: str | None = None
    """Who does it, as the journal names them; without it, the name of the account."""
    work: Path | None = None
    """Folder for the decoded sound; without it, a temporary one that is removed."""


def align(record: Path, /, *, options: AlignOptions | None = None) -> None:
    """Find when the words of a record were said, by a CTC model: those that a person wrote.

    Words that do not fit the sound keep the times they have, and are counted. The times go to the
    record's journal; the draft's file is not changed.

    Parameters
    ----------
    record
        The JSON that transcribe wrote.
    options
        What is aligned with what.
    """
    chosen = options or AlignOptions()
    aligner = _load(chosen.aligner)
    author = chosen.author or getpass.getuser()
    with EditedRecord(record, author) as edited, _decoded(edited, chosen) as recording:
        found, rough = _place(edited, recording, Placer(aligner), every=chosen.every)
    text = translate("{found} words were found in the sound by {name}; {rough} were not.")
    line = text.format(found=found, name=aligner.name, rough=rough)
    Console(highlight=False, soft_wrap=True).print(line, markup=False)


def _load(name: str) -> CtcRecogniser:
    store = ModelStore.default()
    entry = choose_aligner(store, name, LANGUAGES)
    if entry is None:
        raise NoAlignerError(
            "No model that finds words in the sound is in the store, so words that a person wrote "
            "keep times shared out by their length: run `hattama models pull gigaam-multilingual`, "
            "or bring one with `hattama models import`."
        )
    return load_ctc(entry, store.require(entry.name))


@contextmanager
def _decoded(record: EditedRecord, options: AlignOptions) -> Iterator[Recording]:
    wanted = record.draft.media
    media = options.media or record.path.parent / Path(wanted.name).name
    with tempfile.TemporaryDirectory(prefix="hattama-") as folder:
        recording = decode(media, options.work or folder)
        if recording.sha256 != wanted.sha256:
            raise OtherRecordingError(
                "{media} is not the recording of this record; give the one it was made from with "
                "--media.",
                media=media,
            )
        yield recording


def _place(
    record: EditedRecord, recording: Recording, placer: Placer, *, every: bool
) -> tuple[int, int]:
    """Words that were found, and those that were not."""
    found = rough = 0
    for segment in record.transcript.segments:
        samples = sound_of(record.transcript, segment, recording)
        placing = placer.place(segment, samples, every=every)
        found, rough = found + placing.found, rough + placing.rough
        if placing.operation is not None:
            record.do(placing.operation, group=GROUP)
    return found, rough
