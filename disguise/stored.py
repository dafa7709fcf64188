"""The numbers that come with the program: `disguise/data/`."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


Fields = TypeVar("Fields", bound=NamedTuple)
"""A named tuple of arrays."""


def stored(name: str) -> dict[str, NDArray[Any]]:
    """Every array of a file of `disguise/data/`, by name; see its README.md."""
    with (files("hattama.disguise") / "data" / name).open("rb") as stream:
        return dict(np.load(stream, allow_pickle=False))


def stored_as(kind: type[Fields], name: str) -> Fields:
    """The arrays of such a file that a named tuple has fields for, as float64."""
    data = stored(name)
    return kind._make(data[field].astype(np.float64) for field in kind._fields)
