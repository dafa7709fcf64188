"""The clock: media time to labels and to the day, and where its start was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.clock import Clock, WallTimeError, clock_info
from hattama.engine.document.model import ClockInfo
from hattama.engine.media.info import AudioStream, MediaInfo, VideoStream
from hattama.engine.media.probe import probe
from hattama.engine.timecode import RATES, TimecodeError, to_label

FILM = VideoStream(0, "h264", 320, 180, Fraction(25))
SOUND = AudioStream(1, "aac", 48_000, 1, "mono", 0.0, 10.0)
PLAIN = MediaInfo(Path("hearing.mp4"), "mov,mp4", 1, 10.0, Fraction(0), (FILM,), (SOUND,))


def with_rate(fps: Fraction) -> MediaInfo:
    return replace(PLAIN, video=(replace(FILM, rate=fps),))


def test_media_time_becomes_the_label_of_the_frame_that_is_shown() -> None:
    clock = Clock(ClockInfo("25", "10:02:15:00"))
    assert clock.timecode(0) == "10:02:15:00"
    assert clock.timecode(0.039) == "10:02:15:00"
    assert clock.timecode(0.04) == "10:02:15:01"
    assert clock.timecode(61.0) == "10:03:16:00"


@settings(deadline=None)
@given(
    name=st.sampled_from(sorted(RATES)),
    start=st.integers(0, 10**7),
    frame=st.integers(0, 24 * 3600 * 23),
)
def test_every_frame_of_a_day_has_a_label_that_leads_back_to_its_time(
    name: str, start: int, frame: int
) -> None:
    rate = RATES[name]
    clock = Clock(ClockInfo(name, to_label(start, rate)))
    seconds = float(frame / rate.fps)
    assert clock.frame(seconds) == frame
    assert clock.seconds(clock.timecode(seconds)) == seconds


def test_labels_go_on_past_midnight() -> None:
    clock = Clock(ClockInfo("29.97df", "23:59:59;29"))
    assert clock.timecode(float(Fraction(1001, 30000))) == "00:00:00;00"
    assert clock.seconds("00:00:00;00") == pytest.approx(1001 / 30000)


def test_a_drop_frame_hour_lasts_an_hour_on_the_wall() -> None:
    assert Clock(ClockInfo("29.97df", "00:00:00;00")).timecode(3599.99) == "00:59:59;29"
    assert Clock(ClockInfo("29.97df", "00:00:00;00")).timecode(3600) == "01:00:00;00"
    assert Clock(ClockInfo("29.97", "00:00:00:00")).timecode(3600) == "00:59:56:12"


def test_the_time_of_day_runs_with_the_media() -> None:
    clock = Clock(ClockInfo(wall_start="2024-03-05T10:02:15+05:00", wall_source="option"))
    assert clock.wall(60.5) == datetime(
        2024, 3, 5, 10, 3, 15, 500_000, tzinfo=timezone(timedelta(hours=5))
    )
    assert Clock(ClockInfo()).wall(1.0) is None


def test_the_sample_hearing_keeps_its_timecode_in_tmcd(samples: Path) -> None:
    info = clock_info(probe(samples / "civil-ru-kk.mp4"))
    assert info == ClockInfo("25", "10:02:15:00", "tmcd")


def test_the_option_goes_before_what_the_file_keeps() -> None:
    media = replace(PLAIN, timecode="10:00:00:00", timecode_source="mxf")
    assert clock_info(media).timecode_source == "mxf"
    info = clock_info(media, start_timecode="09:00:00:12", wall_start="2024-03-05T09:00:00")
    assert info == ClockInfo("25", "09:00:00:12", "option", "2024-03-05T09:00:00", "option")


@pytest.mark.parametrize(
    ("fps", "label", "rate", "written"),
    [
        (Fraction(30000, 1001), "01:00:00;00", "29.97df", "01:00:00;00"),
        (Fraction(30000, 1001), "01:00:00.00", "29.97df", "01:00:00;00"),
        (Fraction(30000, 1001), "01:00:00:00", "29.97", "01:00:00:00"),
        (Fraction(60000, 1001), "01:00:00;04", "59.94df", "01:00:00;04"),
        (Fraction(25), "01:00:00;00", "25", "01:00:00:00"),
        (Fraction(24000, 1001), "01:00:00:23", "23.976", "01:00:00:23"),
        (Fraction(15), "01:00:00:23", "25", "01:00:00:23"),
    ],
)
def test_rate_and_label_say_together_how_frames_are_counted(
    fps: Fraction, label: str, rate: str, written: str
) -> None:
    info = clock_info(with_rate(fps), start_timecode=label)
    assert (info.rate, info.start_timecode) == (rate, written)


def test_a_time_reference_becomes_the_timecode_of_the_first_sample() -> None:
    media = replace(PLAIN, video=(), time_reference_s=Fraction(3_613_548, 100))
    info = clock_info(media)
    assert (info.start_timecode, info.timecode_source) == ("10:02:15:12", "bwf")


def test_nothing_known_starts_at_zero_and_says_so() -> None:
    assert clock_info(PLAIN) == ClockInfo("25", "00:00:00:00", "zero", None, None)
    assert clock_info(with_rate(Fraction(30000, 1001))).start_timecode == "00:00:00:00"


def test_the_day_comes_from_metadata_then_bwf_then_the_name() -> None:
    named = replace(PLAIN, path=Path("Court3_20240305-1002.trm"))
    assert clock_info(named).wall_source == "file-name"
    assert clock_info(named).wall_start == "2024-03-05T10:02:00"
    bwf = replace(named, originated="2024-03-05T10:02:15")
    assert (clock_info(bwf).wall_source, clock_info(bwf).wall_start) == (
        "bwf",
        "2024-03-05T10:02:15",
    )
    tagged = replace(bwf, created="2024-03-05T05:02:15.000000Z")
    assert clock_info(tagged).wall_source == "metadata"
    assert Clock(clock_info(tagged)).wall(0) == datetime(2024, 3, 5, 5, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize("unset", ["1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2024", "soon"])
def test_a_clock_that_was_never_set_gives_no_day(unset: str) -> None:
    assert clock_info(replace(PLAIN, created=unset)).wall_start is None


def test_a_start_that_is_none_is_refused() -> None:
    with pytest.raises(TimecodeError, match="25:00:00:00 is no timecode at 25 frames"):
        clock_info(PLAIN, start_timecode="25:00:00:00")
    with pytest.raises(WallTimeError, match="yesterday is no time; give ISO 8601") as refused:
        clock_info(PLAIN, wall_start="yesterday")
    assert refused.value.exit_code == 2


def test_a_damaged_timecode_in_the_file_does_not_stop_the_work() -> None:
    media = replace(PLAIN, timecode="99:99:99:99", timecode_source="tag")
    assert clock_info(media).timecode_source == "zero"
