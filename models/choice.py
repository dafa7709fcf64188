"""The `auto` choice of a recogniser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hattama.models.errors import ModelMissingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hattama.models.entry import Entry
    from hattama.models.store import ModelStore


def best_recogniser(store: ModelStore, languages: Sequence[str]) -> Entry:
    """Return the best recogniser in the store for a hearing in `languages`.

    Recognisers are ordered by the mean of their catalogue ranks over the languages; one that does
    not know a language counts as rank 0 there. The first in the catalogue wins a tie.

    Parameters
    ----------
    store
        Where the model must be, complete and with the right bytes.
    languages
        ISO 639-1 codes, at least one.

    Raises
    ------
    ModelMissingError
        No recogniser of these languages is in the store.
    """
    for entry in ranked_recognisers(store, languages):
        if store.has(entry.name):
            return entry
    raise ModelMissingError(
        "No recogniser of {languages} is in {folder}: run `hattama models pull {model}`, or bring "
        "one with `hattama models import`.",
        languages=", ".join(languages),
        folder=store.root,
        model=next(entry.name for entry in store.entries() if entry.task == "recognition"),
    )


def ranked_recognisers(store: ModelStore, languages: Sequence[str]) -> tuple[Entry, ...]:
    """Return the recognisers that know any of `languages`, best first, in the store or not."""
    able = [
        entry
        for entry in store.entries()
        if entry.task == "recognition" and any(code in entry.rank for code in languages)
    ]
    return tuple(sorted(able, key=lambda entry: -sum(entry.rank.get(x, 0) for x in languages)))
