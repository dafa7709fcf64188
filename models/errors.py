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
