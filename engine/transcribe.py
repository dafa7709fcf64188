"""The way of a recording: media in, draft record out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from hattama.diarization.turns import Diarization
from hattama.engine.alignment.telling import told_times
from hattama.engine.document import json
from hattama.engine.document.model import Transcript
from hattama.engine.hearing import load as load_hearing
from hattama.engine.hearing import name_speakers
from hattama.engine.ledger import Ledger
from hattama.engine.media.decode import decode
from hattama.engine.options import TranscribeOptions
from hattama.engine.parts import Parts, StoreParts
from hattama.engine.progress import Board, Report, Stage, silent
from hattama.engine.run import Run
from hattama.models.notice import Notice


@dataclass(frozen=True, slots=True)
class Draft:
    """What a run gives."""

    transcript: Transcript
    """The draft record."""
    diarization: Diarization
    """The turns that it was made from, overlap kept."""
    notices: tuple[Notice, ...]
    """What a person should know about the recording."""


def _nobody(notice: Notice) -> None:
    """Tell nobody."""


def transcribe(
    media: str | Path,
    work: str | Path,
    options: TranscribeOptions | None = None,
    *,
    parts: Parts | None = None,
    report: Report = silent,
    tell: Callable[[Notice], None] = _nobody,
) -> Draft:
    """Make the draft record of a recording.

    Everything that is finished is kept in `work`: a run that was killed, or that `report`
    cancelled by raising an exception, goes on where it was when it is called again with the same
    recording, options and folder, and gives the same record.

    Parameters
    ----------
    media
        The recording, in any container and codec that FFmpeg reads.
    work
        Folder for the decoded sound (115 MB for each hour and channel) and the ledger; made where
        it is missing. It can be removed when the record is safe.
    options
        How the record is made.
    parts
        The models; by default those in the store. Give them to use loaded models again.
    report
        Called as work goes on; an exception that it raises cancels.
    tell
        Called before recognition with what a person should know by then, of the models and of the
        sound: who hears that a microphone is dead may want to stop. `Draft.notices` has all of it.

    Raises
    ------
    hattama.engine.errors.BadInputError
        The recording, an option or a file that it names cannot be used; the message says why.
    hattama.models.errors.ModelsError
        A model is missing or damaged.
    hattama.engine.errors.EngineError
        The work folder cannot be written.
    """
    chosen = options or TranscribeOptions()
    hearing = load_hearing(chosen.hearing) if chosen.hearing else None
    ready = parts or StoreParts(chosen)
    board = Board(report)
    recording = decode(media, work, lambda share: board.tell(Stage.SOUND, share))
    board.audio_s = recording.duration
    for notice in (*ready.notices, *recording.warnings):
        tell(notice)
    settings = _settings(chosen, ready)
    identity = {"media": recording.sha256, "settings": settings, "program": version("hattama")}
    with Ledger(Path(work), identity) as ledger:
        run = Run(recording, chosen, ready, ledger, board)
        transcript, diarization = run.transcript(settings)
    named = name_speakers(transcript, hearing) if hearing else transcript
    # Through JSON, so that the caller holds what a file will hold: times on the millisecond.
    kept = json.from_json(json.to_json(named))
    rough = told_times(kept.words)
    notices = (*ready.notices, *recording.warnings, *diarization.notices, *rough)
    return Draft(kept, diarization, notices)


def _settings(options: TranscribeOptions, parts: Parts) -> dict[str, object]:
    """Everything that shapes the record, as JSON values; names of files without folders."""
    shaping = {
        key: str(value.name) if isinstance(value, Path) else value
        for key, value in asdict(options).items()
        if key not in {"threads", "hearing"}
    }
    return {
        **shaping,
        "languages": list(options.languages),
        "microphones": list(options.microphones),
        "glossary": list(parts.glossary.terms),
        "heard": [list(pair) for pair in parts.glossary.heard],
        "models": [f"{model.name} {model.sha256}" for model in parts.models],
    }
