"""What lies under the first formants, taken away from everybody alike.

Words are hardly there, and much of the speaker is: how strong his fundamental is, how he closes his
nose. The pitch is another's by then, but the envelope still holds what the first harmonics left in
it. So there it goes on as it is at the lowest formants, about everybody's mean shape. What is taken
so is gone, for whoever holds the secret too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hattama.disguise.bands import BANDS, centres, reading
from hattama.disguise.cepstra import between_shapes

if TYPE_CHECKING:
    from hattama.disguise.framing import Array


def without_bass(below_hz: float) -> Array:
    """Matrix that gives cepstra under a frequency what the envelope has at it.

    Parameters
    ----------
    below_hz
        Where the envelope's own shape begins, 0 to 8000; 0 leaves everything as it is.

    Returns
    -------
    Array
        Shape (CEPSTRA, CEPSTRA), for cepstra about everybody's mean. The level, cepstrum 0, neither
        gives nor takes.
    """
    bands = np.eye(BANDS)
    bands[centres() < below_hz] = reading(np.array([below_hz]))
    matrix = between_shapes(bands)
    matrix[0, 0] = 1.0
    return matrix
