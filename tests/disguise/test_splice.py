from __future__ import annotations

import numpy as np
import pytest
from disguise_seams import alikeness, voice
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.disguise.fake import FakeStream
from hattama.disguise.spans import Span, regions
from hattama.disguise.splice import Splicer, to_float, to_native
from hattama.disguise.treatment import Beeped, Disguised

RATE = 48_000


def _run(splicer: Splicer, sound: np.ndarray, sizes: list[int]) -> np.ndarray:
    left, at, turn = [], 0, 0
    while at < len(sound):
        size = sizes[turn % len(sizes)]
        left += list(splicer.push(sound[at : at + size]))
        at, turn = at + size, turn + 1
    left += list(splicer.finish())
    return np.concatenate(left)


def _int16(seconds: float) -> np.ndarray:
    return np.round(voice(seconds)[:, None] * 30_000).astype(np.int16)


class Negated:
    """A core that is easy to predict: the input turned round, 100 samples late."""

    input_latency, output_latency = 60, 40

    def __init__(self) -> None:
        self.held: np.ndarray | None = None

    def process(self, block: np.ndarray, /) -> np.ndarray:
        if self.held is None:
            self.held = np.zeros((100, block.shape[1]), np.float32)
        line = np.concatenate([self.held, -block])
        self.held = line[len(block) :]
        return line[: len(block)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 9000), min_size=1, max_size=5), st.integers(0, 40_000))
def test_the_answer_stands_in_its_place_to_the_sample(sizes: list[int], position: int) -> None:
    sound = _int16(1.0)
    (region,) = found = regions([Span(0.3, 0.6)], RATE, 0.05, 0.01)
    left = _run(Splicer(Disguised(Negated()), found, position), sound, sizes)
    assert len(left) == len(sound)
    place = np.arange(len(sound)) + position
    inside = (place >= region.full) & (place < region.last)
    outside = (place < region.start) | (place >= region.end)
    assert np.array_equal(left[outside], sound[outside])
    assert np.array_equal(left[inside], np.clip(-sound[inside].astype(int), -32768, 32767))


def test_nothing_of_the_original_is_left_inside_a_span() -> None:
    sound = _int16(2.0)
    (region,) = found = regions([Span(0.5, 1.5)], RATE, 0.1, 0.02)
    left = _run(Splicer(Disguised(FakeStream()), found), sound, [1024])
    inside = slice(region.full, region.last)
    assert alikeness(to_float(sound[inside])[:, 0], to_float(left[inside])[:, 0]) < 0.3


def test_two_spans_are_both_treated_and_the_pause_between_them_is_untouched() -> None:
    sound = _int16(2.0)
    found = regions([Span(0.2, 0.4), Span(1.0, 1.2)], RATE, 0.05, 0.01)
    left = _run(Splicer(Disguised(Negated()), found), sound, [4096])
    assert np.array_equal(left[30_000:40_000], sound[30_000:40_000])
    assert np.array_equal(left[11_000:18_000], -sound[11_000:18_000])
    assert np.array_equal(left[49_000:57_000], -sound[49_000:57_000])


def test_a_span_over_the_whole_recording_treats_its_first_and_last_sample() -> None:
    sound = _int16(0.5)
    found = regions([Span(-1.0, 2.0)], RATE, 0.0, 0.02)
    left = _run(Splicer(Disguised(Negated()), found), sound, [4096])
    assert np.array_equal(left, -sound)


def test_a_muted_channel_is_silent_while_the_other_is_disguised() -> None:
    sound = np.repeat(_int16(0.5), 2, axis=1)
    found = regions([Span(-1.0, 2.0)], RATE, 0.0, 0.0)
    left = _run(Splicer(Disguised(Negated(), muted=[1]), found), sound, [4096])
    assert np.array_equal(left[:, 0], -sound[:, 0])
    assert not left[:, 1].any()


def test_a_beep_covers_every_channel_with_one_kilohertz() -> None:
    sound = np.repeat(_int16(1.0), 3, axis=1)
    found = regions([Span(0.4, 0.6)], RATE, 0.0, 0.001)
    left = _run(Splicer(Beeped(RATE), found), sound, [1000])
    middle = left[20_000:28_000, 2].astype(float)
    peak = np.argmax(np.abs(np.fft.rfft(middle * np.hanning(8000)))) * RATE / 8000
    assert peak == pytest.approx(1000, abs=6)
    assert np.array_equal(left[:, 0], left[:, 2])


def test_a_core_that_gives_no_numbers_gives_silence() -> None:
    class Bad(Negated):
        def process(self, block: np.ndarray, /) -> np.ndarray:
            return np.full_like(block, np.nan)

    found = regions([Span(-1.0, 2.0)], RATE, 0.0, 0.0)
    assert not _run(Splicer(Disguised(Bad()), found), _int16(0.2), [512]).any()


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.float32, np.float64])
def test_a_codecs_type_goes_to_floats_and_back(dtype: type) -> None:
    floats = np.array([[-1.0, -0.5], [0.0, 0.25], [0.75, 0.9]], np.float32)
    native = to_native(floats, np.dtype(dtype))
    assert native.dtype == dtype
    assert np.abs(to_float(native) - floats).max() < 0.005
    clipped = to_float(to_native(np.array([[9.0, -9.0]], np.float32), np.dtype(dtype)))
    if np.issubdtype(dtype, np.integer):
        assert clipped.tolist()[0] == pytest.approx([1, -1], abs=0.01)
