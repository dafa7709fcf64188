"""Words that a clerk writes are found in the sound while the desk is open.

It needs a CTC model in the store; without one, or before it is loaded and the sound decoded, words
keep times shared out by their length, and `Word.timing` says so.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from hattama.engine.document.model import LANGUAGES, Segment, Transcript
from hattama.engine.editing.history import Change
from hattama.engine.editing.placing import Placer, PlaceWords, sound_of, to_place
from hattama.engine.recognisers.aligned import Aligner
from hattama.models.errors import HattamaError

if TYPE_CHECKING:
    from hattama.engine.media.recording import Recording

_LOG = logging.getLogger(__name__)

MOST_TURNS = 3
"""Turns of one edit whose words are looked for at once; `hattama align` finds the others."""
LONGEST_S = 60.0
"""Longest turn whose words are looked for while the clerk waits."""

Load = Callable[[], Aligner | None]
"""Loads the model; None where there is none."""


def load_from_store() -> Aligner | None:
    """Load the best CTC model of the store."""
    from hattama.engine.recognisers.choice import AUTO, choose_aligner  # noqa: PLC0415  heavy
    from hattama.engine.recognisers.ctc import load_ctc  # noqa: PLC0415  likewise
    from hattama.models.store import ModelStore  # noqa: PLC0415  likewise

    store = ModelStore.default()
    entry = choose_aligner(store, AUTO, LANGUAGES)
    return None if entry is None else load_ctc(entry, store.require(entry.name))


class WordPlacing:
    """Finds the words of edits; the model is loaded in a thread of its own."""

    def __init__(self, load: Load = load_from_store) -> None:
        self._load = load
        self._placer: Placer | None = None
        self._thread = threading.Thread(target=self._run, name="word-placing", daemon=True)

    def start(self) -> None:
        """Begin to load the model."""
        self._thread.start()

    def wait(self) -> bool:
        """Wait until the model is loaded; whether there is one."""
        self._thread.join()
        return self._placer is not None

    def operations(
        self, transcript: Transcript, change: Change, recording: Recording | None
    ) -> tuple[PlaceWords, ...]:
        """Times of the words that a change brought, as far as they are found."""
        placer = self._placer
        if placer is None or recording is None:
            return ()
        placings = (
            placer.place(segment, sound_of(transcript, segment, recording))
            for segment in _turns(transcript, change)
        )
        return tuple(placing.operation for placing in placings if placing.operation)

    def _run(self) -> None:
        try:
            aligner = self._load()
        except HattamaError as error:
            _LOG.warning("words are not looked for in the sound: %s", error)
        else:
            self._placer = None if aligner is None else Placer(aligner)


def _turns(transcript: Transcript, change: Change) -> list[Segment]:
    """Turns that a change brought or altered and that hold words without times of their own."""
    touched = {s.id for patch in change for splice in patch.splices for s in splice.inserted}
    return [
        segment
        for segment in transcript.segments
        if segment.id in touched and to_place(segment) and segment.end - segment.start <= LONGEST_S
    ][:MOST_TURNS]
