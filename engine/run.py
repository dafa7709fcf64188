"""One run over one recording: stages side by side where they can be, results in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from hattama.diarization.protocols import SAMPLE_RATE_HZ, Samples
from hattama.diarization.room import Room
from hattama.diarization.turns import Diarization
from hattama.engine.attribution import attribute, in_order, segments
from hattama.engine.clock import clock_info
from hattama.engine.crew import Crew
from hattama.engine.document.model import Provenance, Segment, Speaker, Transcript, Word
from hattama.engine.ledger import Ledger
from hattama.engine.media.recording import Recording
from hattama.engine.options import TranscribeOptions
from hattama.engine.parts import Parts
from hattama.engine.plan import Job, Lane, batches, heard_in, jobs, only, spoken_into
from hattama.engine.progress import Board, Stage
from hattama.engine.recognisers.correction import correct
from hattama.engine.recognisers.protocol import Recognition
from hattama.engine.results import (
    diarization_from_json,
    diarization_to_json,
    recognition_from_json,
    recognition_to_json,
)
from hattama.engine.speech.intervals import speech_intervals
from hattama.engine.speech.languages import LanguageIdentifier, LanguageOptions, decide
from hattama.engine.speech.windows import Stretch, WindowOptions, stretches

_LANGUAGE_BATCH = 32
"""Stretches whose language is asked between two entries of the ledger."""
_DIARIZATION = "diarization"


class Run:
    """The stages from decoded sound to transcript.

    By voice, speakers are told apart beside everything else: words need them only at the end. By
    microphones it comes first, for it says which channel is heard when, and costs little.
    """

    def __init__(
        self,
        recording: Recording,
        options: TranscribeOptions,
        parts: Parts,
        ledger: Ledger,
        board: Board,
    ) -> None:
        self._recording = recording
        self._options = options
        self._parts = parts
        self._ledger = ledger
        self._board = board
        self._windows = WindowOptions()
        self._speaking: Future[object] | None = None

    def transcript(self, settings: dict[str, object]) -> tuple[Transcript, Diarization]:
        """What is said and who says it."""
        created = self._once("created", lambda: datetime.now(UTC).isoformat(timespec="seconds"))
        with Crew(self._options.workers, self._board.tick) as crew:
            self._begin_diarization(crew)
            lanes = self._lanes(crew)
            heard = self._words(crew, lanes, self._plan(crew, lanes))
            diarization = self._diarization(crew)
        transcript = Transcript(
            media=self._recording.media(
                clock_info(self._recording.info, self._options.start_timecode)
            ),
            speakers=self._speakers(diarization),
            segments=in_order(
                self._segments(lane, words, diarization)
                for lane, words in zip(lanes, heard, strict=True)
            ),
            provenance=Provenance(
                program=f"hattama {version('hattama')}",
                created=str(created),
                models=self._parts.models,
                settings=settings,
            ),
        )
        return transcript, diarization

    def _begin_diarization(self, crew: Crew) -> None:
        def report(share: float) -> None:
            crew.check()
            self._board.note(Stage.SPEAKERS, share)

        def find() -> object:
            microphones = self._parts.microphones
            if microphones is not None:
                return diarization_to_json(microphones.diarize(self._recording.tracks, report))
            return diarization_to_json(self._parts.diarizer.diarize(self._recording.mix, report))

        if _DIARIZATION not in self._ledger:
            self._speaking = crew.start(partial(self._once, _DIARIZATION, find))

    def _diarization(self, crew: Crew) -> Diarization:
        if self._speaking is not None:
            crew.result(self._speaking)
        self._board.tell(Stage.SPEAKERS, 1.0)
        return diarization_from_json(self._ledger.get(_DIARIZATION))

    def _speakers(self, diarization: Diarization) -> tuple[Speaker, ...]:
        microphones = self._parts.microphones
        if microphones is None:
            return tuple(Speaker(label) for label in diarization.speakers)
        return tuple(_at_microphone(label, microphones.room) for label in diarization.speakers)

    def _lanes(self, crew: Crew) -> tuple[Lane, ...]:
        """One lane for each microphone that somebody speaks into; the mix where there is no map."""
        if self._parts.microphones is None:
            return (self._mix_lane(),)
        diarization = self._diarization(crew)
        speakers = self._speakers(diarization)
        channels = sorted({s.channel for s in speakers if s.channel is not None})
        if not channels:
            return (self._mix_lane(),)
        lanes = []
        for number, channel in enumerate(channels):
            track = self._recording.tracks[channel]
            here = frozenset(s.id for s in speakers if s.channel == channel)
            probabilities = self._voice_activity(track, number / len(channels), 1 / len(channels))
            turns = only(diarization, here).turns
            speech = spoken_into(turns, speech_intervals(probabilities))
            lanes.append(Lane(track, speech, probabilities, channel, here))
        return tuple(lanes)

    def _mix_lane(self) -> Lane:
        mix = self._recording.mix
        probabilities = self._voice_activity(mix, 0.0, 1.0)
        return Lane(mix, speech_intervals(probabilities), probabilities)

    def _voice_activity(self, samples: Samples, before: float, part: float) -> NDArray[np.float32]:
        """Speech probabilities; quicker to compute again than to keep."""

        def report(share: float) -> None:
            self._board.tell(Stage.SPEECH, before + part * share)

        found = self._parts.voice_activity.probabilities(samples, report)
        report(1.0)
        return found

    def _plan(self, crew: Crew, lanes: Sequence[Lane]) -> tuple[Job, ...]:
        cut = [stretches(lane.speech, lane.probabilities, self._windows) for lane in lanes]
        decided = self._languages(crew, lanes, cut)
        self._board.tell(Stage.LANGUAGES, 1.0)
        return tuple(
            job for number, some in enumerate(decided) for job in jobs(number, some, self._windows)
        )

    def _languages(
        self, crew: Crew, lanes: Sequence[Lane], cut: Sequence[Sequence[Stretch]]
    ) -> list[tuple[Stretch, ...]]:
        """Each lane's stretches with their languages."""
        languages = self._options.languages
        if len(languages) == 1:
            return [tuple(replace(s, language=languages[0]) for s in some) for some in cut]
        identifier = self._parts.identifier
        if identifier is None:
            return [tuple(some) for some in cut]
        tasks = {
            f"languages {number} {first}": partial(
                self._evidence, identifier, lane, some[first : first + _LANGUAGE_BATCH]
            )
            for number, (lane, some) in enumerate(zip(lanes, cut, strict=True))
            for first in range(0, len(some), _LANGUAGE_BATCH)
        }
        found = self._each_once(crew, Stage.LANGUAGES, tasks)
        decided = []
        for number, some in enumerate(cut):
            starts = range(0, len(some), _LANGUAGE_BATCH)
            rows = [row for first in starts for row in found[f"languages {number} {first}"]]
            evidence = np.array(rows, np.float64).reshape(len(some), len(languages))
            decided.append(decide(some, evidence, languages, LanguageOptions()))
        return decided

    def _evidence(
        self, identifier: LanguageIdentifier, lane: Lane, some: Sequence[Stretch]
    ) -> object:
        signals = [
            lane.samples.read(round(s.start * SAMPLE_RATE_HZ), round(s.end * SAMPLE_RATE_HZ))
            for s in some
        ]
        heard = identifier.language_probabilities(signals, self._options.languages)
        return [[round(float(share), 5) for share in row] for row in heard]

    def _words(self, crew: Crew, lanes: Sequence[Lane], planned: Sequence[Job]) -> list[list[Word]]:
        """Words of each lane, by start."""
        made = batches(planned)
        tasks = {f"words {n}": partial(self._hear, lanes, batch) for n, batch in enumerate(made)}
        found = self._each_once(crew, Stage.WORDS, tasks)
        words: list[list[Word]] = [[] for _ in lanes]
        for number, batch in enumerate(made):
            for job, item in zip(batch, found[f"words {number}"], strict=True):
                words[job.lane] += doubted(recognition_from_json(item))
        self._board.tell(Stage.WORDS, 1.0)
        return [sorted(some, key=lambda word: (word.start, word.end)) for some in words]

    def _hear(self, lanes: Sequence[Lane], batch: Sequence[Job]) -> object:
        windows = [job.window(lanes, self._windows) for job in batch]
        return [recognition_to_json(heard) for heard in self._parts.recogniser.recognise(windows)]

    def _segments(
        self, lane: Lane, words: Sequence[Word], diarization: Diarization
    ) -> tuple[Segment, ...]:
        turns = heard_in(lane, diarization)
        given = attribute(correct(words, self._parts.glossary), turns)
        return segments(given, lane.speech, turns, self._recording.gaps)

    def _once(self, key: str, make: Callable[[], object]) -> object:
        """What the ledger keeps under `key`; made and kept where it is new."""
        if key not in self._ledger:
            self._ledger.put(key, make())
        return self._ledger.get(key)

    def _each_once(
        self, crew: Crew, stage: Stage, tasks: Mapping[str, Callable[[], object]]
    ) -> dict[str, list[object]]:
        """The same for many pieces of work, each of which gives a list."""
        once = [partial(self._once, key, make) for key, make in tasks.items()]
        for count, _ in enumerate(crew.each(once), start=1):
            self._board.tell(stage, count / len(tasks))
        return {key: _list(self._ledger.get(key)) for key in tasks}


def doubted(recognition: Recognition) -> tuple[Word, ...]:
    """Words of a window, each with the doubts about the window as a whole."""
    return tuple(
        replace(word, doubts=word.doubts | recognition.doubts) for word in recognition.words
    )


def _at_microphone(label: str, room: Room) -> Speaker:
    """The speaker whom the room's map gives a label; the name goes to the first at a microphone."""
    microphone = room.microphone(label)
    if microphone is None:
        return Speaker(label)
    name = microphone.name if label in room.labels else ""
    return Speaker(label, name, microphone.role, microphone.channel)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"the ledger holds {type(value).__name__} where a list belongs")
    return value
