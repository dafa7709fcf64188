"""Operations on speakers, once for everywhere: add, rename, role, merge, protect."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hattama.engine.document.model import Speaker, Transcript
from hattama.engine.editing.errors import EditError
from hattama.engine.editing.selection import clean_name, new_id, speaker_of, with_speaker
from hattama.engine.editing.turns import spoken_by


@dataclass(frozen=True, slots=True)
class AddSpeaker:
    """Somebody whom the machine did not tell apart."""

    name: str = ""
    """As it shall be printed."""
    role: str = ""
    """Key of a role, or a role in the court's own words."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the speaker at the end of the list."""
        identity = new_id("speaker", {speaker.id for speaker in transcript.speakers})
        added = Speaker(identity, clean_name(self.name), clean_name(self.role))
        return replace(transcript, speakers=(*transcript.speakers, added))


@dataclass(frozen=True, slots=True)
class RenameSpeaker:
    """A speaker's name."""

    speaker: str
    """`Speaker.id`."""
    name: str
    """As it shall be printed; empty: not known."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the name."""
        speaker = speaker_of(transcript, self.speaker)
        return with_speaker(transcript, replace(speaker, name=clean_name(self.name)))


@dataclass(frozen=True, slots=True)
class SetRole:
    """A speaker's role."""

    speaker: str
    """`Speaker.id`."""
    role: str
    """Key of a role (`hattama.engine.roles`), or a role in the court's own words."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the role."""
        speaker = speaker_of(transcript, self.speaker)
        return with_speaker(transcript, replace(speaker, role=clean_name(self.role)))


@dataclass(frozen=True, slots=True)
class MergeSpeakers:
    """Two speakers are one person."""

    speaker: str
    """`Speaker.id` of the one that goes."""
    into: str
    """`Speaker.id` of the one that stays; who is protected in either stays protected."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with every turn of the one given to the other."""
        gone, stays = speaker_of(transcript, self.speaker), speaker_of(transcript, self.into)
        if gone.id == stays.id:
            raise EditError("A speaker cannot be merged with itself; choose another one.")
        merged = replace(
            stays,
            name=stays.name or gone.name,
            role=stays.role or gone.role,
            protected=stays.protected or gone.protected,
            pseudonym=stays.pseudonym or gone.pseudonym,
        )
        segments = tuple(
            spoken_by(segment, stays.id)
            if segment.speaker == gone.id or any(w.speaker == gone.id for w in segment.words)
            else segment
            for segment in transcript.segments
        )
        speakers = tuple(
            merged if speaker.id == stays.id else speaker
            for speaker in transcript.speakers if speaker.id != gone.id
        )  # fmt: skip
        return replace(transcript, speakers=speakers, segments=segments)


@dataclass(frozen=True, slots=True)
class Protect:
    """A speaker is a protected witness, or is one no longer."""

    speaker: str
    """`Speaker.id`."""
    protected: bool = True
    """Whether only the pseudonym may leave the court."""
    pseudonym: str = ""
    """Printed in place of the name; empty: made of role and number."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the protection."""
        speaker = speaker_of(transcript, self.speaker)
        changed = replace(
            speaker, protected=self.protected, pseudonym=clean_name(self.pseudonym)
        )  # fmt: skip
        return with_speaker(transcript, changed)
