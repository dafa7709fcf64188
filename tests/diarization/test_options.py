"""Settings outside their ranges are refused by name."""

from __future__ import annotations

import pytest

from hattama.diarization.errors import BadOptionError
from hattama.diarization.options import DiarizationOptions


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("speakers", 0),
        ("min_speakers", -1),
        ("max_speakers", 0),
        ("threads", 0),
        ("step_s", 0.0),
        ("step_s", 11.0),
        ("surely_one", -0.1),
        ("surely_one", 0.7),
        ("surely_two", 2.5),
        ("onset", 0.0),
        ("offset", 0.9),
        ("shortest_turn_s", -1.0),
        ("shortest_pause_s", -0.1),
        ("batch", 0),
    ],
)
def test_a_value_outside_its_range_is_named(name: str, value: float) -> None:
    with pytest.raises(BadOptionError, match="allowed is") as caught:
        DiarizationOptions(**{name: value})
    assert caught.value.exit_code == 2
    assert str(value) in str(caught.value)


def test_fewer_at_most_than_at_least_is_refused() -> None:
    with pytest.raises(BadOptionError, match="max_speakers is 2; allowed is 3 or more"):
        DiarizationOptions(min_speakers=3, max_speakers=2)


def test_a_known_number_wins_over_bounds() -> None:
    assert DiarizationOptions(speakers=3, min_speakers=1, max_speakers=9).bounds == (3, 3)
    assert DiarizationOptions(max_speakers=9).bounds == (1, 9)
    assert DiarizationOptions().bounds == (1, None)
