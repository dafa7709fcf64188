"""The way of a recording: media in, draft record out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hattama.diarization.protocols import SAMPLE_RATE_HZ, Samples
from hattama.diarization.room import Room
from hattama.diarization.turns import Diarization, Notice
from hattama.engine.attribution import attribute, in_order, segments
from hattama.engine.clock import clock_info
from hattama.engine.document import json
from hattama.engine.document.model import Provenance, Speaker, Transcript, Word
from hattama.engine.hearing import load as load_hearing
from hattama.engine.hearing import name_speakers
from hattama.engine.ledger import Ledger
from hattama.engine.media.decode import decode
from hattama.engine.media.recording import Recording
from hattama.engine.options import TranscribeOptions
from hattama.engine.parts import Parts, StoreParts
from hattama.engine.plan import Job, Lane, batches, jobs, only, spoken_into
from hattama.engine.progress import Progress, Report, Stage, silent
from hattama.engine.recognisers import glossary
from hattama.engine.results import (
    diarization_from_json,
    diarization_to_json,
    recognition_from_json,
    recognition_to_json,
)
from hattama.engine.speech.intervals import speech_intervals
from hattama.engine.speech.languages import LanguageIdentifier, LanguageOptions, decide
from hattama.engine.speech.windows import Stretch, WindowOptions, stretches

_LOG = logging.getLogger(__name__)

_LANGUAGE_BATCH = 32
"""Stretches whose language is asked between two entries of the ledger."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a run gives."""

    transcript: Transcript
    """The draft record."""
    diarization: Diarization
    """The turns that it was made from, overlap kept."""
    notices: tuple[Notice, ...]
    """What a person should know about the recording."""


def transcribe(
    media: str | Path,
    work: str | Path,
    options: TranscribeOptions | None = None,
    *,
    parts: Parts | None = None,
    report: Report = silent,
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
    recording = decode(media, work, lambda share: report(Progress(Stage.SOUND, share, 0.0)))
    settings = _settings(chosen, ready)
    identity = {"media": recording.sha256, "settings": settings, "program": version("hattama")}
    with Ledger(Path(work), identity) as ledger:
        run = _Run(recording, chosen, ready, ledger, report)
        diarization = run.diarization()
        transcript = run.transcript(diarization, settings)
    named = name_speakers(transcript, hearing) if hearing else transcript
    # Through JSON, so that the caller holds what a file will hold: times on the millisecond.
    kept = json.from_json(json.to_json(named))
    notices = (*ready.notices, *recording.warnings, *diarization.notices)
    return Draft(kept, diarization, notices)


class _Run:
    """One pass over one recording; every method is a stage, and every result goes to the ledger."""

    def __init__(
        self,
        recording: Recording,
        options: TranscribeOptions,
        parts: Parts,
        ledger: Ledger,
        report: Report,
    ) -> None:
        self._recording = recording
        self._options = options
        self._parts = parts
        self._ledger = ledger
        self._report = report
        self._windows = WindowOptions()

    def diarization(self) -> Diarization:
        """Who speaks when: by the microphones where there is a map of them, else by voice."""

        def find() -> object:
            report = self._stage(Stage.SPEAKERS)
            microphones = self._parts.microphones
            if microphones is not None:
                return diarization_to_json(microphones.diarize(self._recording.tracks, report))
            return diarization_to_json(self._parts.diarizer.diarize(self._recording.mix, report))

        found = diarization_from_json(self._once("diarization", find))
        self._stage(Stage.SPEAKERS)(1.0)
        return found

    def transcript(self, diarization: Diarization, settings: dict[str, object]) -> Transcript:
        """What is said, given to the speakers of `diarization`."""
        created = self._once("created", lambda: datetime.now(UTC).isoformat(timespec="seconds"))
        speakers = self._speakers(diarization)
        lanes = self._lanes(diarization, speakers)
        planned = self._plan(lanes)
        heard = self._words(lanes, planned)
        spoken = [
            segments(
                attribute(glossary.correct(words, self._parts.glossary), lane.diarization),
                lane.speech,
                lane.diarization,
                self._recording.gaps,
            )
            for lane, words in zip(lanes, heard, strict=True)
        ]
        return Transcript(
            media=self._recording.media(
                clock_info(self._recording.info, self._options.start_timecode)
            ),
            speakers=speakers,
            segments=in_order(spoken),
            provenance=Provenance(
                program=f"hattama {version('hattama')}",
                created=str(created),
                models=self._parts.models,
                settings=settings,
            ),
        )

    def _speakers(self, diarization: Diarization) -> tuple[Speaker, ...]:
        microphones = self._parts.microphones
        if microphones is None:
            return tuple(Speaker(label) for label in diarization.speakers)
        return tuple(_at_microphone(label, microphones.room) for label in diarization.speakers)

    def _lanes(self, diarization: Diarization, speakers: Sequence[Speaker]) -> tuple[Lane, ...]:
        """One lane for each microphone that somebody speaks into; the mix where there is no map."""
        channels = sorted({s.channel for s in speakers if s.channel is not None})
        if not channels:
            return (self._mix_lane(diarization),)
        lanes = []
        for number, channel in enumerate(channels):
            track = self._recording.tracks[channel]
            found = only(diarization, {s.id for s in speakers if s.channel == channel})
            probabilities = self._voice_activity(track, number / len(channels), 1 / len(channels))
            speech = spoken_into(found.turns, speech_intervals(probabilities))
            lanes.append(Lane(track, speech, found, probabilities, channel))
        return tuple(lanes)

    def _mix_lane(self, diarization: Diarization) -> Lane:
        mix = self._recording.mix
        probabilities = self._voice_activity(mix, 0.0, 1.0)
        return Lane(mix, speech_intervals(probabilities), diarization, probabilities)

    def _voice_activity(self, samples: Samples, before: float, part: float) -> NDArray[np.float32]:
        """Speech probabilities; quicker to compute again than to keep."""
        report = self._stage(Stage.SPEECH)
        found = self._parts.voice_activity.probabilities(
            samples, lambda share: report(before + part * share)
        )
        report(before + part)
        return found

    def _plan(self, lanes: Sequence[Lane]) -> tuple[Job, ...]:
        planned: list[Job] = []
        for number, lane in enumerate(lanes):
            changes = speaker_changes(lane.diarization)
            cut = stretches(lane.speech, lane.probabilities, self._windows, changes)
            decided = self._languages(lane, cut, number / len(lanes), 1 / len(lanes))
            planned += jobs(number, decided, self._windows)
        return tuple(planned)

    def _languages(
        self, lane: Lane, cut: Sequence[Stretch], before: float, part: float
    ) -> tuple[Stretch, ...]:
        languages = self._options.languages
        if len(languages) == 1:
            return tuple(replace(stretch, language=languages[0]) for stretch in cut)
        identifier = self._parts.identifier
        if identifier is None:
            return tuple(cut)
        rows: list[object] = []
        for first in range(0, len(cut), _LANGUAGE_BATCH):
            some = cut[first : first + _LANGUAGE_BATCH]
            key = f"languages {lane.channel} {first}"
            rows += _list(self._once(key, partial(self._evidence, identifier, lane, some)))
            done = (first + len(some)) / len(cut)
            self._stage(Stage.LANGUAGES)(before + part * done)
        evidence = np.array(rows, np.float64).reshape(len(cut), len(languages))
        return decide(cut, evidence, languages, LanguageOptions())

    def _evidence(
        self, identifier: LanguageIdentifier, lane: Lane, some: Sequence[Stretch]
    ) -> object:
        signals = [
            lane.samples.read(round(s.start * SAMPLE_RATE_HZ), round(s.end * SAMPLE_RATE_HZ))
            for s in some
        ]
        heard = identifier.language_probabilities(signals, self._options.languages)
        return [[round(float(share), 5) for share in row] for row in heard]

    def _words(self, lanes: Sequence[Lane], planned: Sequence[Job]) -> list[list[Word]]:
        """Words of each lane, by start."""
        found: list[list[Word]] = [[] for _ in lanes]
        made = batches(planned)
        for number, batch in enumerate(made):
            kept = self._once(f"words {number}", partial(self._hear, lanes, batch))
            for job, item in zip(batch, _list(kept), strict=True):
                found[job.lane] += recognition_from_json(item).words
            self._stage(Stage.WORDS)((number + 1) / len(made))
        return [sorted(words, key=lambda word: (word.start, word.end)) for words in found]

    def _hear(self, lanes: Sequence[Lane], batch: Sequence[Job]) -> object:
        windows = [job.window(lanes, self._windows) for job in batch]
        return [recognition_to_json(heard) for heard in self._parts.recogniser.recognise(windows)]

    def _once(self, key: str, make: Callable[[], object]) -> object:
        """What the ledger keeps under `key`; made and kept where it is new."""
        if key not in self._ledger:
            self._ledger.put(key, make())
        return self._ledger.get(key)

    def _stage(self, stage: Stage) -> Callable[[float], None]:
        return lambda share: self._report(Progress(stage, share, self._recording.duration))


def _at_microphone(label: str, room: Room) -> Speaker:
    """The speaker whom the room's map gives a label; the name goes to the first at a microphone."""
    microphone = room.microphone(label)
    if microphone is None:
        return Speaker(label)
    name = microphone.name if label in room.labels else ""
    return Speaker(label, name, microphone.role, microphone.channel)


def speaker_changes(diarization: Diarization) -> tuple[float, ...]:
    """Media times at which the speaker changes in the exclusive view, seconds."""
    turns = diarization.exclusive
    return tuple(
        after.start for before, after in pairwise(turns) if before.speaker != after.speaker
    )


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
        "models": [f"{model.name} {model.sha256}" for model in parts.models],
    }


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"the ledger holds {type(value).__name__} where a list belongs")
    return value
