"""Times as people and players read them."""

from __future__ import annotations

from collections.abc import Callable

from hattama.engine.clock import Clock
from hattama.engine.document.model import ClockInfo

DAY_S = 86_400


def media_time(seconds: float, fraction: str = ".") -> str:
    """`HH:MM:SS.mmm` from the start of the recording; `fraction` stands before the fraction."""
    total = round(seconds * 1000)
    minutes, milliseconds = divmod(total, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}{fraction}{milliseconds % 1000:03}"


def whole_seconds(seconds: float) -> str:
    """`HH:MM:SS` from the start of the recording, rounded down."""
    return media_time(int(seconds))[:-4]


def reader(clock: ClockInfo, *, timecode: bool) -> Callable[[float], str]:
    """Function that prints a media time for a reader: timecode, or whole seconds."""
    return Clock(clock).timecode if timecode else whole_seconds


def subtitle_clock(clock: ClockInfo, *, timecode: bool) -> Callable[[float], float]:
    """Function from media time to the seconds that a subtitle shall stand at.

    With `timecode` these are the seconds that the timecode reads (frames as a fraction), which at
    29.97 non-drop is not media time plus a constant; past midnight they go on above 24 hours.
    """
    if not timecode:
        return float
    label_of = Clock(clock).timecode
    rate = round(float(clock.rate.removesuffix("df")))
    first = _label_seconds(clock.start_timecode, rate)

    def read(seconds: float) -> float:
        value = _label_seconds(label_of(seconds), rate)
        return value if value >= first else value + DAY_S

    return read


def _label_seconds(timecode: str, rate: int) -> float:
    hours, minutes, seconds, frames = (int(part) for part in timecode.replace(";", ":").split(":"))
    return hours * 3600 + minutes * 60 + seconds + frames / rate
