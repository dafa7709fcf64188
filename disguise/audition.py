"""Secrets tried on a witness before one is taken.

A secret is drawn blindly, and by chance the voice that it makes may lie near the witness's own. So
some of his speech, of the recording that is to be disguised or of a sound check, is disguised under
one secret after another, until verification systems take the result for a stranger's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hattama.disguise.decoding import COMPARED_HZ
from hattama.disguise.moments import Moment
from hattama.disguise.secret import Secret
from hattama.disguise.settling import ENOUGH_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hattama.disguise.protocols import Progress, VoiceStream
    from hattama.disguise.similarity import Witness

DRAWS: Final = 8
"""Secrets that are tried at most; which of them is taken tells an attacker three bits at most."""

_BLOCK: Final = 4096


class Choice(NamedTuple):
    """The secret that was taken."""

    secret: Secret
    """The first whose disguise no embedding takes for the witness, else the one that comes
    nearest to that."""
    moments: list[Moment]
    """The witness's speech, and what the disguise makes of it."""


def choose_secret(
    heard: Sequence[Moment],
    witness: Sequence[Witness],
    make_core: Callable[[Secret, int], VoiceStream],
    *,
    draws: int = DRAWS,
    fresh: Callable[[], Secret] | None = None,
    progress: Progress | None = None,
) -> Choice:
    """Draw secrets until one makes a stranger of the witness.

    Parameters
    ----------
    heard
        Pieces of his speech.
    witness
        How each embedding knows him, and what strangers score (`similarity.know`, `.meet`).
    make_core
        Makes a core for one channel, for a secret and a sample rate.
    draws
        Secrets at most, 1 and more.
    fresh
        Draws a secret; `Secret.fresh` where None.
    progress
        Told the share of the work that is done.

    Returns
    -------
    Choice
        Whether it is good enough is for a check to say.
    """
    tell = progress or (lambda _share: None)
    draw_one = fresh or Secret.fresh
    best, lowest = Choice(draw_one(), []), np.inf
    for draw in range(draws):
        secret = best.secret if draw == 0 else draw_one()
        tried = _disguised(heard, make_core(secret, COMPARED_HZ))
        excess = -np.inf
        for known in witness:
            excess = max(excess, known.excess(tried))
            if excess >= lowest:  # the others cannot make it the best any more
                break
        if excess < lowest:
            best, lowest = Choice(secret, tried), excess
        tell((draw + 1) / draws)
        if lowest < 0.0:
            break
    tell(1.0)
    return best


def _disguised(heard: Sequence[Moment], core: VoiceStream) -> list[Moment]:
    """The moments as the core says them once it knows the voice."""
    sound = np.concatenate([moment.heard for moment in heard])
    first = sound[: round(ENOUGH_S * COMPARED_HZ)]
    given = np.concatenate([first, sound])
    said = [core.process(given[at : at + _BLOCK]) for at in range(0, len(given), _BLOCK)]
    start = len(first) + core.input_latency + core.output_latency
    whole = np.concatenate([*said, core.flush()])[start : start + len(sound)]
    parts = np.split(whole, np.cumsum([len(moment.heard) for moment in heard[:-1]]))
    return [moment._replace(said=part) for moment, part in zip(heard, parts, strict=True)]
