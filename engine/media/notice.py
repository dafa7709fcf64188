"""Notices: what a person should know about a recording, though the work goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Notice:
    """One line for the reader; the template is translated by the command line."""

    template: str
    """English text with `str.format` fields in braces."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """Values of the fields; JSON values."""

    def __str__(self) -> str:
        return self.template.format(**self.fields)
