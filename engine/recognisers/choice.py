"""Which recognisers take part in a run, and what to tell about the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hattama.engine.document.model import Language
from hattama.engine.errors import BadInputError
from hattama.engine.recognisers.ctc_model import CTC_ARCHITECTURES
from hattama.models.choice import best_recogniser, ranked_recognisers
from hattama.models.entry import Entry
from hattama.models.notice import Notice
from hattama.models.store import ModelStore

AUTO = "auto"
NONE = "none"
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
    aligner: Entry | None = None
    """A CTC model that finds the times of a Whisper model's words."""
    notices: tuple[Notice, ...] = ()
    """What was chosen and why; empty where the user chose."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that take part."""
        others = (self.second, self.aligner)
        return (self.lead, *(entry for entry in others if entry))


def choose(
    store: ModelStore, name: str, languages: Sequence[Language], aligner: str = AUTO
) -> Choice:
    """Choose by name, or with `auto` the best in the store for the hearing's languages.

    Where `auto` finds a CTC model and a Whisper model, the CTC model leads and the Whisper model
    is asked for a second opinion. Where a Whisper model leads, a CTC model finds its words' times.

    Parameters
    ----------
    store
        Where the models are.
    name
        Catalogue name of the recogniser, or `auto`.
    languages
        Of the hearing.
    aligner
        Catalogue name of the CTC model that finds the times of a Whisper model's words; `auto`
        takes the best in the store, if any; `none` leaves the times as Whisper gives them.

    Raises
    ------
    ModelMissingError
        With `auto`: no recogniser of these languages is in the store.
    UnusableModelError
        The model is no recogniser.
    UnknownModelError
        The catalogue has no such model.
    """
    chosen = _best(store, languages) if name == AUTO else Choice(_usable(store, store.entry(name)))
    if _is_ctc(chosen.lead):
        return chosen
    return replace(chosen, aligner=choose_aligner(store, aligner, languages))


def _best(store: ModelStore, languages: Sequence[Language]) -> Choice:
    """The best in the store, a CTC model before a Whisper model, with its second opinion."""
    ranked = ranked_recognisers(store, languages)
    there = [entry for entry in ranked if store.has(entry.name)]
    by_rank = _usable(store, best_recogniser(store, languages))
    lead = next(filter(_is_ctc, there), by_rank)
    second = None
    if _is_ctc(lead):
        second = next((entry for entry in there if entry.architecture == WHISPER), None)
    return Choice(lead, second, notices=_notices(lead, second, ranked, there, languages))


def _is_ctc(entry: Entry) -> bool:
    return entry.architecture in CTC_ARCHITECTURES


def choose_aligner(store: ModelStore, name: str, languages: Sequence[Language]) -> Entry | None:
    """The CTC model that finds when words were said.

    Parameters
    ----------
    store
        Where it is.
    name
        Catalogue name; `auto` takes the best in the store, None where there is none; `none` gives
        None.
    languages
        Of the words.

    Raises
    ------
    UnusableModelError
        The model is no CTC model.
    UnknownModelError
        The catalogue has no such model.
    """
    if name == NONE:
        return None
    able = [entry for entry in ranked_recognisers(store, languages) if _is_ctc(entry)]
    if name == AUTO:
        return next((entry for entry in able if store.has(entry.name)), None)
    entry = store.entry(name)
    if not _is_ctc(entry):
        raise UnusableModelError(
            "{name} cannot find the times of words; allowed: {allowed}, auto or none.",
            name=name,
            allowed=", ".join(e.name for e in store.entries() if _is_ctc(e)),
        )
    return entry


def _usable(store: ModelStore, entry: Entry) -> Entry:
    if entry.architecture not in ARCHITECTURES:
        raise UnusableModelError(
            "{name} is no recogniser that transcribe can run; allowed: {allowed}, or auto.",
            name=entry.name,
            allowed=", ".join(e.name for e in store.entries() if e.architecture in ARCHITECTURES),
        )
    return entry


def _notices(
    lead: Entry,
    second: Entry | None,
    ranked: Sequence[Entry],
    there: Sequence[Entry],
    languages: Sequence[Language],
) -> tuple[Notice, ...]:
    fields = {"name": lead.name, "languages": ", ".join(languages)}
    if lead == there[0]:
        chosen = Notice("Recogniser: {name}, the best in the store for {languages}.", fields)
    else:
        chosen = Notice(
            "Recogniser: {name}, the best in the store for {languages} that writes every word as "
            "it sounds.",
            fields,
        )
    notices = [chosen]
    if second is not None:
        notices.append(
            Notice(
                "Second opinion: {name}; words on which the two differ are marked.",
                {"name": second.name},
            )
        )
    if ranked[0] not in there:
        notices.append(_better(lead, ranked[0], languages))
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
