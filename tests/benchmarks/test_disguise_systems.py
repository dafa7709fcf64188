"""Sessions in which the speaker has been heard before."""

from __future__ import annotations

import numpy as np

from benchmarks.disguise_corpus import RATE_HZ, Utterance, said_before
from benchmarks.disguise_systems import System, disguised, in_order, spread

SPEECH = [
    Utterance(speaker, f"{speaker}{i}", np.full(RATE_HZ, 10 * i + number, np.float32))
    for number, speaker in enumerate("ab")
    for i in range(3)
]


def test_what_was_said_before_is_the_speaker_s_own_and_not_the_utterance() -> None:
    before = said_before(SPEECH, 1.5)
    assert [len(sound) for sound in before] == [24_000] * 6
    assert set(before[1]) == {0.0, 20.0}
    assert set(before[5]) == {1.0, 11.0}


def test_only_the_utterance_s_part_of_the_session_is_kept() -> None:
    heard = []

    def make(seed: int) -> object:
        def run(sound: np.ndarray) -> np.ndarray:
            heard.append((seed, len(sound)))
            return -sound

        return run

    plain = disguised(System("minus", make), SPEECH, 100)
    settled = disguised(System("minus", make), SPEECH, 100, 1.5)
    assert heard == [(100 + i, n) for n in (16_000, 40_000) for i in range(6)]
    for said, a, b in zip(SPEECH, plain, settled, strict=True):
        assert np.array_equal(a, -said.samples)
        assert np.array_equal(b, -said.samples)


def test_a_session_takes_the_seed_that_is_chosen_by_what_was_said_before() -> None:
    seeds: list[int] = []

    def make(seed: int) -> object:
        seeds.append(seed)
        return lambda sound: sound

    def choose(system: System, before: np.ndarray, seed: int) -> int:
        assert system.name == "same"
        return seed + len(before)

    disguised(System("same", make), SPEECH, 100, 1.5, choose)
    assert seeds == [100 + i + 24_000 for i in range(6)]


def test_a_table_has_a_dash_where_an_earlier_run_had_no_such_column() -> None:
    old = {"system": "undisguised", "WER": "0.4"}
    new = {"system": "hattama strong", "WER": "20", "draws": "19-21"}
    assert in_order({"undisguised": old, "hattama strong": new}) == [new, old | {"draws": "-"}]


def test_a_spread_tells_how_many_draws_there_were_and_where_they_lay() -> None:
    assert spread(np.array([20.9, 26.6, 24.0])) == "3: 21-27"
    assert spread(np.array([[23.1, 31.0], [28.0, 38.4]])) == "2: 23-28 / 31-38"
    assert spread(np.array([[23.1, 31.0]])) == "-"
