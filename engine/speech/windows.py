"""Windows: stretches of one language packed for the recogniser, cut only at pauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hattama.diarization.protocols import SAMPLE_RATE_HZ, Samples
from hattama.engine.document.model import Language
from hattama.engine.recognisers.protocol import Window
from hattama.engine.speech.intervals import Interval
from hattama.engine.speech.vad import FRAME_S


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How speech is cut and packed."""

    max_s: float = 20.0
    """Longest window, seconds; Whisper hears 30, and the encoder's cost grows with the square."""
    max_pause_s: float = 1.5
    """A longer pause ends a window, seconds: long silence inside one invites invented words."""
    min_stretch_s: float = 1.2
    """Speech is gathered to at least this before its language is asked, seconds."""
    max_stretch_s: float = 8.0
    """Speech is cut after at most this when its language is asked, seconds."""
    stretch_pause_s: float = 0.5
    """A longer pause always ends a stretch, seconds: another speaker may follow."""
    lead_s: float = 0.15
    """Sound before the first speech that the recogniser hears too, seconds."""
    tail_s: float = 0.3
    """Sound after the last speech, likewise."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech without a longer pause: the unit whose language is decided."""

    speech: tuple[Interval, ...]
    """Intervals of speech, by start."""
    language: Language | None = None
    """None until it is decided."""
    alternative: Language | None = None
    """The other language where the margin is low: it is decoded too."""

    @property
    def start(self) -> float:
        """Media time, seconds."""
        return self.speech[0][0]

    @property
    def end(self) -> float:
        """Media time, seconds."""
        return self.speech[-1][1]


def stretches(
    speech: Sequence[Interval],
    probabilities: NDArray[np.float32],
    options: WindowOptions,
) -> tuple[Stretch, ...]:
    """Gather intervals of speech to stretches of 1 to 8 seconds.

    Parameters
    ----------
    speech
        Intervals of speech, by start.
    probabilities
        Of speech, one for each 32 ms frame: speech without any pause is cut where it is least.
    options
        Lengths.
    """
    found: list[list[Interval]] = []
    for interval in _cut_long(speech, probabilities, options.max_stretch_s):
        if found and _belongs(found[-1], interval, options):
            found[-1].append(interval)
        else:
            found.append([interval])
    return tuple(Stretch(tuple(group)) for group in found)


def pack(stretches: Sequence[Stretch], options: WindowOptions) -> tuple[tuple[Stretch, ...], ...]:
    """Group neighbouring stretches of one language to windows of at most `max_s`."""
    groups: list[list[Stretch]] = []
    for stretch in stretches:
        last = groups[-1] if groups else None
        if (
            last is not None
            and (last[-1].language, last[-1].alternative) == (stretch.language, stretch.alternative)
            and stretch.start - last[-1].end <= options.max_pause_s
            and stretch.end - last[0].start + options.lead_s + options.tail_s <= options.max_s
        ):
            last.append(stretch)
        else:
            groups.append([stretch])
    return tuple(tuple(group) for group in groups)


def window(
    samples: Samples,
    group: Sequence[Stretch],
    options: WindowOptions,
    around: tuple[float, float],
) -> Window:
    """Sound of one group of stretches, with some silence at both ends.

    `around` is where the speech before ends and the speech after starts, seconds: their words
    shall not be heard twice.
    """
    start = max(group[0].start - options.lead_s, min(around[0], group[0].start), 0.0)
    end = min(group[-1].end + options.tail_s, max(around[1], group[-1].end))
    first = round(start * SAMPLE_RATE_HZ)
    return Window(
        start=first / SAMPLE_RATE_HZ,
        samples=samples.read(first, min(round(end * SAMPLE_RATE_HZ), len(samples))),
        speech=tuple(interval for stretch in group for interval in stretch.speech),
        language=group[0].language,
        alternative=group[0].alternative,
    )


def _belongs(group: Sequence[Interval], interval: Interval, options: WindowOptions) -> bool:
    pause = interval[0] - group[-1][1]
    length = interval[1] - group[0][0]
    spoken = group[-1][1] - group[0][0]
    if pause > options.stretch_pause_s or length > options.max_stretch_s:
        return False
    return min(spoken, interval[1] - interval[0]) < options.min_stretch_s


def _cut_long(
    speech: Sequence[Interval], probabilities: NDArray[np.float32], max_s: float
) -> list[Interval]:
    """Cut intervals longer than `max_s` at the least likely frame of their middle half."""
    pieces: list[Interval] = []
    pending = list(reversed(speech))
    while pending:
        start, end = pending.pop()
        if end - start <= max_s:
            pieces.append((start, end))
            continue
        first = round((start + 0.25 * (end - start)) / FRAME_S)
        last = round((start + 0.75 * (end - start)) / FRAME_S)
        cut = (first + int(np.argmin(probabilities[first:last]))) * FRAME_S
        pending += [(cut, end), (start, cut)]
    return pieces
