"""How well a disguise hides who speaks.

    python -m benchmarks.disguise_privacy --voices DIR [--systems WORD ...] [--semi] [--inversion]

DIR as `benchmarks/disguise_corpus.py` says. Two attackers, CAM++ and GE2E. Every utterance is
disguised in a session of its own. Equal error rates in %: 50 is a coin, 0 is found every time.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.disguise_attacks import (
    Trials,
    against_models,
    centred,
    discriminant,
    equal_error_rate,
    interval,
    pairwise,
    true_accept_rate,
    unit,
)
from benchmarks.disguise_corpus import RATE_HZ, Utterance, others, witnesses
from benchmarks.disguise_inversion import SHIFTS, WARPS, shifted, unmasked
from benchmarks.disguise_systems import System, chosen, secret_of
from benchmarks.machine import write
from hattama.diarization.campplus import CampplusEmbedder
from hattama.diarization.ge2e import Ge2eEmbedder
from hattama.disguise.profiles import PROFILES
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from hattama.diarization.protocols import Embedder

    Array = NDArray[np.float64]
    Sound = NDArray[np.float32]

_START: Final = 3 * RATE_HZ

NOTES: Final = """# How well a disguise hides who speaks

Equal error rate in %, attackers CAM++ / GE2E (50: a coin; 0: found every time), with the 95 %
interval over speakers for the attack that counts most. Witnesses: {witnesses} utterances of
{speakers} speakers of LibriSpeech test-other; each utterance is a session with a secret of its
own, in 10 ms blocks where the system streams. Models of half of a speaker's utterances, tried on
the other half, both ways.

- ignorant: models from undisguised speech. centred: he takes the mean off both sides.
- lazy-informed: models from speech that he disguised with secrets of his own.
  TAR: the speaker's own trials accepted where 1 % of strangers' are.
- semi-informed: he also disguises {others} pieces of other speakers and learns centring and a
  regularised discriminant from them. pairs: single pieces of those speakers against each other.
- first 3 s, last 3 s: lazy-informed, trials cut to the first or last three seconds.
- grid, known: ignorant, after he tried shifts of pitch and of formants on a grid (best one for
  each trial), and after he took off all secrets of the session, which he was given.
"""


class Attackers:
    """The two embeddings."""

    def __init__(self) -> None:
        store = ModelStore.default()
        self._embedders: tuple[Embedder, ...] = (CampplusEmbedder(store), Ge2eEmbedder(store))

    def embed(self, sounds: Sequence[Sound]) -> list[Array]:
        """Unit rows of each attacker."""
        return [unit(e.embed(sounds).astype(np.float64)) for e in self._embedders]


def disguised(system: System, speech: Sequence[Utterance], first_seed: int) -> list[Sound]:
    """Each utterance in a session of its own."""
    return [system.make(first_seed + i)(u.samples) for i, u in enumerate(speech)]


def percent(rates: Sequence[float]) -> str:
    """Rates of the attackers, side by side."""
    return " / ".join(f"{100.0 * rate:.1f}" for rate in rates)


def eer(trials: Sequence[Trials]) -> str:
    """Equal error rates of the attackers."""
    return percent([equal_error_rate(t.scores, t.same) for t in trials])


def inverted(
    attackers: Attackers,
    sounds: Sequence[Sound],
    original: list[Array],
    speakers: Sequence[str],
    undo: Sequence[Callable[[int, Sound], Sound]],
) -> str:
    """Ignorant attack, each trial scored by the best of several ways to undo the disguise."""
    best: list[Trials] = []
    for way in undo:
        vectors = attackers.embed([way(i, s) for i, s in enumerate(sounds)])
        trials = [against_models(o, v, speakers) for o, v in zip(original, vectors, strict=True)]
        best = [
            Trials(np.maximum(a.scores, b.scores), a.same, a.speaker)
            for a, b in zip(best or trials, trials, strict=True)
        ]
    return eer(best)


def _undo_grid() -> list[Callable[[int, Sound], Sound]]:
    moves = [(0.0, 0.0), *((s, 0.0) for s in SHIFTS), *((0.0, w) for w in WARPS)]
    return [lambda _i, s, p=p, f=f: shifted(s, p, f) for p, f in moves]


def measure(
    system: System,
    speech: list[Utterance],
    rest: list[Utterance],
    attackers: Attackers,
    *,
    inversion: bool,
) -> dict[str, object]:
    """One row of the table."""
    speakers = [u.speaker for u in speech]
    sounds = disguised(system, speech, 0)
    original = attackers.embed([u.samples for u in speech])
    masked = attackers.embed(sounds)
    lazy = [against_models(m, m, speakers) for m in masked]
    both = list(zip(original, masked, strict=True))
    row: dict[str, object] = {
        "system": system.name,
        "ignorant": eer([against_models(o, m, speakers) for o, m in both]),
        "centred": eer([against_models(centred(o), centred(m), speakers) for o, m in both]),
        "lazy-informed": eer(lazy),
        "95 %": " / ".join("{:.0f}-{:.0f}".format(*(100.0 * x for x in interval(t))) for t in lazy),
        "TAR": percent([true_accept_rate(t) for t in lazy]),
    }
    for name, part in (("first 3 s", slice(0, _START)), ("last 3 s", slice(-_START, None))):
        short = attackers.embed([s[part] for s in sounds])
        row[name] = eer(
            [against_models(m, s, speakers) for m, s in zip(masked, short, strict=True)]
        )
    row |= {"semi-informed": "-", "pairs": "-", "grid": "-", "known": "-"}
    if rest:
        names = [u.speaker for u in rest]
        learnt = attackers.embed(disguised(system, rest, 10_000))
        turned = [discriminant(v, names).apply(m) for v, m in zip(learnt, masked, strict=True)]
        row["semi-informed"] = eer([against_models(t, t, speakers) for t in turned])
        row["pairs"] = eer([pairwise(v, v, names) for v in learnt])
    if inversion:
        row["grid"] = inverted(attackers, sounds, original, speakers, _undo_grid())
        for profile in PROFILES.values():
            if system.name == f"hattama {profile.name}":
                way = [lambda i, s, p=profile: unmasked(s, p, secret_of(i))]
                row["known"] = inverted(attackers, sounds, original, speakers, way)
    return row


def main() -> None:
    """Measure the chosen systems and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--systems", nargs="*", default=[], help="words of their names")
    parser.add_argument("--semi", action="store_true", help="also the semi-informed attack")
    parser.add_argument("--inversion", action="store_true", help="also the inversion search")
    parser.add_argument("--each", type=int, help="utterances a speaker")
    parser.add_argument("--name", default="disguise_privacy", help="name of the results")
    options = parser.parse_args()
    speech = witnesses(options.voices, each=options.each)
    rest = others(options.voices) if options.semi else []
    attackers = Attackers()
    rows: list[dict[str, object]] = []
    notes = NOTES.format(
        witnesses=len(speech), speakers=len({u.speaker for u in speech}), others=len(rest)
    )
    for system in chosen(options.systems):
        rows.append(measure(system, speech, rest, attackers, inversion=options.inversion))
        print(rows[-1], flush=True)
        write(options.name, rows, notes, "numba", "torch")


if __name__ == "__main__":
    main()
