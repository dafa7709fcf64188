"""Which recognisers take part in a run, and what to tell about the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hattama.engine.document.model import Language
from hattama.engine.errors import BadInputError
from hattama.engine.recognisers.ctc_model import CTC_ARCHITECTURES
from hattama.models.choice import best_recogniser, ranked_recognisers
from hattama.models.entry import Entry
from hattama.models.notice import Notice
from hattama.models.store import ModelStore

AUTO = "auto"
WHISPER = "whisper-ct2"
ARCHITECTURES: tuple[str, ...] = (WHISPER, *CTC_ARCHITECTURES)
"""Those of the catalogue that this program can run."""


class UnusableModelError(BadInputError):
    """A model of the catalogue that is no recogniser this program can run."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The recognisers of a run."""

    lead: Entry
    """Its words are the record's."""
    second: Entry | None = None
    """A Whisper model that gives a second opinion on a CTC model's words."""
    notices: tuple[Notice, ...] = ()
    """What was chosen and why; empty where the user chose."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that take part."""
        return (self.lead, *((self.second,) if self.second else ()))


def choose(store: ModelStore, name: str, languages: Sequence[Language]) -> Choice:
    """Choose by name, or with `auto` the best in the store for the hearing's languages.

    `auto` also asks the best Whisper model in the store for a second opinion where a CTC model
    leads.

    Raises
    ------
    ModelMissingError
        With `auto`: no recogniser of these languages is in the store.
    UnusableModelError
        The model is no recogniser.
    UnknownModelError
        The catalogue has no such model.
    """
    if name != AUTO:
        return Choice(_usable(store, store.entry(name)))
    lead = _usable(store, best_recogniser(store, languages))
    ranked = ranked_recognisers(store, languages)
    second = None
    if lead.architecture != WHISPER:
        second = next((e for e in ranked if e.architecture == WHISPER and store.has(e.name)), None)
    return Choice(lead, second, _notices(lead, second, ranked[0], languages))


def _usable(store: ModelStore, entry: Entry) -> Entry:
    if entry.architecture not in ARCHITECTURES:
        raise UnusableModelError(
            "{name} is no recogniser that transcribe can run; allowed: {allowed}, or auto.",
            name=entry.name,
            allowed=", ".join(e.name for e in store.entries() if e.architecture in ARCHITECTURES),
        )
    return entry


def _notices(
    lead: Entry, second: Entry | None, best: Entry, languages: Sequence[Language]
) -> tuple[Notice, ...]:
    spoken = ", ".join(languages)
    notices = [
        Notice(
            "Recogniser: {name}, the best in the store for {languages}.",
            {"name": lead.name, "languages": spoken},
        )
    ]
    if second is not None:
        notices.append(
            Notice(
                "Second opinion: {name}; words on which the two differ are marked.",
                {"name": second.name},
            )
        )
    if best.name != lead.name:
        notices.append(_better(lead, best, languages))
    return tuple(notices)


def _better(lead: Entry, best: Entry, languages: Sequence[Language]) -> Notice:
    there, here = _rates(best, languages), _rates(lead, languages)
    if not there:
        return Notice(
            "Better for this hearing is {name}: `hattama models pull {name}`.", {"name": best.name}
        )
    if not here:
        return Notice(
            "Better for this hearing is {name}, wrong words in read speech as published: {rates}. "
            "`hattama models pull {name}`.",
            {"name": best.name, "rates": there},
        )
    return Notice(
        "Better for this hearing is {name}, wrong words in read speech as published: {rates} "
        "against {present} of {lead}. `hattama models pull {name}`.",
        {"name": best.name, "rates": there, "present": here, "lead": lead.name},
    )


def _rates(entry: Entry, languages: Sequence[Language]) -> str:
    known = [x for x in languages if x in entry.word_errors]
    return ", ".join(f"{x} {entry.word_errors[x]:g} %" for x in known)
