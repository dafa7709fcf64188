"""Turns as RTTM, the field's exchange format (NIST RT-09 evaluation plan, appendix A)."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from hattama.diarization.errors import DiarizationError
from hattama.diarization.turns import Turn

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FIELDS = 9
"""Fewest fields of a SPEAKER line; a tenth, the lookahead, is optional."""


class BadRttmError(DiarizationError, ValueError):
    """A line is not RTTM."""

    exit_code = 2


def format_rttm(turns: Iterable[Turn], recording: str) -> str:
    """RTTM text, one SPEAKER line a turn, times to the millisecond.

    Parameters
    ----------
    turns
        In the order in which they are written.
    recording
        Name of the recording, the second field; white space in it becomes `_`.
    """
    name = _token(recording)
    lines = (
        f"SPEAKER {name} 1 {turn.start:.3f} {turn.duration:.3f} "
        f"<NA> <NA> {_token(turn.speaker)} <NA> <NA>\n"
        for turn in turns
    )
    return "".join(lines)


def parse_rttm(text: str) -> list[Turn]:
    """Turns of the SPEAKER lines, by start; other kinds of lines and comments are skipped.

    Raises
    ------
    BadRttmError
        A SPEAKER line has too few fields, or a start or duration that is no time.
    """
    turns: list[Turn] = []
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split()
        if not fields or fields[0] != "SPEAKER":
            continue
        turns.append(_turn(fields, number))
    return sorted(turns)


def read_rttm(path: Path) -> list[Turn]:
    """Turns of an RTTM file; see `parse_rttm`."""
    return parse_rttm(path.read_text("utf-8"))


def write_rttm(path: Path, turns: Iterable[Turn], recording: str) -> None:
    """Write an RTTM file; an earlier file is replaced only once the new one is complete."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(format_rttm(turns, recording), "utf-8")
    part.replace(path)


def _turn(fields: list[str], number: int) -> Turn:
    start, duration = (_time(field) for field in [*fields, "", "", ""][3:5])
    if len(fields) < FIELDS or start is None or duration is None:
        raise BadRttmError(
            "Line {line} of the RTTM is not 'SPEAKER name channel start duration <NA> <NA> "
            "speaker <NA> <NA>' with times in seconds; correct it or leave it out.",
            line=number,
        )
    return Turn(start, start + duration, fields[7])


def _time(field: str) -> float | None:
    try:
        value = float(field)
    except ValueError:
        return None
    return value if 0 <= value < math.inf else None


def _token(name: str) -> str:
    return re.sub(r"\s+", "_", name.strip()) or "unnamed"
