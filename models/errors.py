"""The root of every error that Hattama raises, and the errors of the models folder."""

from __future__ import annotations

from typing import ClassVar


class HattamaError(Exception):
    """An error with one line for its reader: what was given, what is allowed, what to do.

    It stands in `hattama.models` because every other folder may import that one. Each folder
    derives its own root from it. The English template stays with the error, so that the command
    line can print the same line in Kazakh or Russian.

    Parameters
    ----------
    template
        English message with `str.format` fields in braces.
    **fields
        Values of the fields.
    """

    exit_code: ClassVar[int] = 1
    """Exit status of the command line: 2 for bad input, 1 for a failure."""

    def __init__(self, template: str, /, **fields: object) -> None:
        super().__init__(template, fields)
        self.template = template
        self.fields = fields

    def __str__(self) -> str:
        return self.template.format(**self.fields)


class ModelsError(HattamaError):
    """Root of the errors of `hattama.models`."""


class UnknownModelError(ModelsError, KeyError):
    """A model was named that the catalogue does not hold."""

    exit_code: ClassVar[int] = 2


class ModelMissingError(ModelsError, LookupError):
    """A model is needed and the store does not hold it, or not all of it."""

    exit_code: ClassVar[int] = 2


class CorruptModelError(ModelsError):
    """A file's bytes are not the ones that the catalogue promises."""


class CatalogError(ModelsError, ValueError):
    """The catalogue itself is wrong: a missing field, a bad path, a hash that is no hash."""


class SourceError(ModelsError):
    """One source could not give a file; the next one is tried."""


class GatedModelError(SourceError):
    """The hub gives the file only to people who accepted the model's conditions."""

    exit_code: ClassVar[int] = 2


class OfflineError(ModelsError):
    """Something would have to be fetched, and fetching is switched off."""

    exit_code: ClassVar[int] = 2


class StoreNotWritableError(ModelsError):
    """The store's folder cannot be written: read-only, full, or no folder at all."""


class StoreBusyError(ModelsError):
    """Another process fills the store and did not finish in time."""


class PullCancelledError(ModelsError):
    """The caller asked to stop; what was fetched completely is kept."""

    exit_code: ClassVar[int] = 130


class BundleError(ModelsError, ValueError):
    """A bundle or folder given to import cannot be trusted or holds nothing known."""

    exit_code: ClassVar[int] = 2
