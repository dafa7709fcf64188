"""Spans of frames."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from hattama.diarization.spans import bridged, chopped, hysteresis, marked, spans

ROWS = stn.arrays(bool, st.integers(0, 60))


@given(ROWS)
def test_marking_the_spans_gives_the_row_back(row: np.ndarray) -> None:
    assert np.array_equal(marked(spans(row), len(row)), row)


@given(ROWS, st.integers(0, 5))
def test_bridging_fills_only_short_pauses(row: np.ndarray, pause: int) -> None:
    filled = marked(bridged(spans(row), pause), len(row))
    assert (filled | ~row).all()
    left = [b - a for a, b in spans(~filled)][1:-1]
    assert all(length > pause for length in left)


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 500)), max_size=5), st.integers(1, 90)
)
def test_chopping_keeps_every_frame_and_no_part_is_much_longer(
    pairs: list[tuple[int, int]], longest: int
) -> None:
    runs = [(start, start + length) for start, length in pairs]
    for run in runs:
        parts = chopped([run], longest)
        assert parts[0][0] == run[0]
        assert parts[-1][1] == run[1]
        assert all(a[1] == b[0] for a, b in itertools.pairwise(parts))
        assert max(b - a for a, b in parts) <= 1.5 * longest + 1


def test_hysteresis_begins_at_the_onset_and_ends_below_the_offset() -> None:
    scores = np.array([0.0, 0.4, 0.6, 0.4, 0.2, 0.45, 0.45, 0.0], np.float32)
    assert hysteresis(scores, 0.5, 0.3) == [(1, 4)]
    assert hysteresis(scores, 0.5, 0.5) == [(2, 3)]
