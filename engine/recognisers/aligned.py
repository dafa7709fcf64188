"""Words of one recogniser, with times from a CTC model.

Whisper's attention places a word roughly; a CTC model places it to its frame. What the model does
not find where the text says it is keeps the time it had: a wrong time would look as good as a
right one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Protocol

from hattama.engine.alignment.errors import TextTooLongError
from hattama.engine.alignment.words import AlignedWord, interpolate_words
from hattama.engine.document.model import Language, Timing, Word
from hattama.engine.recognisers.protocol import Recogniser, Recognition, Window

_LOG = logging.getLogger(__name__)


class Aligner(Protocol):
    """Finds when the words of a known text were said."""

    @property
    def name(self) -> str:
        """Catalogue name of the model."""
        ...

    def align(
        self, window: Window, text: Sequence[tuple[str, Language | None]]
    ) -> tuple[AlignedWord, ...]:
        """Times of words that are said in a window.

        Raises
        ------
        hattama.engine.alignment.errors.TextTooLongError
            The text is longer than what can be said in the window.
        """
        ...


@dataclass(frozen=True, slots=True)
class FitOptions:
    """When an aligned word is believed.

    Both numbers are set by hand on constructed models; no real weights were at hand to measure.
    """

    least_confidence: float = 0.1
    """A word whose letters have less than this geometric mean probability was not found."""
    least_share: float = 0.5
    """Where less than this share of the words was found, the text does not fit the sound."""


class AlignedRecogniser:
    """A recogniser whose words get their times from a CTC model.

    Parameters
    ----------
    hears
        Its words are kept, all but their times.
    aligner
        Places them.
    options
        When it is believed.
    """

    def __init__(
        self, hears: Recogniser, aligner: Aligner, options: FitOptions | None = None
    ) -> None:
        self._hears = hears
        self._aligner = aligner
        self._options = options or FitOptions()

    @property
    def name(self) -> str:
        """Catalogue name of the model that hears the words."""
        return self._hears.name

    def recognise(self, windows: Sequence[Window]) -> tuple[Recognition, ...]:
        """Words of each window; see `Recogniser`."""
        pairs = zip(windows, self._hears.recognise(windows), strict=True)
        return tuple(self._placed(window, heard) for window, heard in pairs)

    def _placed(self, window: Window, heard: Recognition) -> Recognition:
        found = find(self._aligner, window, heard.words)
        return replace(heard, words=placed(heard.words, found, self._options))


def find(aligner: Aligner, window: Window, words: Sequence[Word]) -> tuple[AlignedWord, ...] | None:
    """Where the words are in the window; None where the window is too short for them."""
    if not words:
        return ()
    try:
        return aligner.align(window, [(word.text, word.language) for word in words])
    except TextTooLongError as error:
        _LOG.info("window at %.2f s: %s", window.start, error)
        return None


def fitting(
    found: Sequence[AlignedWord] | None, options: FitOptions | None = None
) -> tuple[bool, ...]:
    """Which words were found where the text says they are; none where the text does not fit."""
    chosen = options or FitOptions()
    if not found:
        return ()
    fits = tuple(w.method == "ctc" and w.confidence >= chosen.least_confidence for w in found)
    return fits if sum(fits) >= chosen.least_share * len(fits) else (False,) * len(fits)


def placed(
    words: Sequence[Word],
    found: Sequence[AlignedWord] | None,
    options: FitOptions | None = None,
) -> tuple[Word, ...]:
    """Words with the times that were found; the others keep theirs as far as these leave room.

    Parameters
    ----------
    words
        In order, with the times they had.
    found
        One for each word; None where nothing could be placed.
    options
        When a placed word is believed.
    """
    fits = fitting(found, options)
    if not found or not any(fits):
        return tuple(words)
    known = [word if fit else None for word, fit in zip(found, fits, strict=True)]
    times = [(word.start, word.end) for word in words]
    times += [(word.start, word.end) for word in known if word]
    whole = (min(start for start, _ in times), max(end for _, end in times))
    shared = interpolate_words([word.text for word in words], [whole], known)
    timed: list[Word] = []
    for fit, run in groupby(range(len(words)), key=lambda index: fits[index]):
        indices = list(run)
        if fit:
            timed += [_timed(words[i], shared[i], "ctc") for i in indices]
        else:
            timed += _between([words[i] for i in indices], [shared[i] for i in indices])
    return tuple(timed)


def _between(words: Sequence[Word], shared: Sequence[AlignedWord]) -> list[Word]:
    """Words that were not found: at their own times within the room there is, or sharing it."""
    first, last = shared[0].start, shared[-1].end
    cut = [replace(w, start=max(w.start, first), end=min(w.end, last)) for w in words]
    if all(word.end > word.start for word in cut):
        return cut
    return [_timed(word, place, "shared") for word, place in zip(words, shared, strict=True)]


def _timed(word: Word, place: AlignedWord, timing: Timing) -> Word:
    return replace(word, start=place.start, end=max(place.start, place.end), timing=timing)
