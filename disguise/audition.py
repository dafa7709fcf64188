"""Secrets tried on a recording's witness before one is taken.

A secret is drawn blindly, and by chance the voice that it makes may lie near the witness's own. A
recording can be disguised again: so some of it is disguised under one secret after another, until
verification systems take the result for a stranger's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hattama.disguise.decoding import COMPARED_HZ
from hattama.disguise.moments import Moment, enough, spoken_moments
from hattama.disguise.secret import Secret
from hattama.disguise.settling import ENOUGH_S
from hattama.disguise.similarity import meet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from hattama.disguise.protocols import Progress, VoicePrint, VoiceStream
    from hattama.disguise.spans import Span

DRAWS: Final = 8
"""Secrets that are tried at most; which of them is taken tells an attacker three bits at most."""

_BLOCK: Final = 4096


def choose_secret(
    source: Path,
    spans: Sequence[Span],
    make_core: Callable[[Secret, int], VoiceStream],
    prints: Mapping[str, VoicePrint],
    *,
    draws: int = DRAWS,
    progress: Progress | None = None,
) -> Secret:
    """Draw secrets until one makes a stranger of the witness.

    Parameters
    ----------
    source
        Recording.
    spans
        When the witness speaks, container time.
    make_core
        Makes a core for one channel, for a secret and a sample rate.
    prints
        Embeddings by name, as `hattama.disguise.similarity.crowd` knows them.
    draws
        Secrets at most, 1 and more.
    progress
        Told the share of the work that is done.

    Returns
    -------
    Secret
        The first whose disguise no embedding takes for the witness, else the one that comes
        nearest to that: whether it is good enough is for `hattama.disguise.check.check` to say.

    Raises
    ------
    TooLittleSpeechError
        When the witness speaks too little to compare voices.
    MediaError
        When the recording cannot be read.
    """
    tell = progress or (lambda _share: None)
    heard = enough(spoken_moments(source, spans))
    witness = meet(source, spans, heard, prints)
    best, lowest = Secret.fresh(), np.inf
    for draw in range(draws):
        secret = best if draw == 0 else Secret.fresh()
        tried = _disguised(heard, make_core(secret, COMPARED_HZ))
        excess = -np.inf
        for known in witness:
            excess = max(excess, known.compare(tried).excess)
            if excess >= lowest:  # the others cannot make it the best any more
                break
        if excess < lowest:
            best, lowest = secret, excess
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
