"""How much of a sound the map says, frequency by frequency.

Words need the detail above the first formants more than below, and verification by powers and not
their logarithms hardly hears it there (docs/disguise-design.md). So the map may say less of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hattama.disguise.bands import centres
from hattama.disguise.cepstra import between_shapes

if TYPE_CHECKING:
    from hattama.disguise.framing import Array

LOW_HZ: Final = 1000.0
"""Below this the map says its first share of a sound,"""

HIGH_HZ: Final = 2500.0
"""and above this its second."""


def blend(low: float, high: float) -> Array:
    """Matrix by which what sets the map apart from the speaker's own cepstra goes into these.

    Parameters
    ----------
    low, high
        Shares of the map below LOW_HZ and above HIGH_HZ, 0 to 1; between them the share changes
        evenly over the octaves.

    Returns
    -------
    Array
        Shape (CEPSTRA, CEPSTRA). The level, cepstrum 0, neither gives nor takes.
    """
    first, last = np.log(LOW_HZ), np.log(HIGH_HZ)
    above = np.clip((np.log(centres()) - first) / (last - first), 0.0, 1.0)
    return between_shapes(np.diag(low + (high - low) * above))
