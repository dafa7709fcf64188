"""Times of words: from a CTC model's posteriors where there is one, else from what is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hattama.engine.alignment.trellis import TokenSpan, align_tokens
from hattama.engine.alignment.vocabulary import Vocabulary
from hattama.engine.document.model import Language

Method = Literal["ctc", "interpolated"]


@dataclass(frozen=True, slots=True)
class Posteriors:
    """What a CTC model makes of one stretch of sound."""

    log_probs: NDArray[np.float32]
    """Natural logarithms, shape (frames, vocabulary)."""
    frame_s: float
    """Length of a frame, seconds."""
    start: float = 0.0
    """Media time of the first frame, seconds."""


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """A word with its time, and how far that can be trusted."""

    text: str
    """As it was given."""
    start: float
    """Media time, seconds."""
    end: float
    """Media time, seconds; not before `start`."""
    confidence: float
    """Geometric mean of the tokens' posteriors, 0 to 1; 0 where there is no evidence."""
    method: Method
    """`ctc`: found in the sound. `interpolated`: put between what is known."""
    precision_s: float
    """How far the start can be off, seconds: of `ctc` the length of a frame; of `interpolated`
    the whole stretch in which it was put."""


def align_words(
    posteriors: Posteriors,
    vocabulary: Vocabulary,
    words: Sequence[tuple[str, Language | None]],
) -> tuple[AlignedWord, ...]:
    """Times of the words of a known text.

    Parameters
    ----------
    posteriors
        Of the sound in which the text is said.
    vocabulary
        Of the model that made them.
    words
        Text and language, in order. Words that the model cannot write (signs alone) are put
        between their neighbours, and say so.

    Raises
    ------
    TextTooLongError
        The text is longer than what can be said in this time.
    """
    encoded = [vocabulary.encode(text, language) for text, language in words]
    tokens, origins = _joined(encoded, vocabulary.space)
    spans = align_tokens(posteriors.log_probs, tokens, vocabulary.blank)
    found: dict[int, list[TokenSpan]] = {}
    for origin, span in zip(origins, spans, strict=True):
        found.setdefault(origin, []).append(span)
    placed = [
        _placed(text, found[i], posteriors) if i in found else None
        for i, (text, _) in enumerate(words)
    ]
    end = posteriors.start + len(posteriors.log_probs) * posteriors.frame_s
    return _fill([text for text, _ in words], placed, ((posteriors.start, end),))


def interpolate_words(
    words: Sequence[str],
    speech: Sequence[tuple[float, float]],
    known: Sequence[AlignedWord | None] | None = None,
) -> tuple[AlignedWord, ...]:
    """Times without a CTC model: words are spread over the speech, by their letters.

    Parameters
    ----------
    words
        The text, in order.
    speech
        Media times between which it is said, by start; at least one interval.
    known
        For each word its time where that is known (a word that was not edited), else None.
    """
    return _fill(words, known or [None] * len(words), speech)


def _joined(encoded: Sequence[tuple[int, ...]], space: int | None) -> tuple[list[int], list[int]]:
    """All tokens with the index of their word; spaces belong to no word (-1)."""
    tokens: list[int] = []
    origins: list[int] = []
    for origin, word in enumerate(encoded):
        if not word:
            continue
        if tokens and space is not None:
            tokens.append(space)
            origins.append(-1)
        tokens += word
        origins += [origin] * len(word)
    return tokens, origins


def _placed(text: str, spans: Sequence[TokenSpan], posteriors: Posteriors) -> AlignedWord:
    start = posteriors.start + spans[0].start * posteriors.frame_s
    end = posteriors.start + spans[-1].stop * posteriors.frame_s
    confidence = math.exp(sum(span.log_prob for span in spans) / len(spans))
    return AlignedWord(text, start, end, confidence, "ctc", posteriors.frame_s)


def _fill(
    words: Sequence[str],
    placed: Sequence[AlignedWord | None],
    speech: Sequence[tuple[float, float]],
) -> tuple[AlignedWord, ...]:
    """Put each run of words without a time between the words with one."""
    filled: list[AlignedWord] = []
    index = 0
    while index < len(words):
        word = placed[index]
        if word is not None:
            filled.append(word)
            index += 1
            continue
        stop = index
        while stop < len(words) and placed[stop] is None:
            stop += 1
        after = placed[stop] if stop < len(words) else None
        start = filled[-1].end if filled else speech[0][0]
        end = after.start if after else max(speech[-1][1], start)
        filled += _spread(words[index:stop], _within(speech, start, end))
        index = stop
    return tuple(filled)


def _within(
    speech: Sequence[tuple[float, float]], start: float, end: float
) -> list[tuple[float, float]]:
    """Speech between two times; the whole stretch where there is none."""
    cut = [(max(s, start), min(e, end)) for s, e in speech]
    return [(s, e) for s, e in cut if e > s] or [(start, max(start, end))]


def _spread(words: Sequence[str], speech: Sequence[tuple[float, float]]) -> list[AlignedWord]:
    """Share the speech out by the number of letters."""
    lengths = np.array([max(1, sum(c.isalnum() for c in word)) for word in words], float)
    ends = np.cumsum(lengths) / lengths.sum() * sum(e - s for s, e in speech)
    starts = np.concatenate(([0.0], ends[:-1]))
    whole = AlignedWord("", 0.0, 0.0, 0.0, "interpolated", speech[-1][1] - speech[0][0])
    return [
        replace(whole, text=word, start=_at(speech, start, late=True), end=_at(speech, end))
        for word, start, end in zip(words, starts.tolist(), ends.tolist(), strict=True)
    ]


def _at(speech: Sequence[tuple[float, float]], spoken: float, *, late: bool = False) -> float:
    """Media time after so many seconds of speech; in a pause its end if `late`."""
    for start, end in speech:
        length = end - start
        if spoken < length or (spoken == length and not late):
            return start + spoken
        spoken -= length
    return speech[-1][1]
