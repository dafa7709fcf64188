from __future__ import annotations

import numpy as np
import pytest

from benchmarks.disguise_attacks import Trials, halves, unit
from benchmarks.disguise_inversion import (
    Attack,
    Opened,
    attempts,
    best_a_trial,
    figures,
    loss,
    loss_interval,
    moves,
    rate,
    together,
)

PEOPLE = [f"p{n}" for n in range(6)]
SPEAKERS = [name for name in PEOPLE for _ in range(4)]


def voices(seed: int, spread: float = 0.1) -> np.ndarray:
    """Unit rows: a direction of its own for each speaker, and a little noise."""
    generator = np.random.default_rng(seed)
    own = np.repeat(np.eye(len(PEOPLE), 20), 4, axis=0)
    return unit(own + spread * generator.normal(size=own.shape))


def noise(seed: int) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(len(SPEAKERS), 20)))


def useless(seed: int) -> dict[str, np.ndarray]:
    """Utterances made to suit each speaker, to no avail."""
    return {name: noise(seed + i) for i, name in enumerate(PEOPLE)}


def attack(*, centres: bool = False) -> Attack:
    return Attack(voices(0), SPEAKERS, centres)


def test_the_move_that_gives_the_voice_back_is_the_one_that_is_found() -> None:
    undone = [noise(1), noise(2), voices(3), noise(4)]
    found, best = figures(attempts(attack(), noise(5), undone, useless(20)))
    assert best == 2
    assert rate(found["best move"]) == 0.0
    assert rate(found["as it is"]) > 0.3
    assert loss(found).startswith(f"{100 * rate(found['as it is']):.1f} ")


def test_suiting_the_pitch_to_who_is_tried_counts_among_the_ways_to_undo() -> None:
    found, _ = figures(attempts(attack(), noise(5), [noise(1)], dict.fromkeys(PEOPLE, voices(3))))
    assert rate(found["pitch suited"]) == 0.0
    assert loss(found).startswith(f"{100 * rate(found['as it is']):.1f} ")


@pytest.mark.parametrize("pitch", ["left", "moved"])
def test_who_holds_the_secret_takes_the_pitch_that_serves_him(pitch: str) -> None:
    known = Opened(
        left=voices(3) if pitch == "left" else noise(6),
        moved=useless(40) if pitch == "left" else dict.fromkeys(PEOPLE, voices(3)),
    )
    found, _ = figures(attempts(attack(), noise(5), [noise(1)], useless(20), known))
    assert rate(found["secret known"]) == 0.0
    assert loss(found).startswith(f"{100 * rate(found['as it is']):.1f} ")


def test_a_move_that_helps_under_one_draw_alone_is_judged_by_all() -> None:
    """Under every draw another move gives the voice back; pooled, none of them does."""
    draws = [
        attempts(
            attack(),
            noise(50 + n),
            [voices(n) if n == m else noise(60 + 3 * n + m) for m in range(3)],
            useless(20),
        )
        for n in range(3)
    ]
    assert [rate(figures(draw)[0]["best move"]) for draw in draws] == [0.0] * 3
    found, _ = figures(together(draws))
    assert rate(found["best move"]) > 0.15
    assert len(found["as it is"].scores) == 3 * len(draws[0].plain.scores)


def test_where_no_move_helps_the_loss_is_small() -> None:
    """Twelve useless moves: what is left is the advantage of choosing the best of them."""
    undone = [noise(n) for n in range(10, 22)]
    found, _ = figures(attempts(attack(), noise(5), undone, useless(30)))
    assert rate(found["as it is"]) - rate(found["best a trial"]) < 0.15


def test_a_move_that_differs_from_trial_to_trial_is_found_a_trial() -> None:
    """Every utterance needs one of two moves, no single move serves all."""
    right, odd = voices(3), np.arange(len(SPEAKERS)) % 2 == 1
    ways = [np.where(odd[:, None], right, noise(1)), np.where(odd[:, None], noise(2), right)]
    trials = [attack().trials(way) for way in ways]
    assert min(rate(t) for t in trials) > 0.1
    assert rate(best_a_trial(trials)) < 0.05


def test_a_loud_but_useless_move_does_not_blind_the_search() -> None:
    """A move whose scores are all high by the same amount hides the others unless it is freed."""
    good = attack().trials(voices(3))
    loud = Trials(
        np.full_like(good.scores, 2.0) + 0.01 * good.scores[::-1], good.same, good.speaker
    )
    assert rate(best_a_trial([good, loud])) < 0.25


def test_what_was_made_for_a_model_is_tried_on_that_model_alone() -> None:
    tried = {name: noise(n) for n, name in enumerate(PEOPLE)}
    each = {name: attack().trials(vectors) for name, vectors in tried.items()}
    suited = attack().pitched(tried)
    first, _ = halves(SPEAKERS)
    for column, name in enumerate(PEOPLE):
        rows = slice(column, np.count_nonzero(~first) * len(PEOPLE), len(PEOPLE))
        np.testing.assert_array_equal(suited.scores[rows], each[name].scores[rows])


def test_every_speaker_has_both_halves() -> None:
    first, second = halves(["b", "a", "a", "b", "a"])
    assert first.tolist() == [True, True, True, False, False]
    assert (first ^ second).all()


def test_the_interval_of_a_loss_holds_the_loss() -> None:
    plain, undone = attack().trials(noise(5)), attack().trials(voices(3))
    low, high = loss_interval(plain, undone)
    assert low <= rate(plain) - rate(undone) <= high
    assert loss_interval(plain, plain) == (0.0, 0.0)


@pytest.mark.parametrize(("step", "count"), [(6.0, 7), (2.0, 19), (1.0, 37)])
def test_the_grid_goes_from_minus_six_to_six(step: float, count: int) -> None:
    names = [move.name for move in moves(step)]
    assert len(names) == len(set(names)) == count
    assert {"nothing", "pitch -6", "formants +6", "both +6"} <= set(names)
