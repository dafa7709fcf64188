"""Blocks by their stamps: what is a hole, what is jitter, what is a lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.media.timeline import Block, Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

RATE = 16_000
LIMIT = 100 * RATE
SIZE = 512


def block(number: int, size: int = SIZE) -> Block:
    return np.full((size, 1), number, np.float32)


def laid(
    timeline: Timeline, stamps: Sequence[int | None], size: int = SIZE
) -> dict[int, list[tuple[int, int]]]:
    """Where each numbered block came to lie, as (position, length)."""
    placed = []
    for number, stamp in enumerate(stamps):
        placed += timeline.feed(stamp, block(number, size))
    placed += timeline.flush()
    where: dict[int, list[tuple[int, int]]] = {}
    for position, samples in placed:
        where.setdefault(int(samples[0, 0]), []).append((position, len(samples)))
    return where


def test_blocks_that_follow_each_other_stay_where_they_are() -> None:
    assert laid(Timeline(RATE, LIMIT), [0, 512, 1024]) == {
        0: [(0, 512)],
        1: [(512, 512)],
        2: [(1024, 512)],
    }


def test_without_stamps_sound_follows_on() -> None:
    assert laid(Timeline(RATE, LIMIT), [1000, None, None])[2] == [(2024, 512)]


def test_a_hole_stays_a_hole() -> None:
    timeline = Timeline(RATE, LIMIT)
    assert laid(timeline, [0, 16_000, 16_512])[1] == [(16_000, 512)]
    assert timeline.gaps == [(512 / RATE, 1.0)]


def test_a_hole_before_the_very_last_block_is_kept() -> None:
    assert laid(Timeline(RATE, LIMIT), [0, 512, 16_000])[2] == [(16_000, 512)]


def test_a_packet_that_comes_twice_is_taken_once() -> None:
    where = laid(Timeline(RATE, LIMIT), [0, 512, 512, 1024])
    assert where == {0: [(0, 512)], 1: [(512, 512)], 3: [(1024, 512)]}


def test_one_wrong_stamp_moves_nothing() -> None:
    for wrong in (90 * RATE, 0, -5 * RATE, 10**12):
        timeline = Timeline(RATE, LIMIT)
        where = laid(timeline, [8000, 8512, 9024, wrong, 10_048, 10_560])
        assert where[3] == [(9536, 512)]
        assert where[4] == [(10_048, 512)]
        assert timeline.gaps == []


def test_an_overlap_is_cut_and_not_told_twice() -> None:
    where = laid(Timeline(RATE, LIMIT), [0, 5120, 4096, 4608, 5120, 5632, 6144])
    assert where[1] == [(5120, 512)]
    assert 2 not in where
    assert 4 not in where
    assert where[5] == [(5632, 512)]


def test_a_clock_set_back_to_zero_goes_on_as_one_recording() -> None:
    timeline = Timeline(RATE, LIMIT)
    stamps = [number * 512 for number in range(100)] + [number * 512 for number in range(50)]
    assert laid(timeline, stamps)[149] == [(149 * 512, 512)]
    assert timeline.faults.clock_jumps == 1


def test_a_stamp_past_the_end_of_the_recording_is_no_hole() -> None:
    timeline = Timeline(RATE, LIMIT)
    later = 10**9
    assert laid(timeline, [0, 512, later, later + 512])[3] == [(1536, 512)]
    assert timeline.faults.clock_jumps == 1


def test_sound_before_zero_is_cut() -> None:
    timeline = Timeline(RATE, LIMIT)
    where = laid(timeline, [-768, -256, 256])
    assert where == {1: [(0, 256)], 2: [(256, 512)]}
    assert timeline.faults.before_start_s == 768 / RATE


def test_another_sample_rate_goes_on_where_the_first_ended() -> None:
    timeline = Timeline(16_000, LIMIT)
    laid(timeline, [0, 512])
    at_48k = timeline.at_rate(48_000)
    assert laid(at_48k, [3072, 3584])[0] == [(3072, 512)]
    assert at_48k.gaps == []


@settings(deadline=None)
@given(
    jitter=st.lists(st.integers(-240, 240), min_size=2, max_size=60),
    start=st.integers(240, 10_000),
)
def test_jitter_never_adds_or_loses_a_sample(jitter: list[int], start: int) -> None:
    stamps = [start + number * SIZE + shake for number, shake in enumerate(jitter)]
    where = laid(Timeline(RATE, LIMIT), stamps)
    first = stamps[0]
    assert where == {n: [(first + n * SIZE, SIZE)] for n in range(len(stamps))}


@settings(deadline=None)
@given(holes=st.lists(st.integers(0, 40_000), min_size=1, max_size=40))
def test_holes_of_any_size_never_move_sound_by_more_than_the_tolerance(holes: list[int]) -> None:
    stamps = [int(stamp) for stamp in np.cumsum(holes) + np.arange(len(holes)) * SIZE]
    where = laid(Timeline(RATE, LIMIT), stamps)
    assert len(where) == len(stamps)
    for number, stamp in enumerate(stamps):
        assert abs(where[number][0][0] - stamp) <= 0.03 * RATE


@settings(deadline=None)
@given(stamps=st.lists(st.integers(-(10**6), 3 * 10**6), min_size=1, max_size=30))
def test_whatever_the_stamps_are_sound_is_laid_in_order_and_never_twice(stamps: list[int]) -> None:
    placed = []
    timeline = Timeline(RATE, LIMIT)
    for number, stamp in enumerate(stamps):
        placed += timeline.feed(stamp, block(number))
    placed += timeline.flush()
    ends = [position + len(samples) for position, samples in placed]
    starts = [position for position, _samples in placed]
    assert all(start >= 0 for start in starts)
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
    assert all(start <= LIMIT + 30 * SIZE for start in starts)
