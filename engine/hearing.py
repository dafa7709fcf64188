"""The hearing: court, case and participants from a TOML file, and the speakers that they are."""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from hattama.engine.document.model import Language, Speaker, Transcript
from hattama.engine.document.strict import WrongValueError, decode
from hattama.engine.errors import BadInputError
from hattama.engine.roles import HearingKind

T = TypeVar("T")


class HearingError(BadInputError):
    """A hearing file that cannot be read."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who takes part in the hearing."""

    role: str
    """Key of a role (`hattama.engine.roles.ROLES`), or a role in the court's own words."""
    name: str = ""
    """As it shall be printed; never printed where `protected`."""
    id: str = ""
    """`Speaker.id` in the record, where it is known."""
    microphone: int | None = None
    """Channel of the recording, counted from 1; None where nobody has one of their own."""
    protected: bool = False
    """A protected witness: only the pseudonym is printed, anywhere."""
    pseudonym: str = ""
    """Printed in place of a protected name; empty: made of role and number."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the title block of a record says."""

    court: str = ""
    """Name of the court."""
    case: str = ""
    """Number of the case."""
    date: date | None = None
    """Day of the hearing."""
    place: str = ""
    """Town and room."""
    kind: HearingKind | None = None
    """Kind of the proceedings; None: guessed from the roles."""
    judge: str = ""
    """Name of the judge; short for a participant with this role."""
    secretary: str = ""
    """Name of the secretary; short for a participant with this role."""
    languages: tuple[Language, ...] = ()
    """Languages of the proceedings."""
    participants: tuple[Participant, ...] = ()
    """Everybody else, in the order in which they shall be listed."""

    @property
    def people(self) -> tuple[Participant, ...]:
        """Judge and secretary, then the other participants."""
        named = (("judge", self.judge), ("secretary", self.secretary))
        leading = tuple(Participant(role, name) for role, name in named if name)
        return leading + self.participants


def load(path: str | os.PathLike[str]) -> Hearing:
    """Read a hearing file.

    Raises
    ------
    HearingError
        Missing, not UTF-8, not TOML.
    ShapeError
        Unknown key, wrong type or value; the message names its place.
    """
    place = Path(path)
    try:
        text = place.read_text("utf-8-sig")
    except OSError as error:
        raise HearingError(
            "{source} cannot be read ({reason}); give the path of a hearing file.",
            source=str(place), reason=error.strerror or type(error).__name__,
        ) from error  # fmt: skip
    except UnicodeDecodeError as error:
        raise HearingError(
            "{source} is not UTF-8 (byte {position}); save it as UTF-8.",
            source=place.name, position=error.start,
        ) from error  # fmt: skip
    return loads(text, place.name)


def loads(text: str, source: str = "hearing") -> Hearing:
    """Read the text of a hearing file; errors as `load`."""
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise HearingError(
            "{source} is not TOML: {fault}.", source=source, fault=str(error)
        ) from error
    hearing = decode(Hearing, value, source)
    _check(hearing, source)
    return hearing


def name_speakers(transcript: Transcript, hearing: Hearing) -> Transcript:
    """Give the record's speakers the names and roles of the participants that they are.

    A participant is matched by the explicit `id`, else by the microphone, else by the role, and
    only where exactly one speaker and one participant are left that fit; nobody is guessed. The
    name of a protected participant does not enter the record at all, the pseudonym does. A name
    that the record has already stays.
    """
    matched = match_people(transcript.speakers, hearing)
    speakers = tuple(
        _named(speaker, hearing.people[matched[speaker.id]]) if speaker.id in matched else speaker
        for speaker in transcript.speakers
    )
    return replace(transcript, speakers=speakers)


def _named(speaker: Speaker, participant: Participant) -> Speaker:
    protected = speaker.protected or participant.protected
    return replace(
        speaker,
        name="" if protected else speaker.name or participant.name,
        role=participant.role,
        protected=protected,
        pseudonym=participant.pseudonym or speaker.pseudonym,
    )


def match_people(speakers: tuple[Speaker, ...], hearing: Hearing) -> dict[str, int]:
    """Index into `hearing.people` by speaker id, for every speaker who is surely one of them."""
    people = dict(enumerate(hearing.people))
    free = {speaker.id: speaker for speaker in speakers}
    matched: dict[str, int] = {}
    for speaker_key, participant_key in _keys(hearing):
        wanted = _unique({index: participant_key(person) for index, person in people.items()})
        found = _unique({identity: speaker_key(speaker) for identity, speaker in free.items()})
        for key in wanted.keys() & found.keys():
            matched[found[key]] = wanted[key]
            del people[wanted[key]], free[found[key]]
    return matched


def _keys(
    hearing: Hearing,
) -> tuple[tuple[Callable[[Speaker], object], Callable[[Participant], object]], ...]:
    """Pairs of keys by which a speaker and a participant are the same person, surest first."""

    def role(key: str) -> str:
        return "respondent" if key == "defendant" and hearing.kind != "criminal" else key

    return (
        (lambda speaker: speaker.id, lambda person: person.id),
        (
            lambda speaker: None if speaker.channel is None else speaker.channel + 1,
            lambda person: person.microphone,
        ),
        (lambda speaker: role(speaker.role or speaker.id), lambda person: role(person.role)),
    )


def _unique(keys: Mapping[T, object]) -> dict[object, T]:
    """Items by key, without those whose key is empty or shared."""
    counts = Counter(keys.values())
    return {key: item for item, key in keys.items() if counts[key] == 1 and key not in (None, "")}


def _check(hearing: Hearing, source: str) -> None:
    for role, name in (("judge", hearing.judge), ("secretary", hearing.secretary)):
        if name and any(person.role == role for person in hearing.participants):
            raise HearingError(
                "{source} names the {role} twice: as {role} and among the participants; keep one.",
                source=source, role=role,
            )  # fmt: skip
    for index, person in enumerate(hearing.participants):
        if person.microphone is not None and person.microphone < 1:
            raise WrongValueError(
                "{source}: {path} is {given}; it must be {wanted}.", source=source,
                path=f"participants[{index}].microphone", given=person.microphone, wanted=">= 1",
            )  # fmt: skip
        if not person.role:
            raise WrongValueError(
                "{source}: {path} is {given}; it must be {wanted}.", source=source,
                path=f"participants[{index}].role", given="''", wanted="judge | witness | …",
            )  # fmt: skip
