"""Times as people write them, made into spans on the container's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hattama.disguise.decoding import sound_extent
from hattama.disguise.spans import Span
from hattama.engine.clock import Clock, clock_info
from hattama.engine.errors import BadInputError
from hattama.engine.media.probe import probe
from hattama.engine.witness import Stretch, words_said

if TYPE_CHECKING:
    from pathlib import Path

    from hattama.engine.document.model import Transcript

_WORD_MARGIN_S = 0.08
"""Seconds before and after a recognised word that go under the tone as well: its times are good
to about that."""


class PlaceError(BadInputError):
    """A time that cannot be read, or that lies outside the recording."""


@dataclass(frozen=True, slots=True)
class Places:
    """Reads times against the clock of one recording."""

    clock: Clock
    """Media time and timecode."""
    origin: float
    """Media time 0 on the container's clock, seconds."""
    extent: Span
    """Where the recording has sound, container time."""

    @classmethod
    def of(cls, media: Path, start_timecode: str | None = None) -> Places:
        """Of a recording.

        Parameters
        ----------
        start_timecode
            Timecode of the first frame where the file's own is not to be used.
        """
        info = probe(media)
        clock = Clock(clock_info(info, start_timecode))
        return cls(clock, float(info.origin), sound_extent(media))

    def read(self, text: str) -> Span:
        """A span `START-END`: timecodes, or seconds of media time."""
        start, dash, end = text.strip().partition("-")
        if not dash:
            raise PlaceError(
                "{text} is no span; write START-END, as 10:05:01:00-10:09:30:12 or 61.5-70",
                text=text,
            )
        return self.span((self._seconds(start, text), self._seconds(end, text)))

    def span(self, stretch: Stretch) -> Span:
        """A stretch of media time on the container's clock; it has to touch the sound."""
        span = Span(stretch[0] + self.origin, stretch[1] + self.origin)
        if span.end <= self.extent.start or span.start >= self.extent.end:
            raise PlaceError(
                "the span {start} to {end} lies outside the recording, which lasts from {first} "
                "to {last}",
                start=self.timecode(span.start),
                end=self.timecode(span.end),
                first=self.timecode(self.extent.start),
                last=self.timecode(self.extent.end),
            )
        return span

    def timecode(self, container_s: float) -> str:
        """Label of a moment of the container's clock."""
        return self.clock.timecode(max(0.0, container_s - self.origin))

    def stretch(self, span: Span) -> Stretch:
        """A span in media time, seconds."""
        return span.start - self.origin, span.end - self.origin

    def _seconds(self, text: str, whole: str) -> float:
        text = text.strip()
        if ":" in text:
            return self.clock.seconds(text)
        try:
            return float(text)
        except ValueError as error:
            raise PlaceError(
                "{text} is no span; write START-END, as 10:05:01:00-10:09:30:12 or 61.5-70",
                text=whole,
            ) from error


def read_beeps(path: Path, places: Places, record: Transcript | None) -> list[Span]:
    """Spans of a list of what shall go under a tone.

    One entry a line: a span `START-END`, or a word as the record has it (`*` at its end for every
    ending). Empty lines and lines that begin with `#` are left out.

    Raises
    ------
    PlaceError
        When a line is neither, or a word is given without a record.
    """
    found: list[Span] = []
    for raw in path.read_text("utf-8").splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line[0].isdigit():
            found.append(places.read(line))
        elif record is None:
            raise PlaceError(
                "to cover the word {word}, a record has to tell when it was said; give --record, "
                "or times",
                word=line,
            )
        else:
            found += [
                places.span((word.start - _WORD_MARGIN_S, word.end + _WORD_MARGIN_S))
                for word in words_said(record, line)
            ]
    return found
