"""The replaceable parts of a run, and how the real ones are loaded from the store."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from hattama.diarization.protocols import Diarizer
from hattama.diarization.room import Room, read_room, room_of_roles
from hattama.engine.document.model import ModelUse
from hattama.engine.hearing import load as load_hearing
from hattama.engine.opinions import TwoOpinions
from hattama.engine.options import TranscribeOptions
from hattama.engine.recognisers import glossary
from hattama.engine.recognisers.aligned import AlignedRecogniser
from hattama.engine.recognisers.choice import WHISPER, choose
from hattama.engine.recognisers.ctc import CtcRecogniser, load_ctc
from hattama.engine.recognisers.glossary import Glossary
from hattama.engine.recognisers.protocol import Recogniser
from hattama.engine.recognisers.whisper import WhisperOptions, WhisperRecogniser
from hattama.engine.speech.languages import LanguageIdentifier
from hattama.engine.speech.vad import SileroVad, VoiceActivity, embedded_model
from hattama.models.entry import Entry
from hattama.models.hashing import sha256_of
from hattama.models.notice import Notice
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from hattama.diarization.microphones import MicrophoneDiarizer

DIARIZATION_MODELS = ("segmentation-3.0", "campplus")


class Parts(Protocol):
    """What a run is made of; each part is loaded when it is first asked for."""

    @property
    def models(self) -> tuple[ModelUse, ...]:
        """Models that take part, for the record's provenance."""
        ...

    @property
    def voice_activity(self) -> VoiceActivity:
        """Finds speech."""
        ...

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What to tell about the choice of models."""
        ...

    @property
    def identifier(self) -> LanguageIdentifier | None:
        """Finds languages; None where the recogniser tells the language of each word itself."""
        ...

    @property
    def recogniser(self) -> Recogniser:
        """Hears words."""
        ...

    @property
    def diarizer(self) -> Diarizer:
        """Tells speakers apart on the mix."""
        ...

    @property
    def microphones(self) -> MicrophoneDiarizer | None:
        """Tells speakers apart by their microphones; None where there is no map of them."""
        ...

    @property
    def glossary(self) -> Glossary:
        """Names and terms of the case."""
        ...


class StoreParts:
    """The real parts, from the models in a store. Keep it to run several recordings."""

    def __init__(self, options: TranscribeOptions, store: ModelStore | None = None) -> None:
        """Check that every model is there; load none yet.

        Raises
        ------
        hattama.models.errors.ModelsError
            A model is missing or its bytes are wrong.
        hattama.engine.recognisers.choice.UnusableModelError
            `options.recogniser` is no recogniser.
        """
        self._options = options
        self._store = store or ModelStore.default()
        self._choice = choose(self._store, options.recogniser, options.languages, options.aligner)
        self.entry = self._choice.lead
        for name in (*(entry.name for entry in self._choice.entries), *DIARIZATION_MODELS):
            self._store.require(name)
        self.room = _room(options)
        self.glossary = _glossary(options)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was chosen and why; once Whisper is loaded, what of the glossary it was not told."""
        whisper = self.__dict__.get("_whisper")
        untold = whisper.untold() if isinstance(whisper, WhisperRecogniser) else 0
        if not untold:
            return self._choice.notices
        total = len(self.glossary.terms)
        cut = Notice(
            "Whisper could be told {count} of {total} terms of the glossary, no more fit: put the "
            "most important ones first. Near misses of all are corrected.",
            {"count": total - untold, "total": total},
        )
        return (*self._choice.notices, cut)

    @cached_property
    def models(self) -> tuple[ModelUse, ...]:
        """Models that take part."""
        diarization = (self._store.entry(name) for name in DIARIZATION_MODELS)
        entries = [*self._choice.entries, *diarization]
        used = [ModelUse(e.name, self._task(e), e.sha256 or "") for e in entries]
        return (*used, ModelUse("silero-vad", "vad", sha256_of(embedded_model())))

    def _task(self, entry: Entry) -> str:
        return "alignment" if entry is self._choice.aligner else entry.task

    @cached_property
    def voice_activity(self) -> VoiceActivity:
        """Silero VAD."""
        return SileroVad()

    @property
    def identifier(self) -> LanguageIdentifier | None:
        """Whisper, which hears languages too; None where a CTC model is alone."""
        return self._whisper if any(map(_is_whisper, self._choice.entries)) else None

    @cached_property
    def recogniser(self) -> Recogniser:
        """Whisper, its words placed by a CTC model, a CTC model, or both with their opinions."""
        if not _is_whisper(self.entry):
            ctc = self._ctc(self.entry)
            return ctc if self._choice.second is None else TwoOpinions(ctc, self._whisper)
        aligner = self._choice.aligner
        return AlignedRecogniser(self._whisper, self._ctc(aligner)) if aligner else self._whisper

    @cached_property
    def _whisper(self) -> WhisperRecogniser:
        name = next(filter(_is_whisper, self._choice.entries)).name
        return WhisperRecogniser.load(
            name,
            self._store.require(name),
            WhisperOptions(terms=self.glossary.terms, languages=self._options.languages),
            device=self._options.device,
            threads=self._options.threads_each,
            workers=self._options.workers,
        )

    def _ctc(self, entry: Entry) -> CtcRecogniser:
        return load_ctc(
            entry,
            self._store.require(entry.name),
            self._options.languages,
            device=self._options.device,
            threads=self._options.threads_each,
        )

    @cached_property
    def diarizer(self) -> Diarizer:
        """Segmentation by pyannote.audio, voices by CAM++."""
        from hattama.diarization.diarizer import PyannoteDiarizer  # noqa: PLC0415  loads torch

        return PyannoteDiarizer(self._store, self._options.diarization())

    @cached_property
    def microphones(self) -> MicrophoneDiarizer | None:
        """The room's microphones, with CAM++ to tell apart people who share one."""
        if self.room is None:
            return None
        from hattama.diarization.campplus import CampplusEmbedder  # noqa: PLC0415  loads torch
        from hattama.diarization.microphones import MicrophoneDiarizer  # noqa: PLC0415

        return MicrophoneDiarizer(self.room, CampplusEmbedder(self._store), lambda: self.diarizer)


def _room(options: TranscribeOptions) -> Room | None:
    if options.room is not None:
        return read_room(options.room)
    return room_of_roles(options.microphones) if options.microphones else None


def _glossary(options: TranscribeOptions) -> Glossary:
    """Terms of the glossary, then the names of the hearing's participants."""
    given = glossary.load(options.glossary) if options.glossary else Glossary()
    hearing = load_hearing(options.hearing) if options.hearing else None
    return glossary.joined(given, glossary.of_hearing(hearing)) if hearing else given


def _is_whisper(entry: Entry) -> bool:
    return entry.architecture == WHISPER
