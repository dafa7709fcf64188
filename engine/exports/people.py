"""Everybody who takes part, as the title block lists them."""

from __future__ import annotations

from dataclasses import dataclass

from hattama.engine.document.model import Transcript
from hattama.engine.exports.labels import capitalised, speaker_labels
from hattama.engine.exports.plain import plain
from hattama.engine.exports.texts import TEXTS, ExportLanguage
from hattama.engine.hearing import Hearing, Participant, match_people
from hattama.engine.roles import HearingKind, role_name


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the list."""

    role: str
    """Name of the role; empty where unknown."""
    name: str
    """Name or pseudonym; empty where unknown."""


def list_people(
    transcript: Transcript, language: ExportLanguage, hearing: Hearing | None
) -> tuple[Person, ...]:
    """The participants in the order of the hearing file, then speakers whom it does not name.

    A protected participant stands here as in the text: by the pseudonym, never by the name.
    """
    kind = hearing.kind if hearing else None
    labels = speaker_labels(transcript, language, kind)
    matched = match_people(transcript.speakers, hearing) if hearing else {}
    speaker_of = {index: identity for identity, index in matched.items()}
    listed = []
    for index, person in enumerate(hearing.people if hearing else ()):
        if index in speaker_of:
            label = labels[speaker_of[index]]
            listed.append(Person(label.role, label.name))
        else:
            listed.append(_silent(person, language, kind))
    others = (labels[speaker.id] for speaker in transcript.speakers if speaker.id not in matched)
    return (*listed, *(Person(label.role, label.name) for label in others))


def _silent(person: Participant, language: ExportLanguage, kind: HearingKind | None) -> Person:
    """A participant who is no speaker of the record.

    A protected one gets no number here: the numbers belong to speakers, and the same number must
    not mean two people.
    """
    role = capitalised(plain(role_name(person.role, language, kind)))
    if person.protected:
        return Person(role, plain(person.pseudonym) or TEXTS[language].protected_person)
    return Person(role, plain(person.name))
