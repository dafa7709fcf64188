"""What an attacker gains who tries to undo a disguise.

    python -m benchmarks.disguise_inversion --voices DIR [--systems strong ...] [--each 5]
        [--step 2] [--draws N] [--name disguise_inversion]

Without the secret: pitch, formants and both together moved by -6 to +6 semitones, and the pitch
moved to that of the speaker who is tried. With it (and, in a recording, with the original, to
which it is bound): warp, mixing, colour and pitch of the session taken off again. The attacker is
the ignorant one of `disguise_privacy.py`; moves are described in `disguise_undo.py`.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.disguise_attacks import (
    Trials,
    against_models,
    centred,
    equal_error_rate,
    halves,
    pooled,
)
from benchmarks.disguise_corpus import witnesses
from benchmarks.disguise_privacy import Attackers, percent
from benchmarks.disguise_systems import DRAW, OURS, System, chosen, disguised, in_order, secret_of
from benchmarks.disguise_undo import Heard, hear, mean_pitch, repitched, shifted, unmasked
from benchmarks.machine import earlier, write
from hattama.disguise.profiles import PROFILES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from benchmarks.disguise_corpus import Utterance
    from hattama.disguise.profiles import Profile
    from hattama.disguise.secret import Secret

    Array = NDArray[np.float64]
    Sound = NDArray[np.float32]
    Score = Callable[[Array, Array], Trials]

FURTHEST: Final = 6.0
"""Semitones, up and down, that the attacker tries."""

_RESAMPLES: Final = 300

NOTES: Final = """# What an attacker gains who tries to undo a disguise

Equal error rate in %, CAM++ / GE2E, of the ignorant attacker (models from undisguised speech of
half of a speaker's utterances, tried on the other half, both ways): {utterances} utterances of
{speakers} speakers of LibriSpeech test-other, a session with a secret of its own each{draws}.
Second figures, after the semicolon: he also takes the mean off both sides.

- as it is: nothing undone.
- best move: he moves pitch, formants or both by one number of semitones from -6 to +6
  ({moves} moves), the same for all, the one that serves him best; each attacker's own choice is
  named. Picking the best of so many on the same trials favours him by chance too.
- best a trial: for each trial the move that fits best, of plain scores or of scores freed of each
  move's mean and spread, whichever serves him better.
- pitch suited: for each trial he moves the mean pitch to that of the speaker whom he tries and, of
  our profiles, gives the intonation back its range; formants stay.
- secret known: he knows every number that the session's voice was made with, and takes its warp,
  mixing and colour off again; and he also moves the pitch to that of the speaker whom he tries,
  whichever serves him better.
- loss: points of the equal error rate that the best of all these costs, as it is less the lowest,
  without centring; in brackets the 95 % interval over speakers. Loss of undoing alone: a plain
  analysis and synthesis of the same sound that moves nothing is among the moves.
"""


@dataclass(frozen=True)
class Move:
    """One way to undo."""

    name: str
    """What the table calls it."""

    undo: Callable[[Heard], Sound]
    """Speech with the move undone."""


def moves(step: float) -> list[Move]:
    """Every move of the grid: nothing, pitch alone, formants alone, both as a resampler does."""
    found = [Move("nothing", lambda h: shifted(h, 0.0, 0.0))]
    for by in np.arange(-FURTHEST, FURTHEST + step / 2, step):
        if by != 0.0:
            found += [
                Move(f"pitch {by:+g}", lambda h, b=by: shifted(h, b, 0.0)),
                Move(f"formants {by:+g}", lambda h, b=by: shifted(h, 0.0, b)),
                Move(f"both {by:+g}", lambda h, b=by: shifted(h, b, b)),
            ]
    return found


def best_a_trial(ways: Sequence[Trials]) -> Trials:
    """Each trial scored by the move that fits best; plainly, or freed of each move's mean."""
    plain = np.max([t.scores for t in ways], axis=0)
    fair = np.max([(t.scores - np.mean(t.scores)) / np.std(t.scores) for t in ways], axis=0)
    both = [Trials(scores, ways[0].same, ways[0].speaker) for scores in (plain, fair)]
    return min(both, key=rate)


def rate(trials: Trials) -> float:
    """Equal error rate, 0 to 1."""
    return equal_error_rate(trials.scores, trials.same)


def loss_interval(plain: Trials, undone: Trials, seed: int = 1) -> tuple[float, float]:
    """95 % interval of the rate's loss, both resampled over the same speakers."""
    generator = np.random.default_rng(seed)
    names = np.unique(plain.speaker)
    rows = {n: np.flatnonzero(plain.speaker == n) for n in names}
    losses = []
    for _ in range(_RESAMPLES):
        pick = np.concatenate([rows[n] for n in generator.choice(names, len(names))])
        losses.append(
            equal_error_rate(plain.scores[pick], plain.same[pick])
            - equal_error_rate(undone.scores[pick], undone.same[pick])
        )
    low, high = np.quantile(losses, [0.025, 0.975])
    return float(low), float(high)


@dataclass(frozen=True)
class Attack:
    """One embedding with one manner of scoring."""

    models: Array
    """Embeddings of the undisguised utterances."""

    speakers: Sequence[str]
    """Of each utterance."""

    centres: bool
    """Whether the mean is taken off both sides."""

    def trials(self, tried: Array) -> Trials:
        """Scores of the undone utterances against the models."""
        if self.centres:
            return against_models(centred(self.models), centred(tried), self.speakers)
        return against_models(self.models, tried, self.speakers)

    def pitched(self, tried: dict[str, Array]) -> Trials:
        """The same where each utterance was made to suit the speaker of each model."""
        names = sorted(set(self.speakers))
        each = [self.trials(tried[name]) for name in names]
        column = np.concatenate(
            [np.tile(np.arange(len(names)), np.count_nonzero(~half))
             for half in halves(self.speakers)]
        )  # fmt: skip
        scores = np.choose(column, [t.scores for t in each])
        return Trials(scores, each[0].same, each[0].speaker)


def own_pitches(speech: Sequence[Utterance]) -> dict[str, float]:
    """Mean pitch of each speaker, as his undisguised utterances tell it, Hz."""
    return {
        name: float(np.median([mean_pitch(hear(u.samples)) for u in speech if u.speaker == name]))
        for name in sorted({u.speaker for u in speech})
    }


def suited(
    undo: Callable[[int, float], Sound],
    count: int,
    pitches: dict[str, float],
    attackers: Attackers,
) -> list[dict[str, Array]]:
    """Every utterance made to suit each speaker, by embedding and speaker.

    Parameters
    ----------
    undo
        From the number of an utterance and a mean pitch to sound.
    count
        How many utterances.
    pitches
        Mean pitch of each speaker, Hz.
    attackers
        The embeddings.
    """
    made = {
        name: attackers.embed([undo(i, hz) for i in range(count)]) for name, hz in pitches.items()
    }
    return [
        {name: vectors[k] for name, vectors in made.items()}
        for k in range(len(next(iter(made.values()))))
    ]


@dataclass(frozen=True)
class Opened:
    """Embeddings of utterances whose secret was known and taken off."""

    left: Array
    """With the pitch as it was."""

    moved: dict[str, Array]
    """With the pitch of the speaker who is tried, by speaker."""


def opened(
    heard: Sequence[Heard],
    pitches: dict[str, float],
    profile: Profile,
    secrets: Sequence[Secret],
    attackers: Attackers,
) -> list[Opened]:
    """What is left of a session whose secret is known, for each embedding."""
    left = attackers.embed([unmasked(h, profile, s) for h, s in zip(heard, secrets, strict=True)])
    moved = suited(
        lambda i, hz: unmasked(heard[i], profile, secrets[i], hz), len(heard), pitches, attackers
    )
    return [Opened(*both) for both in zip(left, moved, strict=True)]


@dataclass(frozen=True)
class Attempts:
    """Scores of one embedding, with one manner of scoring."""

    plain: Trials
    """Nothing undone."""

    moves: tuple[Trials, ...]
    """By move of the grid."""

    suited: Trials
    """The pitch moved to that of whoever is tried."""

    known: tuple[Trials, ...] = ()
    """With the secret, the pitch left and moved; none where there is no secret."""


def attempts(
    attack: Attack,
    masked: Array,
    undone: Sequence[Array],
    moved: dict[str, Array],
    known: Opened | None = None,
) -> Attempts:
    """Everything that is tried on one draw of the secrets, scored."""
    return Attempts(
        attack.trials(masked),
        tuple(attack.trials(vectors) for vectors in undone),
        attack.pitched(moved),
        (attack.trials(known.left), attack.pitched(known.moved)) if known else (),
    )


def together(draws: Sequence[Attempts]) -> Attempts:
    """Attempts at the same utterances under several draws of the secrets, as one set."""
    return Attempts(
        pooled([d.plain for d in draws]),
        tuple(pooled(ways) for ways in zip(*(d.moves for d in draws), strict=True)),
        pooled([d.suited for d in draws]),
        tuple(pooled(ways) for ways in zip(*(d.known for d in draws), strict=True)),
    )


def figures(tried: Attempts) -> tuple[dict[str, Trials], int]:
    """Scores by column of the table, and the number of the best move."""
    best = min(range(len(tried.moves)), key=lambda i: rate(tried.moves[i]))
    found = {
        "as it is": tried.plain,
        "best move": tried.moves[best],
        "best a trial": best_a_trial(tried.moves),
        "pitch suited": tried.suited,
    }
    return (found | {"secret known": min(tried.known, key=rate)} if tried.known else found), best


def loss(found: dict[str, Trials]) -> str:
    """Points that the best way to undo costs, with the interval over speakers."""
    plain = found["as it is"]
    lowest = min((t for name, t in found.items() if name != "as it is"), key=rate)
    low, high = (100.0 * x for x in loss_interval(plain, lowest))
    return f"{100.0 * (rate(plain) - rate(lowest)):.1f} ({low:.0f} to {high:.0f})"


@dataclass(frozen=True)
class Case:
    """Who speaks, who listens, and what they try."""

    attackers: Attackers
    """The two embeddings."""

    speech: list[Utterance]
    """What is said."""

    original: list[Array]
    """Its embeddings, undisguised."""

    pitches: dict[str, float]
    """Mean pitch of each speaker, Hz."""

    grid: list[Move]
    """The moves."""

    draws: int
    """How often everything is disguised, with other secrets each time."""

    def attack(self, embedding: int, *, centres: bool) -> Attack:
        """The attacker with one of the embeddings."""
        return Attack(self.original[embedding], [u.speaker for u in self.speech], centres)


def attempted(system: System, case: Case, draw: int) -> list[tuple[Attempts, Attempts]]:
    """Everything tried under one draw of the secrets, plainly and centred, for each embedding."""
    attackers, first = case.attackers, draw * DRAW
    sounds = disguised(system, case.speech, first)
    heard = [hear(s) for s in sounds]
    masked = attackers.embed(sounds)
    undone = [attackers.embed([move.undo(h) for h in heard]) for move in case.grid]
    profile = next((p for p in PROFILES.values() if system.name == f"hattama {p.name}"), None)
    contour = profile.pitch_contour if profile else 1.0
    moved = suited(
        lambda i, hz: repitched(heard[i], hz, contour), len(heard), case.pitches, attackers
    )
    known: Sequence[Opened | None] = [None] * len(masked)
    if profile:
        secrets = [secret_of(first + i) for i in range(len(heard))]
        known = opened(heard, case.pitches, profile, secrets, attackers)

    def scored(k: int, *, centres: bool) -> Attempts:
        attack = case.attack(k, centres=centres)
        return attempts(attack, masked[k], [v[k] for v in undone], moved[k], known[k])

    return [(scored(k, centres=False), scored(k, centres=True)) for k in range(len(masked))]


def measure(system: System, case: Case) -> dict[str, object]:
    """One system's row."""
    draws = [attempted(system, case, draw) for draw in range(case.draws)]
    row: dict[str, str] = {}
    losses = ""
    for manner, mark in enumerate(("", "; ")):
        found = [
            figures(together([both[manner] for both in embedding]))
            for embedding in zip(*draws, strict=True)
        ]
        cells = {name: percent([rate(f[name]) for f, _ in found]) for name in found[0][0]}
        cells["move"] = " / ".join(case.grid[best].name for _, best in found)
        row = {name: row.get(name, "") + mark + cell for name, cell in cells.items()}
        losses = losses or " / ".join(loss(f) for f, _ in found)
    columns = ("as it is", "best move", "move", "best a trial", "pitch suited", "secret known")
    return {"system": system.name, **{name: row.get(name, "-") for name in columns}, "loss": losses}


def main() -> None:
    """Measure the chosen systems and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--systems", nargs="*", default=[s.name for s in OURS])
    parser.add_argument("--speakers", type=int, help="how many speakers")
    parser.add_argument("--each", type=int, help="utterances a speaker")
    parser.add_argument("--step", type=float, default=2.0, help="of the grid, semitones")
    parser.add_argument("--draws", type=int, default=1, help="times that secrets are drawn")
    parser.add_argument("--keep", action="store_true", help="keep the other systems' rows")
    parser.add_argument("--name", default="disguise_inversion", help="name of the results")
    options = parser.parse_args()
    speech = witnesses(options.voices, options.speakers, options.each)
    attackers, grid = Attackers(), moves(options.step)
    original = attackers.embed([u.samples for u in speech])
    case = Case(attackers, speech, original, own_pitches(speech), grid, options.draws)
    notes = NOTES.format(
        utterances=len(speech),
        speakers=len({u.speaker for u in speech}),
        draws=f", {options.draws} draws of the secrets pooled" if options.draws > 1 else "",
        moves=len(grid),
    )
    rows: dict[str, dict[str, object]] = {}
    for system in chosen(options.systems):
        row = measure(system, case)
        print(row, flush=True)
        rows = (earlier(options.name) if options.keep else rows) | {system.name: row}
        write(options.name, in_order(rows), notes, "numba", "torch")


if __name__ == "__main__":
    main()
