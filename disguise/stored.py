"""The numbers that come with the program: `disguise/data/`."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def stored(name: str) -> dict[str, NDArray[Any]]:
    """Every array of a file of `disguise/data/`, by name; see its README.md."""
    with (files("hattama.disguise") / "data" / name).open("rb") as stream:
        return dict(np.load(stream, allow_pickle=False))
