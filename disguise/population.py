"""What speech is like in general: the statistics to which every speaker is brought."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from hattama.disguise.stored import stored

if TYPE_CHECKING:
    from hattama.disguise.framing import Array


@cache
def population() -> tuple[Array, Array]:
    """Mean and standard deviation of speakers' cepstra (see disguise/data/README.md)."""
    data = stored("population.npz")
    return data["mean"].astype(np.float64), data["std"].astype(np.float64)
