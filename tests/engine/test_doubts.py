from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.doubts import DoubtOptions, chances_wrong

PROBABILITY = st.floats(0, 1)


def test_the_chance_is_the_logistic_function_of_word_and_neighbours() -> None:
    options = DoubtOptions(bias=0.1, word=-0.5, neighbours=-0.3)
    found = chances_wrong([0.9, 0.6, 0.2], options)[1]
    odds = 0.1 - 0.5 * math.log(0.6 / 0.4) - 0.3 * math.log(0.55 / 0.45)
    assert found == pytest.approx(1 / (1 + math.exp(-odds)))


def test_at_the_edges_the_one_neighbour_counts_and_a_word_alone_is_its_own() -> None:
    first, last = chances_wrong([0.5, 0.9])
    assert first < chances_wrong([0.5])[0]
    assert last > chances_wrong([0.9])[0]


def test_a_sure_word_among_sure_words_is_not_marked_and_an_unsure_one_is() -> None:
    sure, *_, unsure = chances_wrong([0.95, 0.95, 0.5, 0.4])
    assert sure < DoubtOptions().threshold < unsure


@settings(deadline=None, max_examples=50)
@given(st.lists(PROBABILITY, min_size=1, max_size=20), st.data())
def test_a_likelier_word_is_never_more_doubtful(words: list[float], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(words) - 1))
    raised = [*words]
    raised[index] = data.draw(st.floats(words[index], 1))
    before, after = chances_wrong(words), chances_wrong(raised)
    assert all(0 <= chance <= 1 for chance in before)
    assert all(b >= a - 1e-12 for b, a in zip(before, after, strict=True))


def test_no_words_have_no_chances() -> None:
    assert chances_wrong([]) == ()
