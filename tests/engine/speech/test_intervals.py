from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hattama.engine.speech.intervals import (
    SpeechOptions,
    merge,
    overlap,
    speech_intervals,
    subtract,
)
from hattama.engine.speech.vad import FRAME_S

OPTIONS = SpeechOptions(onset=0.5, offset=0.35, min_pause_s=0.1, min_speech_s=0.06)


def frames(*runs: tuple[float, int]) -> np.ndarray:
    return np.concatenate([np.full(count, value, np.float32) for value, count in runs])


def test_speech_begins_at_the_onset_and_ends_below_the_offset() -> None:
    probabilities = frames((0.1, 10), (0.9, 5), (0.4, 5), (0.2, 10))
    assert speech_intervals(probabilities, OPTIONS) == ((10 * FRAME_S, 20 * FRAME_S),)


def test_frames_between_the_thresholds_are_no_speech_before_an_onset() -> None:
    assert speech_intervals(frames((0.4, 20), (0.1, 5)), OPTIONS) == ()


def test_a_pause_shorter_than_a_stop_consonant_does_not_split_speech() -> None:
    probabilities = frames((0.9, 10), (0.0, 3), (0.9, 10))
    assert speech_intervals(probabilities, OPTIONS) == ((0.0, 23 * FRAME_S),)


def test_a_burst_shorter_than_a_syllable_is_dropped() -> None:
    assert speech_intervals(frames((0.0, 10), (0.9, 1), (0.0, 10)), OPTIONS) == ()


def test_no_frames_hold_no_speech() -> None:
    assert speech_intervals(np.zeros(0, np.float32), OPTIONS) == ()


times = st.lists(
    st.tuples(st.floats(0, 50), st.floats(0.01, 5)).map(lambda p: (p[0], p[0] + p[1])), max_size=12
)


@given(times)
def test_merged_intervals_are_ordered_apart_and_cover_the_same_time(
    intervals: list[tuple[float, float]],
) -> None:
    merged = merge(intervals, 0.0)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(merged))
    for start, end in intervals:
        assert any(m[0] <= start and end <= m[1] for m in merged)


@given(st.floats(0, 40), st.floats(0.1, 10), times)
def test_what_is_left_and_what_was_taken_make_up_the_whole(
    start: float, length: float, holes: list[tuple[float, float]]
) -> None:
    whole = (start, start + length)
    left = sum(end - begin for begin, end in subtract(whole, holes))
    taken = sum(overlap(hole, whole) for hole in merge(holes, 0.0))
    assert abs(left + taken - length) < 1e-6
