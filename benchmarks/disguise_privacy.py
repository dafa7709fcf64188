"""How well a disguise hides who speaks.

    python -m benchmarks.disguise_privacy --voices DIR [--systems WORD ...] [--semi [WORD ...]]
        [--brief] [--keep] [--settled S] [--sound-check NAME ...] [--draws N]

DIR as `benchmarks/disguise_corpus.py` says. Two attackers, CAM++ and GE2E. Every utterance is
disguised in a session of its own, N times over with other secrets. Equal error rates in %: 50 is a
coin, 0 is found every time.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from benchmarks.disguise_attacks import (
    Trials,
    against_models,
    centred,
    discriminant,
    equal_error_rate,
    interval,
    pairwise,
    pooled,
    true_accept_rate,
    unit,
)
from benchmarks.disguise_corpus import PIECES, RATE_HZ, Utterance, others, trainers, witnesses
from benchmarks.disguise_rehearsed import EMBEDDINGS, SoundCheck
from benchmarks.disguise_systems import (
    DRAW,
    OTHERS,
    Choose,
    System,
    chosen,
    disguised,
    in_order,
    settled_note,
    spread,
)
from benchmarks.machine import earlier, write
from hattama.diarization.campplus import CampplusEmbedder
from hattama.diarization.ge2e import Ge2eEmbedder
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hattama.diarization.protocols import Embedder

    Array = NDArray[np.float64]
    Sound = NDArray[np.float32]

_START: Final = 3 * RATE_HZ
_PARTS: Final = (("first 3 s", slice(0, _START)), ("last 3 s", slice(-_START, None)))

NOTES: Final = """# How well a disguise hides who speaks

Equal error rate in %, attackers CAM++ / GE2E (50: a coin; 0: found every time), with the 95 %
interval over speakers for the attack that counts most. Witnesses: {witnesses} utterances of
{speakers} speakers of LibriSpeech test-other; each utterance is a session with a secret of its
own{settled}, in 10 ms blocks
where the system streams. {rehearsed}Models
of half of a speaker's utterances, tried on the other half, both ways.

- ignorant: models from undisguised speech. centred: he takes the mean off both sides.
- lazy-informed: models from speech that he disguised with secrets of his own.
  TAR: the speaker's own trials accepted where 1 % of strangers' are.
  draws: how many times everything was disguised, with other secrets, the trials pooled (-: once),
  and the ignorant attack in the best and the worst of them. A draw moves a rate by some points.
- semi-informed: he also disguises {others} pieces of other speakers and learns centring and a
  regularised discriminant from them. pairs: single pieces of those speakers against each other.
  -: not measured on that system.
- first 3 s, last 3 s: lazy-informed, trials cut to the first or last three seconds.
- attempts to undo the disguise: disguise_inversion.md.
"""


_REHEARSED: Final = """Of that speech a sound check takes the witness's secret: the
first of at most eight whose disguise {judges} take for a stranger's, also turned back. The
lazy-informed attacker does likewise; the semi-informed one draws the secrets of his 125 speakers
blindly. """


class Attackers:
    """The two embeddings."""

    def __init__(self) -> None:
        # Two threads waiting for each other are ten times slower beside other programs.
        torch.set_num_threads(1)
        store = ModelStore.default()
        self._embedders: tuple[Embedder, ...] = (CampplusEmbedder(store), Ge2eEmbedder(store))

    def embed(self, sounds: Sequence[Sound]) -> list[Array]:
        """Unit rows of each attacker."""
        return [unit(e.embed(sounds).astype(np.float64)) for e in self._embedders]


def percent(rates: Sequence[float]) -> str:
    """Rates of the attackers, side by side."""
    return " / ".join(f"{100.0 * rate:.1f}" for rate in rates)


def eer(trials: Sequence[Trials]) -> str:
    """Equal error rates of the attackers."""
    return percent([equal_error_rate(t.scores, t.same) for t in trials])


@dataclass(frozen=True)
class Case:
    """Who speaks, who listens, and how the disguise is used."""

    attackers: Attackers
    """The two embeddings."""

    speech: list[Utterance]
    """What the witnesses say."""

    original: list[Array]
    """Its embeddings, undisguised."""

    rest: list[Utterance]
    """Speech of other people, for the attacker to learn from; empty leaves that attack out."""

    draws: int
    """How often everything is disguised, with other secrets each time."""

    settled_s: float
    """How long a session has heard the speaker before."""

    choose: Choose | None
    """How a session takes its secret by that; None takes the first."""

    brief: bool
    """Whether first and last seconds are left out."""


def _attacked(
    system: System, case: Case, learnt: list[Array], draw: int
) -> dict[str, list[Trials]]:
    """Trials of each attack and attacker under one draw of the secrets."""
    speakers = [u.speaker for u in case.speech]
    sounds = disguised(system, case.speech, draw * DRAW, case.settled_s, case.choose)
    masked = case.attackers.embed(sounds)
    both = list(zip(case.original, masked, strict=True))
    trials = {
        "ignorant": [against_models(o, m, speakers) for o, m in both],
        "centred": [against_models(centred(o), centred(m), speakers) for o, m in both],
        "lazy-informed": [against_models(m, m, speakers) for m in masked],
    }
    for name, part in () if case.brief else _PARTS:
        short = case.attackers.embed([s[part] for s in sounds])
        pairs = zip(masked, short, strict=True)
        trials[name] = [against_models(m, s, speakers) for m, s in pairs]
    if learnt:
        names = [u.speaker for u in case.rest]
        turned = [discriminant(v, names).apply(m) for v, m in zip(learnt, masked, strict=True)]
        trials["semi-informed"] = [against_models(t, t, speakers) for t in turned]
    return trials


def measure(system: System, case: Case) -> dict[str, object]:
    """One row of the table."""
    learnt = []
    if case.rest:
        learnt = case.attackers.embed(disguised(system, case.rest, OTHERS, case.settled_s))
    draws = [_attacked(system, case, learnt, draw) for draw in range(case.draws)]
    found = {
        name: [pooled(parts) for parts in zip(*(d[name] for d in draws), strict=True)]
        for name in draws[0]
    }
    lazy = found["lazy-informed"]
    row: dict[str, object] = {"system": system.name}
    row |= {name: eer(found[name]) for name in ("ignorant", "centred", "lazy-informed")}
    rates = [[equal_error_rate(t.scores, t.same) for t in d["ignorant"]] for d in draws]
    row["draws"] = spread(100.0 * np.array(rates))
    row["95 %"] = " / ".join("{:.0f}-{:.0f}".format(*(100 * x for x in interval(t))) for t in lazy)
    row["TAR"] = percent([true_accept_rate(t) for t in lazy])
    for name in (*(part for part, _ in _PARTS), "semi-informed"):
        row[name] = eer(found[name]) if name in found else "-"
    names = [u.speaker for u in case.rest]
    row["pairs"] = eer([pairwise(v, v, names) for v in learnt]) if learnt else "-"
    return row


def main() -> None:
    """Measure the chosen systems and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--systems", nargs="*", default=[], help="words of their names")
    parser.add_argument("--semi", nargs="*", help="also the semi-informed attack, on these systems")
    parser.add_argument("--brief", action="store_true", help="without first and last seconds")
    parser.add_argument("--keep", action="store_true", help="keep the other systems' rows")
    parser.add_argument("--each", type=int, help="utterances a speaker")
    parser.add_argument(
        "--settled", type=float, default=0.0, help="seconds the speaker has spoken before, in it"
    )
    parser.add_argument(
        "--sound-check",
        nargs="+",
        choices=EMBEDDINGS,
        help="choose each witness's secret with these embeddings by what was spoken before",
    )
    parser.add_argument("--draws", type=int, default=1, help="times that secrets are drawn")
    parser.add_argument("--name", default="disguise_privacy", help="name of the results")
    options = parser.parse_args()
    speech = witnesses(options.voices, each=options.each)
    systems = chosen(options.systems)
    semi = [] if options.semi is None else [s.name for s in chosen(options.semi)]
    rest = others(options.voices) if semi else []
    attackers = Attackers()
    original = attackers.embed([u.samples for u in speech])
    judges = options.sound_check or []
    choose = SoundCheck(judges).choose if judges else None
    rows: dict[str, dict[str, object]] = {}
    notes = NOTES.format(
        witnesses=len(speech),
        speakers=len({u.speaker for u in speech}),
        settled=settled_note(options.settled),
        rehearsed=_REHEARSED.format(judges=" and ".join(judges)) if judges else "",
        others=len(rest) or PIECES * len(trainers(options.voices)),
    )
    for system in systems:
        trained = rest if system.name in semi else []
        row = measure(
            system,
            Case(
                attackers,
                speech,
                original,
                trained,
                options.draws,
                options.settled,
                choose,
                options.brief,
            ),
        )
        print(row, flush=True)
        rows = (earlier(options.name) if options.keep else rows) | {system.name: row}
        write(options.name, in_order(rows), notes, "numba", "torch")


if __name__ == "__main__":
    main()
