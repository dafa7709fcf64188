"""Clock: media time to timecode and to the time of day, and back."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from hattama.engine.document.model import ClockInfo
from hattama.engine.errors import BadInputError
from hattama.engine.media.filename_time import time_in_name
from hattama.engine.timecode import (
    Rate,
    TimecodeError,
    is_drop_frame,
    nearest_rate,
    rate_named,
    to_frames,
    to_label,
)

if TYPE_CHECKING:
    from hattama.engine.media.info import MediaInfo

logger = logging.getLogger(__name__)

DEFAULT_RATE = "25"
"""Rate of sound without a picture, and of pictures at a rate that timecode does not know."""
ROUNDING_FRAMES = Fraction(1, 1000)
"""A time this close before a frame counts as on it: floats cannot say 1001/30000 s exactly."""


class WallTimeError(BadInputError):
    """A time of day that cannot be read."""


class Clock:
    """Maps media time to SMPTE timecode and to the time of day.

    Parameters
    ----------
    info
        Where the clock stands at media time 0.

    Raises
    ------
    TimecodeError
        Its rate or its start is none.
    WallTimeError
        Its time of day is none.
    """

    def __init__(self, info: ClockInfo) -> None:
        self.info = info
        self._rate = rate_named(info.rate)
        self._start = to_frames(info.start_timecode, self._rate)
        self._wall = None if info.wall_start is None else read_time(info.wall_start)

    @property
    def rate(self) -> Rate:
        """Frame rate and counting of the labels."""
        return self._rate

    def frame(self, seconds: float) -> int:
        """Frame that is presented at a media time, counted from media time 0."""
        return int((Fraction(seconds) * self._rate.fps + ROUNDING_FRAMES) // 1)

    def timecode(self, seconds: float) -> str:
        """Label of the frame that is presented at a media time, in seconds."""
        return to_label(self._start + self.frame(seconds), self._rate)

    def seconds(self, timecode: str) -> float:
        """Media time at which the frame with this label begins.

        Returns
        -------
        float
            Seconds, from 0 to less than 24 hours of labels: a label before the start is taken as
            the next day's.

        Raises
        ------
        TimecodeError
            It is no timecode at this clock's rate.
        """
        frame = (to_frames(timecode, self._rate) - self._start) % self._rate.frames_a_day
        return float(frame / self._rate.fps)

    def wall(self, seconds: float) -> datetime | None:
        """Time of day at a media time; None where the recording does not give it."""
        return None if self._wall is None else self._wall + timedelta(seconds=seconds)


def clock_info(
    media: MediaInfo, start_timecode: str | None = None, wall_start: str | datetime | None = None
) -> ClockInfo:
    """Find where the clock of a recording stands at media time 0, and say from which source.

    Timecode: the option, else what the container keeps (MP4 and MOV `tmcd`, MXF, the tag of MKV
    and others), else BWF TimeReference, else zero. Time of day: the option, else the container's
    creation time, else BWF origination, else the file's name.

    Parameters
    ----------
    media
        The recording.
    start_timecode
        Label of the first frame, `HH:MM:SS:FF`; `;` before the frames for drop-frame.
    wall_start
        Time of day at media time 0, ISO 8601.

    Raises
    ------
    TimecodeError
        `start_timecode` is none at the recording's rate.
    WallTimeError
        `wall_start` is no ISO 8601 time.
    """
    wall, wall_source = _wall(media, wall_start)
    rate, label, source = _timecode(media, start_timecode)
    return ClockInfo(rate.name, label, source, wall, wall_source)


def read_time(text: str) -> datetime:
    """Read an ISO 8601 time.

    Raises
    ------
    WallTimeError
        It is none.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise WallTimeError(
            "{given} is no time; give ISO 8601, for example 2024-03-05T10:02:15.", given=text
        ) from error


def _timecode(media: MediaInfo, option: str | None) -> tuple[Rate, str, str]:
    if option is not None:
        rate = _rate(media, option)
        return rate, to_label(to_frames(option, rate), rate), "option"
    if media.timecode is not None and media.timecode_source is not None:
        rate = _rate(media, media.timecode)
        try:
            return rate, to_label(to_frames(media.timecode, rate), rate), media.timecode_source
        except TimecodeError:
            logger.warning("Timecode %r of the file is none at %s", media.timecode, rate.name)
    rate = _rate(media, "")
    if media.time_reference_s is not None:
        return rate, to_label(round(media.time_reference_s * rate.fps), rate), "bwf"
    return rate, to_label(0, rate), "zero"


def _rate(media: MediaInfo, label: str) -> Rate:
    stated = media.video[0].rate if media.video else None
    found = None if stated is None else nearest_rate(stated, drop=is_drop_frame(label))
    return found or rate_named(DEFAULT_RATE)


def _wall(media: MediaInfo, option: str | datetime | None) -> tuple[str | None, str | None]:
    if option is not None:
        time = option if isinstance(option, datetime) else read_time(option)
        return time.isoformat(), "option"
    found = (
        (media.created, "metadata"),
        (media.originated, "bwf"),
        (time_in_name(media.path.name), "file-name"),
    )
    for time_text, source in found:
        if time_text is not None and _is_time(time_text):
            return datetime.fromisoformat(time_text).isoformat(), source
    return None, None


def _is_time(text: str) -> bool:
    try:
        # A bare date says nothing of the time of day; the years before are unset clocks.
        return len(text) > len("2024-03-05") and datetime.fromisoformat(text).year > 1971  # noqa: PLR2004  1904, 1970
    except ValueError:
        return False
