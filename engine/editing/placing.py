"""Times of edited words, found in the sound: what a clerk wrote, aligned with what was said.

The times themselves are an operation, so that the journal holds them and a record can be made
again without the sound and without the model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from hattama.diarization.protocols import SAMPLE_RATE_HZ, Samples
from hattama.engine.document.model import Segment, Timing, Transcript, Word
from hattama.engine.editing.errors import EditError
from hattama.engine.editing.selection import segment_of, span_of, with_segment
from hattama.engine.editing.words import NOTE, UNINTELLIGIBLE
from hattama.engine.recognisers.aligned import Aligner, FitOptions, find, placed
from hattama.engine.recognisers.protocol import Window

if TYPE_CHECKING:
    from hattama.engine.media.recording import Recording

ANCHORS = 2
"""Words before and after the new ones that are looked for too: they hold the new ones in place."""
MARGIN_S = 0.3
"""Sound before and after them that is heard."""
_NOT_SAID = frozenset({NOTE, UNINTELLIGIBLE})
Group = tuple[int, int]
"""Index of the first word and after the last one."""


@dataclass(frozen=True, slots=True)
class WordTime:
    """When one word of a turn was said."""

    index: int
    """Index of the word."""
    start: float
    """Media time, seconds."""
    end: float
    """Media time, seconds; not before `start`."""
    timing: Timing = "ctc"
    """`shared` where the word was not found and makes room for those that were."""


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Words of a turn get the times at which a CTC model found them in the sound."""

    segment: str
    """`Segment.id`."""
    source: str
    """Catalogue name of the model."""
    words: tuple[WordTime, ...]
    """By index."""

    def apply(self, transcript: Transcript) -> Transcript:
        """Return the record with the times; the words' order by time stays."""
        segment = segment_of(transcript, self.segment)
        words = list(segment.words)
        for time in self.words:
            span_of(segment, time.index, time.index + 1)
            if not (math.isfinite(time.start) and 0 <= time.start <= time.end < math.inf):
                raise EditError(
                    "Word {index} of turn {id} cannot be said from {start} s to {end} s.",
                    index=time.index, id=segment.id, start=time.start, end=time.end,
                )  # fmt: skip
            word = words[time.index]
            start, end = round(time.start, 3), round(time.end, 3)
            words[time.index] = replace(word, start=start, end=end, timing=time.timing)
        return with_segment(transcript, replace(segment, words=tuple(words)))


@dataclass(frozen=True, slots=True)
class Placing:
    """What came of placing the words of a turn."""

    operation: PlaceWords | None
    """The times that were found; None where there are none."""
    found: int
    """Words that got a time from the sound."""
    rough: int
    """Words that keep shared-out times: they do not fit the sound."""


def to_place(segment: Segment) -> tuple[int, ...]:
    """Indices of the words whose times are only shared out."""
    return tuple(i for i, word in enumerate(segment.words) if word.timing == "shared")


class Placer:
    """Finds words of a record in its sound.

    Parameters
    ----------
    aligner
        Finds the words.
    options
        When it is believed.
    """

    def __init__(self, aligner: Aligner, options: FitOptions | None = None) -> None:
        self._aligner = aligner
        self._options = options or FitOptions()

    def place(self, segment: Segment, samples: Samples, *, every: bool = False) -> Placing:
        """Find the shared-out words of a turn, or `every` word.

        Parameters
        ----------
        segment
            The turn.
        samples
            The sound in which it is heard best; index 0 is media time 0.
        """
        wanted = set(_said(segment, range(len(segment.words))) if every else to_place(segment))
        times = [
            time
            for group in _groups(segment, wanted)
            for time in self._times(segment, group, wanted, samples)
        ]
        found = sum(time.timing == "ctc" for time in times)
        operation = PlaceWords(segment.id, self._aligner.name, tuple(times)) if times else None
        return Placing(operation, found, len(wanted) - found)

    def _times(
        self, segment: Segment, group: Group, wanted: set[int], samples: Samples
    ) -> Iterator[WordTime]:
        said = _said(segment, range(*group))
        words = [segment.words[i] for i in said]
        found = find(self._aligner, _window(segment, group, samples), words)
        timed = placed(words, found, self._options)
        for index, word in zip(said, timed, strict=True):
            if index in wanted and word != segment.words[index]:
                start, end = _between(segment.words, index, wanted, (word.start, word.end))
                yield WordTime(index, start, end, word.timing)


def sound_of(transcript: Transcript, segment: Segment, recording: Recording) -> Samples:
    """The sound in which a turn is heard best: its speaker's microphone, else all of them."""
    channels = {speaker.id: speaker.channel for speaker in transcript.speakers}
    channel = channels.get(segment.speaker or "")
    if channel is None or channel >= len(recording.tracks):
        return recording.mix
    return recording.tracks[channel]


def _said(segment: Segment, indices: Iterable[int]) -> list[int]:
    """Words that somebody said: remarks and marks were not."""
    return [i for i in indices if segment.words[i].source not in _NOT_SAID]


def _groups(segment: Segment, wanted: set[int]) -> list[Group]:
    """Stretches of words with their anchors; those that touch are one."""
    groups: list[Group] = []
    for _, run in groupby(enumerate(sorted(wanted)), key=lambda pair: pair[1] - pair[0]):
        indices = [index for _, index in run]
        first = max(0, indices[0] - ANCHORS)
        last = min(len(segment.words), indices[-1] + 1 + ANCHORS)
        if groups and first <= groups[-1][1]:
            first = groups.pop()[0]
        groups.append((first, last))
    return groups


def _window(segment: Segment, group: Group, samples: Samples) -> Window:
    words = segment.words[slice(*group)]
    start = segment.start if group[0] == 0 else words[0].start
    end = segment.end if group[1] == len(segment.words) else max(word.end for word in words)
    first = max(0, round((start - MARGIN_S) * SAMPLE_RATE_HZ))
    last = min(len(samples), round((end + MARGIN_S) * SAMPLE_RATE_HZ))
    return Window(
        first / SAMPLE_RATE_HZ,
        samples.read(first, last),
        ((start, max(start, end)),),
    )


def _between(
    words: Sequence[Word], index: int, wanted: set[int], found: tuple[float, float]
) -> tuple[float, float]:
    """The time within what the words around leave, so that words stay in order by start."""
    before = next((words[i].start for i in range(index - 1, -1, -1) if i not in wanted), 0.0)
    later = (words[i].start for i in range(index + 1, len(words)) if i not in wanted)
    after = next(later, math.inf)
    start = min(max(found[0], before), after)
    return start, max(start, min(found[1], after))
