"""Two opinions on every word: a CTC reading leads, a Whisper reading of the same sound is compared.

CTC models write what was said, letter by letter, and nothing else; Whisper punctuates, writes
capitals and digits, and invents. Where they agree the record gets Whisper's writing of the CTC
model's words. Where they do not, the word keeps the CTC reading and both are shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hattama.engine.document.model import Doubt, Word
from hattama.engine.recognisers.protocol import Recogniser, Recognition, Window
from hattama.engine.scoring.errors import align
from hattama.engine.scoring.normalise import normalise

_CORE = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)


class TwoOpinions:
    """A recogniser that asks two: a CTC model, which leads, and Whisper.

    Parameters
    ----------
    lead
        Its words, times and languages are kept.
    second
        Lends punctuation, capitals and digits, and doubts.
    """

    def __init__(self, lead: Recogniser, second: Recogniser) -> None:
        self._lead = lead
        self._second = second

    @property
    def name(self) -> str:
        """Catalogue name of the leading model."""
        return self._lead.name

    def recognise(self, windows: Sequence[Window]) -> tuple[Recognition, ...]:
        """Words of each window; see `Recogniser`."""
        pairs = zip(self._lead.recognise(windows), self._second.recognise(windows), strict=True)
        return tuple(_both(lead, second) for lead, second in pairs)


def merge(lead: Sequence[Word], second: Sequence[Word]) -> tuple[Word, ...]:
    """One reading out of two of the same sound.

    Parameters
    ----------
    lead
        The CTC reading, in order.
    second
        The Whisper reading, in order.

    Returns
    -------
    tuple[Word, ...]
        The leading words in their order and times. Words that agree wear the second reading's
        punctuation, capitals and digits; where several spoken words are one number in digits they
        become one word, and `alternatives` keeps them as spoken. Words that do not agree are
        marked `Doubt.DISAGREEMENT`, with the other reading first among `alternatives` where there
        is one.
    """
    pairs = _Pairs.of(lead, second)
    merged: list[Word] = []
    index = 0
    while index < len(lead):
        count = pairs.run(index)
        if count:
            merged.append(_agreed(lead[index : index + count], second[pairs.agreed[index]]))
        else:
            merged.append(_disputed(lead[index], pairs.rivals(index, second)))
        index += count or 1
    return tuple(merged)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Which words of two readings belong together."""

    agreed: dict[int, int]
    """Word of the second reading by the leading word that agrees with it."""
    other: dict[int, list[int]]
    """Words of the second reading against which a leading word stands."""

    @classmethod
    def of(cls, lead: Sequence[Word], second: Sequence[Word]) -> _Pairs:
        """Align the two readings as scoring does: numerals in digits equal those in words."""
        ours = normalise((word.text, word.language) for word in lead)
        theirs = normalise((word.text, word.language) for word in second)
        steps = align([token.text for token in ours], [token.text for token in theirs])
        agreed: dict[int, int] = {}
        other: dict[int, list[int]] = {}
        split: set[int] = set()
        last = 0
        for step in steps:
            mine = None if step.reference is None else ours[step.reference].origin
            their = None if step.found is None else theirs[step.found].origin
            last = last if mine is None else mine
            if step.equal and mine is not None and their is not None:
                if agreed.setdefault(mine, their) != their:
                    split |= {mine}
            else:
                # What the second reading has more goes to the word before it, or to the first.
                split |= {last}
                if their is not None:
                    other.setdefault(last, []).append(their)
        disputed = {their for rivals in other.values() for their in rivals}
        kept = {
            mine: their
            for mine, their in agreed.items()
            if mine not in split and their not in disputed
        }
        for mine, their in agreed.items():
            if mine not in kept:
                other.setdefault(mine, []).append(their)
        return cls(kept, other)

    def run(self, index: int) -> int:
        """How many leading words from `index` on are one word of the second reading."""
        if index not in self.agreed:
            return 0
        count = 1
        while self.agreed.get(index + count) == self.agreed[index]:
            count += 1
        return count

    def rivals(self, index: int, second: Sequence[Word]) -> list[Word]:
        """Words of the second reading against one leading word, in order."""
        return [second[i] for i in sorted(set(self.other.get(index, [])))]


def _both(lead: Recognition, second: Recognition) -> Recognition:
    if lead.words:
        doubts = lead.doubts | (second.doubts - {Doubt.SPEECH_WITHOUT_WORDS})
        return Recognition(merge(lead.words, second.words), doubts)
    # The leading model heard nothing: what Whisper heard may be invented, and is marked.
    marked = tuple(replace(w, doubts=w.doubts | {Doubt.DISAGREEMENT}) for w in second.words)
    return Recognition(marked, second.doubts)


def _agreed(spoken: Sequence[Word], written: Word) -> Word:
    """The leading words, dressed as the second reading writes them."""
    said = " ".join(word.text for word in spoken)
    digits = any(character.isdecimal() for character in written.text)
    as_written = digits or len(spoken) > 1
    return replace(
        spoken[0],
        text=written.text if as_written else _dressed(said, written.text),
        end=spoken[-1].end,
        confidence=min(word.confidence for word in spoken),
        doubts=frozenset().union(*(word.doubts for word in spoken)),
        alternatives=(said,) if as_written else spoken[0].alternatives,
    )


def _dressed(said: str, written: str) -> str:
    """Letters of `said` with punctuation and capitals of `written`."""
    match = _CORE.match(written)
    before, core, after = match.groups() if match else ("", written, "")
    if core.lower() == said.lower():
        return before + core + after
    capital = said[:1].upper() + said[1:] if core[:1].isupper() else said
    return before + capital + after


def _disputed(word: Word, rivals: Sequence[Word]) -> Word:
    other = " ".join(rival.text for rival in rivals)
    return replace(
        word,
        doubts=word.doubts | {Doubt.DISAGREEMENT},
        alternatives=(*((other,) if other else ()), *word.alternatives),
    )
