"""Times in file names, as recorders write them."""

from __future__ import annotations

import pytest

from hattama.engine.media.filename_time import time_in_name


@pytest.mark.parametrize(
    "name",
    [
        "2024-03-05_10-02-15.mp4",
        "2024-03-05T10-02-15.mkv",
        "Зал 3 2024-03-05 10.02.15.asf",
        "2024_03_05_10_02_15.wav",
        "Court_20240305_100215.mp4",
        "20240305-100215_Court1.trm",
        "20240305T100215Z.wav",
        "REC20240305100215.WAV",
        "дело 12 05.03.2024_10-02-15.avi",
        "05-03-2024 10.02.15.dcr",
    ],
)
def test_date_and_time_are_read(name: str) -> None:
    assert time_in_name(name) == "2024-03-05T10:02:15"


@pytest.mark.parametrize(
    "name", ["Court1_20240305-1002_01d8a0b2.trm", "2024-03-05_10-02.mp4", "05.03.2024 10-02.asf"]
)
def test_without_seconds_the_minute_begins(name: str) -> None:
    assert time_in_name(name) == "2024-03-05T10:02:00"


@pytest.mark.parametrize(
    "name",
    [
        "hearing.mp4",
        "2024-03-05.mp4",
        "2024-13-05_10-02-15.mp4",
        "2024-02-30_10-02-15.mp4",
        "2024-03-05_25-02-15.mp4",
        "920240305100215123.wav",
        "case 2-1234-2024 part 10.mp4",
    ],
)
def test_what_is_no_time_is_not_taken_for_one(name: str) -> None:
    assert time_in_name(name) is None
