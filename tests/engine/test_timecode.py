"""Labels against an independent library, known values and their own inverse."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from timecode import Timecode

from hattama.engine.timecode import (
    RATES,
    TimecodeError,
    nearest_rate,
    rate_named,
    to_frames,
    to_label,
)

EVERY_RATE = st.sampled_from(sorted(RATES))


@pytest.mark.parametrize("name", ["24", "25", "29.97", "29.97df", "30", "50", "59.94df", "60"])
@settings(deadline=None)
@given(frames=st.integers(0, 2_589_407))
def test_labels_are_those_of_an_independent_library(name: str, frames: int) -> None:
    rate = rate_named(name)
    # The library counts 29.97 as drop-frame by default, and its frames from 1.
    peer = Timecode(
        name.removesuffix("df") if rate.drop else str(rate.nominal), frames=frames % 2_073_600 + 1
    )
    assert to_label(frames % 2_073_600, rate) == str(peer)


@settings(deadline=None)
@given(name=EVERY_RATE, frames=st.integers(-(10**7), 10**8))
def test_a_label_leads_back_to_its_frame(name: str, frames: int) -> None:
    rate = RATES[name]
    assert to_frames(to_label(frames, rate), rate) == frames % rate.frames_a_day


@settings(deadline=None)
@given(
    name=EVERY_RATE,
    clock=st.tuples(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)),
    data=st.data(),
)
def test_every_label_that_exists_comes_back_as_it_was(
    name: str, clock: tuple[int, int, int], data: st.DataObject
) -> None:
    rate = RATES[name]
    first = rate.dropped if clock[2] == 0 and clock[1] % 10 else 0
    frame = data.draw(st.integers(first, rate.nominal - 1))
    separator = ";" if rate.drop else ":"
    label = "{:02}:{:02}:{:02}".format(*clock) + f"{separator}{frame:02}"
    assert to_label(to_frames(label, rate), rate) == label


@pytest.mark.parametrize(
    ("name", "label", "frames"),
    [
        ("29.97df", "00:00:59;29", 1799),
        ("29.97df", "00:01:00;02", 1800),
        ("29.97df", "00:09:59;29", 17981),
        ("29.97df", "00:10:00;00", 17982),
        ("29.97df", "01:00:00;00", 107892),
        ("29.97df", "23:59:59;29", 2589407),
        ("59.94df", "00:01:00;04", 3600),
        ("59.94df", "00:10:00;00", 35964),
        ("29.97", "01:00:00:00", 108000),
        ("23.976", "01:00:00:00", 86400),
        ("25", "10:02:15:00", 903375),
        ("50", "23:59:59:49", 4319999),
    ],
)
def test_known_frames_have_their_known_labels(name: str, label: str, frames: int) -> None:
    assert to_frames(label, RATES[name]) == frames
    assert to_label(frames, RATES[name]) == label


def test_labels_begin_again_after_a_day() -> None:
    for rate in RATES.values():
        assert to_label(rate.frames_a_day, rate) == to_label(0, rate)
        assert to_label(-1, rate)[:8] == "23:59:59"


def test_drop_frame_labels_stay_within_a_tenth_of_a_second_of_the_wall_clock() -> None:
    for rate in (RATES["29.97df"], RATES["59.94df"]):
        for hour in range(24):
            seconds = Fraction(to_frames(f"{hour:02}:00:00;00", rate)) / rate.fps
            assert abs(seconds - hour * 3600) < Fraction(1, 10)


@pytest.mark.parametrize("separator", [":", ";", ".", ","])
def test_the_rate_and_not_the_separator_says_how_frames_are_counted(separator: str) -> None:
    assert to_frames(f"00:01:00{separator}02", RATES["29.97df"]) == 1800
    assert to_frames(f"00:01:00{separator}02", RATES["29.97"]) == 1802


def test_a_label_without_frames_is_the_first_of_its_second() -> None:
    assert to_frames("00:00:07", RATES["25"]) == 175
    assert to_label(to_frames("00:01:00", RATES["29.97df"]), RATES["29.97df"]) == "00:01:00;02"


@pytest.mark.parametrize(
    ("label", "rate"),
    [
        ("00:01:00;00", "29.97df"),
        ("00:01:00;03", "59.94df"),
        ("00:00:00:25", "25"),
        ("24:00:00:00", "25"),
        ("00:60:00:00", "25"),
        ("00:00:60:00", "25"),
        ("1:00:00:00", "25"),
        ("ten o'clock", "25"),
        ("", "25"),
        ("00:00:00:-1", "25"),
    ],
)
def test_labels_that_do_not_exist_are_refused_with_what_is_allowed(label: str, rate: str) -> None:
    with pytest.raises(TimecodeError, match="give HH:MM:SS:FF with frames up to") as refused:
        to_frames(label, RATES[rate])
    assert label in str(refused.value)
    assert refused.value.exit_code == 2


def test_an_unknown_rate_is_refused_with_the_rates_there_are() -> None:
    with pytest.raises(TimecodeError, match=r"26 is no frame rate.*29\.97df"):
        rate_named("26")


@pytest.mark.parametrize(
    ("fps", "counting", "name"),
    [
        (Fraction(25), "", "25"),
        (Fraction(25), "df", "25"),
        (Fraction(2997, 100), "df", "29.97df"),
        (Fraction(30000, 1001), "", "29.97"),
        (Fraction(23976, 1000), "", "23.976"),
        (Fraction(24), "", "24"),
        (Fraction(60), "df", "60"),
        (Fraction(5994, 100), "df", "59.94df"),
    ],
)
def test_a_rounded_rate_is_taken_as_the_rate_it_was_meant_as(
    fps: Fraction, counting: str, name: str
) -> None:
    rate = nearest_rate(fps, drop=counting == "df")
    assert rate is not None
    assert rate.name == name


def test_a_rate_that_timecode_does_not_know_is_none() -> None:
    assert nearest_rate(Fraction(15)) is None
    assert nearest_rate(Fraction(243, 10)) is None
