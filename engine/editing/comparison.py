"""What was changed: the machine draft and the edited record, word by word.

Words that no edit touched are found by their text and time, which hardly two words share; between
such anchors little is left to align, so the cost grows with the record and not with its square.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from hattama.engine.document.model import Segment, Transcript, Word

Kind = Literal["same", "replaced", "inserted", "deleted", "speaker"]
"""`speaker`: the words stayed and somebody else said them."""


@dataclass(frozen=True, slots=True)
class Part:
    """Words in a row with the same fate."""

    kind: Kind
    before: tuple[Word, ...]
    """Words of the draft; empty where inserted."""
    after: tuple[Word, ...]
    """Words of the edited record; empty where deleted."""
    speaker_before: str | None
    """`Speaker.id` in the draft, as the edited record would call it now."""
    speaker_after: str | None
    """`Speaker.id` in the edited record."""
    turn: int
    """Index of the turn in the edited record that it stands in; for deleted words, after which."""
    start: float
    """Media time, seconds."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Words of each fate; replaced ones as many as the draft had."""

    same: int
    replaced: int
    inserted: int
    deleted: int
    speaker: int


_Said = tuple[Word, str | None, int]
"""A word, who says it, and the index of its turn."""
_Key = tuple[str, float, float]


def compare(draft: Transcript, edited: Transcript) -> tuple[Part, ...]:
    """Parts of the whole record, in order."""
    old, new = _said(draft.segments), _said(edited.segments)
    pieces: list[tuple[list[_Said], list[_Said]]] = []
    i = j = 0
    for a, b in _anchors(old, new):
        pieces += _between(old[i:a], new[j:b])
        pieces.append(([old[a]], [new[b]]))
        i, j = a + 1, b + 1
    pieces += _between(old[i:], new[j:])
    return tuple(_joined(pieces))


def count(parts: Sequence[Part]) -> Counts:
    """How many words of each fate there are."""
    totals: Counter[str] = Counter()
    for part in parts:
        totals[part.kind] += len(part.before) or len(part.after)
    return Counts(
        *(totals[kind] for kind in ("same", "replaced", "inserted", "deleted", "speaker"))
    )


def _said(segments: Sequence[Segment]) -> list[_Said]:
    return [
        (word, segment.speaker, turn)
        for turn, segment in enumerate(segments)
        for word in segment.words
    ]


def _key(said: _Said) -> _Key:
    return said[0].text, said[0].start, said[0].end


def _anchors(old: list[_Said], new: list[_Said]) -> list[tuple[int, int]]:
    """Pairs of places of words that are in both once, rising in both."""
    counts_old, counts_new = Counter(map(_key, old)), Counter(map(_key, new))
    place = {_key(said): index for index, said in enumerate(old)}
    pairs = [
        (place[key], index)
        for index, said in enumerate(new)
        if counts_old[key := _key(said)] == 1 and counts_new[key] == 1
    ]
    return _rising(pairs)


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of pairs whose first numbers rise too."""
    tails: list[int] = []
    at: list[int] = []
    before: list[int | None] = []
    for index, (a, _) in enumerate(pairs):
        place = bisect_left(tails, a)
        before.append(at[place - 1] if place else None)
        tails[place : place + 1] = [a]
        at[place : place + 1] = [index]
    found: list[tuple[int, int]] = []
    last = at[-1] if at else None
    while last is not None:
        found.append(pairs[last])
        last = before[last]
    return found[::-1]


def _between(old: list[_Said], new: list[_Said]) -> Iterator[tuple[list[_Said], list[_Said]]]:
    if not old or not new:
        if old or new:
            yield old, new
        return
    texts = [said[0].text for said in old], [said[0].text for said in new]
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if kind == "equal":
            for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                yield [old[i]], [new[j]]
        else:
            yield old[i1:i2], new[j1:j2]


def _joined(pieces: list[tuple[list[_Said], list[_Said]]]) -> Iterator[Part]:
    """Neighbours of one kind, one turn and the same speakers as one part."""
    collected: tuple[Kind, str | None, str | None, int] | None = None
    before: list[Word] = []
    after: list[Word] = []
    turn = 0
    for old, new in pieces:
        for kind, part_old, part_new in _by_turn(old, new):
            turn = part_new[0][2] if part_new else turn
            key = (
                kind,
                part_old[0][1] if part_old else None,
                part_new[0][1] if part_new else None,
                turn,
            )
            if key != collected:
                if collected:
                    yield _part(collected, before, after)
                collected, before, after = key, [], []
            before += [said[0] for said in part_old]
            after += [said[0] for said in part_new]
    if collected:
        yield _part(collected, before, after)


def _by_turn(old: list[_Said], new: list[_Said]) -> Iterator[tuple[Kind, list[_Said], list[_Said]]]:
    """One piece, cut where the turn of the edited record changes."""
    if old and new and len(old) == len(new) == 1 and old[0][0].text == new[0][0].text:
        yield ("same" if old[0][1] == new[0][1] else "speaker"), old, new
        return
    if not new:
        yield "deleted", old, []
        return
    turns = sorted({said[2] for said in new})
    for number, turn in enumerate(turns):
        mine = [said for said in new if said[2] == turn]
        # The first turn takes the words of the draft; there is no telling which belong where.
        taken = old if number == 0 else []
        yield ("replaced" if taken else "inserted"), taken, mine


def _part(
    key: tuple[Kind, str | None, str | None, int], before: list[Word], after: list[Word]
) -> Part:
    kind, speaker_before, speaker_after, turn = key
    start = (after or before)[0].start
    return Part(kind, tuple(before), tuple(after), speaker_before, speaker_after, turn, start)
