from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from hattama.engine.recognisers.word_times import TimedWord, clamp_to_speech


def word(start: float, end: float) -> TimedWord:
    return TimedWord("сот", start, end, 0.9)


def spans(words: tuple[TimedWord, ...]) -> list[tuple[float, float]]:
    return [(round(w.start, 3), round(w.end, 3)) for w in words]


def test_a_word_that_begins_in_the_pause_before_it_is_moved_to_the_speech() -> None:
    assert spans(clamp_to_speech([word(1.0, 3.0)], [(2.0, 4.0)])) == [(2.0, 3.0)]


def test_a_word_over_a_pause_goes_to_the_side_that_holds_most_of_it() -> None:
    speech = [(0.0, 1.0), (1.5, 4.0)]
    assert spans(clamp_to_speech([word(0.8, 2.5)], speech)) == [(1.5, 2.5)]
    assert spans(clamp_to_speech([word(0.2, 1.6)], speech)) == [(0.2, 1.0)]


def test_a_word_in_a_pause_moves_to_the_nearer_speech() -> None:
    speech = [(0.0, 1.0), (2.0, 4.0)]
    assert spans(clamp_to_speech([word(1.6, 1.8)], speech)) == [(2.0, 2.2)]
    assert spans(clamp_to_speech([word(1.1, 1.3)], speech)) == [(0.8, 1.0)]


def test_a_word_far_from_any_speech_stays() -> None:
    assert spans(clamp_to_speech([word(9.0, 9.5)], [(0.0, 1.0)])) == [(9.0, 9.5)]
    assert spans(clamp_to_speech([word(9.0, 9.5)], [])) == [(9.0, 9.5)]


spoken = st.lists(st.tuples(st.floats(0.0, 1), st.floats(0.05, 3)), min_size=1, max_size=8)
said = st.lists(st.tuples(st.floats(0, 20), st.floats(0, 2)), max_size=20)


@given(spoken, said)
def test_times_stay_in_order_and_never_run_backwards(
    pauses: list[tuple[float, float]], words: list[tuple[float, float]]
) -> None:
    at, speech = 0.0, []
    for pause, length in pauses:
        speech.append((at + pause, at + pause + length))
        at += pause + length
    given_words = [word(start, start + length) for start, length in sorted(words)]
    moved = clamp_to_speech(given_words, speech)
    assert len(moved) == len(given_words)
    assert all(w.end >= w.start for w in moved)
    assert all(a.start <= b.start and a.end <= b.start for a, b in itertools.pairwise(moved))
