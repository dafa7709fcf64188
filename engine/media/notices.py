"""What a person should know about a recording's sound once it is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hattama.models.notice import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hattama.engine.media.frames import Damage
    from hattama.engine.media.info import MediaInfo
    from hattama.engine.media.levels import Levels
    from hattama.engine.media.stream import StreamDecoder

CUT_OFF_S = 1.0
"""A container may misstate its length by less than this."""
NOTABLE_CLIPPING = 0.001
"""Share of samples at full scale from which clipping is heard."""
NOTABLE_DRIFT_S = 0.1
GUESSED_LENGTH = frozenset({"mp3", "aac", "ac3", "eac3", "mpeg", "dts", "truehd", "loas"})
"""Formats without a stated length: FFmpeg guesses it from the bit rate."""


def cut_off(info: MediaInfo, end_s: float, damage: Damage) -> list[Notice]:
    """Say that less was found than the container promised, or that parts could not be read."""
    found: list[Notice] = []
    guessed = info.container in GUESSED_LENGTH
    if not guessed and info.duration - end_s > CUT_OFF_S:
        found.append(
            Notice(
                "The file says it lasts {stated} s and ends after {found} s: it was cut off; what"
                " is there is used. Copy it from the recorder again if you can.",
                {"stated": round(info.duration, 1), "found": round(end_s, 1)},
            )
        )
    if damage.packets or damage.reads:
        found.append(
            Notice(
                "{count} damaged pieces of the file were skipped; the times of the rest are kept.",
                {"count": damage.packets + damage.reads},
            )
        )
    return found


def timing(streams: Sequence[StreamDecoder]) -> list[Notice]:
    """Say what was put right in the time stamps."""
    found: list[Notice] = []
    for stream in streams:
        number = {"stream": stream.index}
        if stream.faults.before_start_s >= NOTABLE_DRIFT_S:
            found.append(
                Notice(
                    "Sound stream {stream} begins {seconds} s before the picture; that sound is"
                    " not in the record.",
                    number | {"seconds": round(stream.faults.before_start_s, 1)},
                )
            )
        if stream.faults.clock_jumps:
            found.append(
                Notice(
                    "The clock of sound stream {stream} was set anew {count} times; the sound was"
                    " taken as continuous, so later times may be off.",
                    number | {"count": stream.faults.clock_jumps},
                )
            )
        if abs(stream.faults.drift_s) >= NOTABLE_DRIFT_S:
            found.append(
                Notice(
                    "Sound stream {stream} drifts against its time stamps; it was corrected by"
                    " {seconds} s in {count} places.",
                    number
                    | {
                        "seconds": round(stream.faults.drift_s, 2),
                        "count": stream.faults.corrections,
                    },
                )
            )
    return found


def sound(levels: Sequence[Levels]) -> list[Notice]:
    """Say which channels are silent, clipped or of telephone bandwidth; channels count from 1."""
    if levels and all(level.is_silent for level in levels):
        return [
            Notice(
                "The recording is silent on every channel; check that the microphones were on and"
                " that this is the right file."
            )
        ]
    found: list[Notice] = []
    for template, chosen in _CHANNEL_NOTICES:
        numbers = [str(number) for number, level in enumerate(levels, 1) if chosen(level)]
        if numbers:
            found.append(Notice(template, {"channels": ", ".join(numbers)}))
    return found


def _is_clipped(level: Levels) -> bool:
    return level.clipped >= NOTABLE_CLIPPING


_SILENT = "Silent channels: {channels}; check those microphones if somebody spoke there."
_CLIPPED = (
    "Channels with overload (the sound is cut at full scale): {channels}; words may be wrong where"
    " it is loud."
)
_NARROW = (
    "Channels with the narrow sound of a telephone: {channels}; recognition will be poor, check"
    " every word."
)
_QUIET = (
    "Channels in which speech is very quiet: {channels}; words may be missing, check the gain of"
    " those microphones."
)
_CHANNEL_NOTICES: tuple[tuple[str, Callable[[Levels], bool]], ...] = (
    (_SILENT, lambda level: level.is_silent),
    (_QUIET, lambda level: level.is_quiet),
    (_CLIPPED, _is_clipped),
    (_NARROW, lambda level: level.is_telephone),
)
