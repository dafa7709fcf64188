from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hattama.engine.speech.vad import FRAME_S
from hattama.engine.speech.windows import Stretch, WindowOptions, pack, stretches, window

OPTIONS = WindowOptions()
SPEAKS = np.ones(10_000, np.float32)


class Ramp:
    """Sample n is n / 1e6: every sample tells where it was read."""

    def __len__(self) -> int:
        return 1_600_000

    def read(self, start: int, stop: int) -> np.ndarray:
        return np.arange(start, min(stop, len(self)), dtype=np.float32) / 1e6


def test_short_speech_is_gathered_until_its_language_can_be_told() -> None:
    found = stretches([(0.0, 0.5), (0.7, 1.0), (1.2, 3.0)], SPEAKS, OPTIONS)
    assert [s.speech for s in found] == [((0.0, 0.5), (0.7, 1.0), (1.2, 3.0))]


def test_a_longer_pause_ends_a_stretch() -> None:
    assert len(stretches([(0.0, 0.5), (1.2, 1.5)], SPEAKS, OPTIONS)) == 2


def test_speech_without_a_pause_is_cut_where_it_is_least_likely_speech() -> None:
    probabilities = np.ones(1000, np.float32)
    probabilities[200] = 0.6
    found = stretches([(0.0, 12.8)], probabilities, OPTIONS)
    assert [s.end for s in found] == [200 * FRAME_S, 12.8]


def test_windows_hold_one_language_and_end_at_long_pauses() -> None:
    ru = Stretch(((0.0, 2.0),), "ru")
    groups = pack(
        [
            ru,
            replace(ru, speech=((2.3, 4.0),)),
            Stretch(((4.2, 6.0),), "kk"),
            Stretch(((8.0, 9.0),), "kk"),
        ],
        OPTIONS,
    )
    assert [len(group) for group in groups] == [2, 1, 1]


spans = st.lists(st.tuples(st.floats(0.05, 3), st.floats(0.3, 7)), min_size=1, max_size=40)


@given(spans, st.floats(9, 28))
def test_windows_are_never_too_long_and_lose_no_speech(
    gaps: list[tuple[float, float]], longest: float
) -> None:
    at, found = 0.0, []
    for pause, length in gaps:
        found.append(Stretch(((at + pause, at + pause + length),), "ru"))
        at += pause + length
    options = WindowOptions(max_s=longest)
    groups = pack(found, options)
    assert [s for group in groups for s in group] == found
    for group in groups:
        assert group[-1].end - group[0].start + options.lead_s + options.tail_s <= longest


def test_a_window_has_silence_at_its_ends_but_not_its_neighbours_words() -> None:
    group = (Stretch(((10.0, 12.0),), "kk", "ru"),)
    free = window(Ramp(), group, OPTIONS, (0.0, 50.0))
    assert free.start == 9.85
    assert abs(free.end - 12.3) < 1e-3
    tight = window(Ramp(), group, OPTIONS, (9.95, 12.1))
    assert 9.85 <= tight.start <= 9.95
    assert (free.language, free.alternative) == ("kk", "ru")
    assert free.samples[0] == np.float32(round(9.85 * 16_000) / 1e6)


def test_a_window_at_the_end_of_the_recording_is_cut_there() -> None:
    last = window(Ramp(), (Stretch(((98.0, 100.0),), "ru"),), OPTIONS, (0.0, float("inf")))
    assert last.end == 100.0
