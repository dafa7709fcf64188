"""What CTC posteriors say: tokens where they are likelier than the blank, joined to words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hattama.engine.alignment.trellis import TokenSpan
from hattama.engine.alignment.vocabulary import Vocabulary
from hattama.engine.recognisers.word_times import TimedWord
from hattama.engine.scoring.normalise import cyrillic


@dataclass(frozen=True, slots=True)
class Emission:
    """A token that was read."""

    token: int
    """Index in the vocabulary."""
    span: TokenSpan
    """Its frames and its mean log-probability."""


def emissions(log_probs: NDArray[np.floating], blank: int) -> tuple[Emission, ...]:
    """The likeliest token of each frame, repeats merged, blanks left out."""
    best = np.argmax(log_probs, axis=1)
    edges = np.flatnonzero(np.diff(best)) + 1
    starts = [0, *edges.tolist()] if len(best) else []
    stops = [*edges.tolist(), len(best)]
    return tuple(
        Emission(
            int(best[start]),
            TokenSpan(start, stop, float(np.mean(log_probs[start:stop, best[start]]))),
        )
        for start, stop in zip(starts, stops, strict=False)
        if best[start] != blank
    )


def words(
    emitted: Sequence[Emission], vocabulary: Vocabulary, frame_s: float
) -> tuple[TimedWord, ...]:
    """Words with times from the start of the sound.

    A word's probability is the geometric mean of its tokens'. Latin letters that look like
    Cyrillic ones inside a Cyrillic word become Cyrillic. Marks that stand alone join the word
    before them.
    """
    found: list[TimedWord] = []
    for group in _groups(emitted, vocabulary):
        text = "".join(vocabulary.tokens[e.token] for e in group).strip()
        if not any(character.isalnum() for character in text):
            if found:
                last = found[-1]
                found[-1] = TimedWord(last.text + text, last.start, last.end, last.probability)
            continue
        probability = math.exp(sum(e.span.log_prob for e in group) / len(group))
        start, end = group[0].span.start * frame_s, group[-1].span.stop * frame_s
        found.append(TimedWord(cyrillic(text), start, end, min(probability, 1.0)))
    return tuple(found)


def _groups(emitted: Sequence[Emission], vocabulary: Vocabulary) -> Iterator[list[Emission]]:
    """Tokens of each word: a token that begins with a space begins a word."""
    group: list[Emission] = []
    for emission in emitted:
        text = vocabulary.tokens[emission.token]
        if text.startswith(" ") and group:
            yield group
            group = []
        if text.strip() and not (text.startswith("<") and text.endswith(">")):
            group.append(emission)
    if group:
        yield group
