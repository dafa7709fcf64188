"""What every export may be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hattama.engine.exports.texts import ExportLanguage

TimeBase = Literal["auto", "media", "timecode"]
"""`media`: from the start of the recording; `timecode`: the hearing's own; `auto`: as the form
needs it, timecode for people to read (TXT, DOCX), media time for players and tools."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Options of the exports."""

    language: ExportLanguage = "ru"
    """Language of headings, roles and notes: kk, ru or en."""
    times: TimeBase = "auto"
    """Times printed in TXT, DOCX, SRT and VTT: media, timecode, or auto."""
    doubts: bool = True
    """Mark doubtful words in TXT and DOCX."""
    written: bool = False
    """Write numbers, dates, money, articles of law and case numbers in digits in DOCX, TXT, SRT and
    VTT; the record keeps what was said."""
