"""Notices: one line for a reader, though the work goes on.

It stands in `hattama.models` because every other folder may import that one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person should know; the command line translates the template."""

    template: str
    """English text with `str.format` fields in braces."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """Values of the fields; JSON values."""

    def __str__(self) -> str:
        return self.template.format(**self.fields)
