"""RTTM, CTM and STM: the forms of NIST's scoring tools.

References: NIST, Rich Transcription Spring 2009 evaluation plan, appendix A (RTTM); SCTK,
`doc/infmts.htm` (CTM, STM). Fields are parted by spaces, so spaces inside a name become `_`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

from hattama.diarization.rttm import format_rttm
from hattama.diarization.turns import Turn
from hattama.engine.document.model import Segment, Transcript
from hattama.engine.exports.labels import Label, speaker_labels
from hattama.engine.exports.options import ExportOptions
from hattama.engine.exports.passages import printable
from hattama.engine.exports.plain import plain, token
from hattama.engine.hearing import Hearing

CHANNEL = 1
"""A record is of the whole room, so there is one channel."""


def to_rttm(transcript: Transcript, options: ExportOptions, hearing: Hearing | None) -> bytes:
    """`SPEAKER file 1 start duration <NA> <NA> speaker <NA> <NA>`, one line a segment."""
    labels = _labels(transcript, options, hearing)
    turns = (
        Turn(round(segment.start, 3), round(segment.end, 3), labels[segment.speaker].machine)
        for segment in _by_start(transcript)
    )
    return format_rttm(
        (turn for turn in turns if turn.duration > 0), file_token(transcript)
    ).encode()


def to_ctm(transcript: Transcript, options: ExportOptions, hearing: Hearing | None) -> bytes:
    """`file 1 start duration word confidence`, by start. CTM has no field for the speaker."""
    del options, hearing
    name = file_token(transcript)
    words = sorted(transcript.words, key=lambda word: (word.start, word.end))
    return _text(
        f"{name} {CHANNEL} {word.start:.3f} {_length(word.start, word.end):.3f}"
        f" {token(word.text)} {word.confidence:.3f}"
        for word in words
        if token(word.text)
    )


def to_stm(transcript: Transcript, options: ExportOptions, hearing: Hearing | None) -> bytes:
    """`file 1 speaker start end <language> words`, one line a segment; no label if unknown."""
    labels = _labels(transcript, options, hearing)
    name = file_token(transcript)
    return _text(
        f"{name} {CHANNEL} {labels[segment.speaker].machine} {segment.start:.3f} {segment.end:.3f}"
        f" {_language(segment)}{' '.join(word.text for word in printable(segment))}".rstrip()
        for segment in _by_start(transcript)
    )


def file_token(transcript: Transcript) -> str:
    """Name of the recording without its extension and without spaces."""
    return token(PurePath(plain(transcript.media.name)).stem) or "recording"


def _labels(
    transcript: Transcript, options: ExportOptions, hearing: Hearing | None
) -> dict[str | None, Label]:
    return speaker_labels(transcript, options.language, hearing.kind if hearing else None)


def _by_start(transcript: Transcript) -> list[Segment]:
    return sorted(transcript.segments, key=lambda segment: (segment.start, segment.end))


def _length(start: float, end: float) -> float:
    """Difference of the times as printed, so that start plus duration is the printed end."""
    return round(round(end, 3) - round(start, 3), 3)


def _language(segment: Segment) -> str:
    """`<ru> ` or `<kk> ` of most words."""
    counts = Counter(word.language for word in segment.words if word.language)
    return f"<{counts.most_common(1)[0][0]}> " if counts else ""


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
