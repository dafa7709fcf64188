"""What an attacker gains who tries to undo a disguise.

    python -m benchmarks.disguise_inversion --voices DIR [--systems strong ...] [--each 5]
        [--step 2] [--name disguise_inversion]

Without the secret: pitch, formants and both together moved by -6 to +6 semitones, and the pitch
moved to that of the speaker who is tried. With it (the sealed envelope was opened): warp, mixing,
colour and pitch of the session taken off again. The attacker is the ignorant one of
`disguise_privacy.py`; moves are described in `disguise_undo.py`.
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
)
from benchmarks.disguise_corpus import witnesses
from benchmarks.disguise_privacy import Attackers, percent
from benchmarks.disguise_systems import OURS, System, chosen, disguised, in_order, secret_of
from benchmarks.disguise_undo import Heard, hear, mean_pitch, repitched, shifted, unmasked
from benchmarks.machine import earlier, write
from hattama.disguise.profiles import PROFILES, Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from benchmarks.disguise_corpus import Utterance

    Array = NDArray[np.float64]
    Sound = NDArray[np.float32]
    Score = Callable[[Array, Array], Trials]

FURTHEST: Final = 6.0
"""Semitones, up and down, that the attacker tries."""

_RESAMPLES: Final = 300

NOTES: Final = """# What an attacker gains who tries to undo a disguise

Equal error rate in %, CAM++ / GE2E, of the ignorant attacker (models from undisguised speech of
half of a speaker's utterances, tried on the other half, both ways): {utterances} utterances of
{speakers} speakers of LibriSpeech test-other, a session with a secret of its own each. Second
figures, after the semicolon: he also takes the mean off both sides.

- as it is: nothing undone.
- best move: he moves pitch, formants or both by one number of semitones from -6 to +6
  ({moves} moves), the same for all, the one that serves him best; each attacker's own choice is
  named. Picking the best of so many on the same trials favours him by chance too.
- best a trial: for each trial the move that fits best, of plain scores or of scores freed of each
  move's mean and spread, whichever serves him better.
- pitch suited: for each trial he moves the mean pitch to that of the speaker whom he tries and, of
  our profiles, gives the intonation back its range; formants stay.
- secret known: he holds the session's secret, and takes its warp, mixing and colour off again;
  and he also moves the pitch to that of the speaker whom he tries, whichever serves him better.
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


def known(
    heard: Sequence[Heard],
    pitches: dict[str, float],
    profile: Profile,
    attackers: Attackers,
) -> list[Callable[[Attack], Trials]]:
    """Attacks with each session's secret: pitch left, and pitch of the speaker who is tried.

    Returns one function for each embedding.
    """
    secrets = [secret_of(i) for i in range(len(heard))]
    left = attackers.embed([unmasked(h, profile, s) for h, s in zip(heard, secrets, strict=True)])
    moved = suited(
        lambda i, hz: unmasked(heard[i], profile, secrets[i], hz), len(heard), pitches, attackers
    )
    return [
        lambda attack, k=k: min(attack.trials(left[k]), attack.pitched(moved[k]), key=rate)
        for k in range(len(left))
    ]


def figures(
    attack: Attack,
    masked: Array,
    undone: Sequence[Array],
    moved: dict[str, Array],
    opened: Callable[[Attack], Trials] | None,
) -> tuple[dict[str, Trials], int]:
    """Scores by column of the table, and the number of the best move."""
    ways = [attack.trials(vectors) for vectors in undone]
    best = min(range(len(ways)), key=lambda i: rate(ways[i]))
    found = {
        "as it is": attack.trials(masked),
        "best move": ways[best],
        "best a trial": best_a_trial(ways),
        "pitch suited": attack.pitched(moved),
    }
    return (found | {"secret known": opened(attack)} if opened else found), best


def loss(found: dict[str, Trials]) -> str:
    """Points that the best way to undo costs, with the interval over speakers."""
    plain = found["as it is"]
    lowest = min((t for name, t in found.items() if name != "as it is"), key=rate)
    low, high = (100.0 * x for x in loss_interval(plain, lowest))
    return f"{100.0 * (rate(plain) - rate(lowest)):.1f} ({low:.0f} to {high:.0f})"


def measure(
    system: System,
    speech: list[Utterance],
    attackers: Attackers,
    original: list[Array],
    step: float,
) -> dict[str, object]:
    """One system's row."""
    speakers, grid = [u.speaker for u in speech], moves(step)
    sounds = disguised(system, speech, 0)
    heard = [hear(s) for s in sounds]
    masked = attackers.embed(sounds)
    undone = [attackers.embed([move.undo(h) for h in heard]) for move in grid]
    profile = next((p for p in PROFILES.values() if system.name == f"hattama {p.name}"), None)
    contour = profile.pitch_contour if profile else 1.0
    pitches = own_pitches(speech)
    moved = suited(lambda i, hz: repitched(heard[i], hz, contour), len(heard), pitches, attackers)
    opened = known(heard, pitches, profile, attackers) if profile else [None] * len(masked)
    row: dict[str, str] = {}
    for centres, mark in ((False, ""), (True, "; ")):
        found = [
            figures(
                Attack(models, speakers, centres),
                masked[k],
                [v[k] for v in undone],
                moved[k],
                opened[k],
            )
            for k, models in enumerate(original)
        ]
        cells = {name: percent([rate(f[name]) for f, _ in found]) for name in found[0][0]}
        cells["move"] = " / ".join(grid[best].name for _, best in found)
        row = {name: row.get(name, "") + mark + cell for name, cell in cells.items()}
        if not centres:
            losses = " / ".join(loss(f) for f, _ in found)
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
    parser.add_argument("--keep", action="store_true", help="keep the other systems' rows")
    parser.add_argument("--name", default="disguise_inversion", help="name of the results")
    options = parser.parse_args()
    speech = witnesses(options.voices, options.speakers, options.each)
    attackers = Attackers()
    original = attackers.embed([u.samples for u in speech])
    notes = NOTES.format(
        utterances=len(speech),
        speakers=len({u.speaker for u in speech}),
        moves=len(moves(options.step)),
    )
    rows: dict[str, dict[str, object]] = {}
    for system in chosen(options.systems):
        row = measure(system, speech, attackers, original, options.step)
        print(row, flush=True)
        rows = (earlier(options.name) if options.keep else rows) | {system.name: row}
        write(options.name, in_order(rows), notes, "numba", "torch")


if __name__ == "__main__":
    main()
