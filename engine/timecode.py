"""SMPTE timecode: labels of frames, `HH:MM:SS:FF`, with drop-frame counting (SMPTE ST 12-1).

At 29.97 and 59.94 frames a second drop-frame labels leave out the first two (four) frame numbers
of every minute but each tenth, so that labels follow the clock on the wall. No frame is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from hattama.engine.errors import BadInputError

MINUTES_A_DAY = 24 * 60
_LABEL = re.compile(r"(\d{2}):(\d{2}):(\d{2})(?:([:;.,])(\d{2,3}))?")


class TimecodeError(BadInputError):
    """A timecode or a frame rate that does not exist."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A frame rate and its way of counting."""

    name: str
    """As in `ClockInfo.rate`: `25`, `29.97`, `29.97df`, …"""
    fps: Fraction
    """Frames a second, exact."""
    drop: bool = False
    """Whether labels leave numbers out."""

    @property
    def nominal(self) -> int:
        """Frame numbers in one second of labels."""
        return round(self.fps)

    @property
    def dropped(self) -> int:
        """Numbers left out in nine minutes of ten."""
        return self.nominal // 15 if self.drop else 0

    @property
    def frames_a_day(self) -> int:
        """Labels from 00:00:00:00 until they begin again."""
        numbers = MINUTES_A_DAY * 60 * self.nominal
        return numbers - MINUTES_A_DAY // 10 * 9 * self.dropped


RATES: dict[str, Rate] = {
    rate.name: rate
    for rate in (
        Rate("23.976", Fraction(24000, 1001)),
        Rate("24", Fraction(24)),
        Rate("25", Fraction(25)),
        Rate("29.97", Fraction(30000, 1001)),
        Rate("29.97df", Fraction(30000, 1001), drop=True),
        Rate("30", Fraction(30)),
        Rate("47.952", Fraction(48000, 1001)),
        Rate("48", Fraction(48)),
        Rate("50", Fraction(50)),
        Rate("59.94", Fraction(60000, 1001)),
        Rate("59.94df", Fraction(60000, 1001), drop=True),
        Rate("60", Fraction(60)),
    )
}
"""Every rate by its name."""


def rate_named(name: str) -> Rate:
    """Rate of a name in `RATES`.

    Raises
    ------
    TimecodeError
        There is none of that name.
    """
    if name not in RATES:
        raise TimecodeError(
            "{given} is no frame rate of timecode; give one of {allowed}.",
            given=name,
            allowed=", ".join(RATES),
        )
    return RATES[name]


def nearest_rate(fps: Fraction, *, drop: bool = False) -> Rate | None:
    """Return the rate that `fps` was meant as, within 0.02 %; None where there is none.

    Parameters
    ----------
    fps
        Frames a second as a file states them, often rounded.
    drop
        Whether labels are drop-frame; heeded at 29.97 and 59.94 alone.
    """
    # 24 and 23.976 lie 0.1 % apart; recorders round to a millisecond a frame at worst.
    near = [rate for rate in RATES.values() if abs(rate.fps - fps) <= rate.fps / 5000]
    counted = [rate for rate in near if rate.drop == drop] or near
    return min(counted, key=lambda rate: abs(rate.fps - fps), default=None)


def to_frames(label: str, rate: Rate) -> int:
    """Frames from 00:00:00:00 to a label; inverse of `to_label`.

    Parameters
    ----------
    label
        `HH:MM:SS:FF`, or `HH:MM:SS` for its first frame. Before the frames `:`, `;`, `.` and `,`
        mean the same: `rate` says whether the count is drop-frame.
    rate
        How the frames are counted.

    Raises
    ------
    TimecodeError
        It is no timecode, or no frame of this rate has it.
    """
    match = _LABEL.fullmatch(label.strip())
    if match is None:
        raise _no_label(label, rate)
    hours, minutes, seconds = (int(match[group]) for group in (1, 2, 3))
    frame = int(match[5] or 0)
    total_minutes = hours * 60 + minutes
    left_out = rate.dropped if minutes % 10 else 0
    if match[4] is None and seconds == 0:
        frame = left_out
    exists = hours < 24 and minutes < 60 and seconds < 60 and frame < rate.nominal  # noqa: PLR2004  hours, minutes
    if not exists or (seconds == 0 and frame < left_out):
        raise _no_label(label, rate)
    numbers = (total_minutes * 60 + seconds) * rate.nominal + frame
    return numbers - rate.dropped * (total_minutes - total_minutes // 10)


def to_label(frames: int, rate: Rate) -> str:
    """Label of a frame, `;` before its number when drop-frame.

    Parameters
    ----------
    frames
        Frames from 00:00:00:00; labels begin again after 24 hours, and count back below 0.
    rate
        How the frames are counted.
    """
    number = frames % rate.frames_a_day
    if rate.drop:
        number += _left_out_before(number, rate)
    seconds, frame = divmod(number, rate.nominal)
    separator = ";" if rate.drop else ":"
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{separator}{frame:02}"


def is_drop_frame(label: str) -> bool:
    """Whether a label is written as drop-frame: `;`, or `.` and `,` as some recorders do."""
    match = _LABEL.fullmatch(label.strip())
    return match is not None and match[4] in {";", ".", ","}


def _left_out_before(frame: int, rate: Rate) -> int:
    """Numbers left out before the frame of that count."""
    minute = 60 * rate.nominal - rate.dropped
    ten = 10 * minute + rate.dropped
    tens, rest = divmod(frame, ten)
    # The first minute of ten keeps its numbers and is longer by them.
    minutes = max(rest - rate.dropped, 0) // minute
    return rate.dropped * (9 * tens + minutes)


def _no_label(label: str, rate: Rate) -> TimecodeError:
    return TimecodeError(
        "{given} is no timecode at {rate} frames a second; give HH:MM:SS:FF with frames up to"
        " {last}.",
        given=label,
        rate=rate.name,
        last=f"{rate.nominal - 1:02}",
    )
