"""RTTM in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hattama.diarization.rttm import (
    BadRttmError,
    format_rttm,
    parse_rttm,
    read_rttm,
    write_rttm,
)
from hattama.diarization.turns import Turn

if TYPE_CHECKING:
    from pathlib import Path

MILLISECONDS = st.integers(0, 20_000_000)
TURNS = st.lists(
    st.builds(
        lambda start, length, speaker: Turn(start / 1000, (start + length) / 1000, speaker),
        MILLISECONDS,
        st.integers(1, 60_000),
        st.text("abcдқSPEAKER_0123", min_size=1),
    )
)


@given(TURNS)
def test_what_is_written_is_read_back_to_the_millisecond(turns: list[Turn]) -> None:
    back = parse_rttm(format_rttm(sorted(turns), "hearing"))
    expected = sorted((round(t.start, 3), round(t.end, 3), t.speaker) for t in turns)
    assert sorted((round(t.start, 3), round(t.end, 3), t.speaker) for t in back) == expected


def test_the_sample_hearing_has_five_people(samples: Path) -> None:
    turns = read_rttm(samples / "civil-ru-kk.rttm")
    assert {t.speaker for t in turns} == {
        "judge",
        "secretary",
        "claimant",
        "defendant",
        "interpreter",
    }
    assert turns[0] == Turn(1.6, 1.6 + 13.996, "judge")


def test_names_with_spaces_stay_one_field(tmp_path: Path) -> None:
    write_rttm(tmp_path / "x.rttm", [Turn(0, 1, "the judge")], "court 5  room")
    line = (tmp_path / "x.rttm").read_text("utf-8")
    assert line == "SPEAKER court_5_room 1 0.000 1.000 <NA> <NA> the_judge <NA> <NA>\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "x.rttm"]


def test_other_lines_are_skipped() -> None:
    others = ";; comment\n\nSPKR-INFO x 1 <NA> <NA> <NA> unknown a <NA>\n"
    assert parse_rttm(others + "SPEAKER x 1 1 2 <NA> <NA> a <NA>\n") == [Turn(1, 3, "a")]


@pytest.mark.parametrize(
    "line",
    [
        "SPEAKER x 1 1.0",
        "SPEAKER x 1 one 2 <NA> <NA> a <NA>",
        "SPEAKER x 1 -1 2 <NA> <NA> a <NA>",
        "SPEAKER x 1 nan 2 <NA> <NA> a <NA>",
        "SPEAKER x 1 1 inf <NA> <NA> a <NA>",
    ],
)
def test_a_broken_line_is_named(line: str) -> None:
    with pytest.raises(BadRttmError, match="Line 2 of the RTTM"):
        parse_rttm(f"SPEAKER x 1 0 1 <NA> <NA> a <NA>\n{line}\n")
