"""The comparison of draft and edited record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.document.model import Segment, Transcript, Word
from hattama.engine.editing import apply
from hattama.engine.editing.comparison import compare, count
from hattama.engine.editing.errors import EditError
from hattama.engine.editing.speakers import MergeSpeakers
from hattama.engine.editing.turns import DeleteTurn, InsertTurn, SetSpeaker, SplitTurn
from hattama.engine.editing.words import ReplaceWords


def kinds(draft: Transcript, edited: Transcript) -> list[tuple[str, str, str]]:
    return [
        (p.kind, " ".join(w.text for w in p.before), " ".join(w.text for w in p.after))
        for p in compare(draft, edited)
        if p.kind != "same"
    ]


def test_a_record_is_the_same_as_itself(record: Transcript) -> None:
    assert {part.kind for part in compare(record, record)} == {"same"}
    assert count(compare(record, record)).same == len(record.words)


def test_each_kind_of_change_is_told(record: Transcript) -> None:
    edited = apply(record, ReplaceWords("1", 1, 2, "разбирательство"))
    edited = apply(edited, ReplaceWords("5", 1, 1, "Иванович"))
    edited = apply(edited, ReplaceWords("2", 3, 4, ""))
    edited = apply(edited, SetSpeaker(("4",), "b"))
    assert kinds(record, edited) == [
        ("replaced", "заседание", "разбирательство"),
        ("deleted", "лично", ""),
        ("speaker", *(["Сот отырысы ашық деп танылады"] * 2)),
        ("inserted", "", "Иванович"),
    ]


def test_splitting_a_turn_changes_no_word(record: Transcript) -> None:
    assert not kinds(record, apply(record, SplitTurn("4", 2)))


def test_whole_turns_come_and_go(record: Transcript) -> None:
    edited = apply(apply(record, DeleteTurn("1")), InsertTurn(50.0, 51.0, "b", "Да."))
    assert kinds(record, edited) == [
        ("deleted", "Судебное заседание объявляется открытым.", ""),
        ("inserted", "", "Да."),
    ]


def test_merged_speakers_are_told_where_they_spoke(record: Transcript) -> None:
    parts = compare(record, apply(record, MergeSpeakers("c", "b")))
    moved = [part for part in parts if part.kind == "speaker"]
    assert [(part.speaker_before, part.speaker_after) for part in moved] == [("c", "b")]


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_parts_give_both_texts_back(record: Transcript, data: Any) -> None:
    edited = record
    for _ in range(data.draw(st.integers(0, 5))):
        segment = data.draw(st.sampled_from([s.id for s in edited.segments]))
        first, last = sorted(data.draw(st.tuples(st.integers(0, 5), st.integers(0, 5))))
        text = data.draw(st.sampled_from(["", "да", "Сот", "да да нет", "заседание Судебное"]))
        try:
            edited = apply(edited, ReplaceWords(segment, first, last, text))
        except EditError:
            continue
    parts = compare(record, edited)
    assert sorted(w.text for p in parts for w in p.before) == sorted(w.text for w in record.words)
    assert [w.text for p in parts for w in p.after] == [w.text for w in edited.words]


def test_forty_thousand_words_of_few_kinds_are_compared(record: Transcript) -> None:
    words = tuple(
        Word(("и", "да", "нет", "суд")[n % 4], n / 2, n / 2 + 0.4, 0.9) for n in range(40_000)
    )
    segments = tuple(
        Segment(str(n), n * 5.0, n * 5.0 + 5, "a", words[n * 10 : n * 10 + 10]) for n in range(4000)
    )
    draft = replace(record, segments=segments)
    edited = draft
    for n in range(0, 4000, 40):
        edited = apply(edited, ReplaceWords(str(n), 2, 4, "совсем иначе было"))
    counts = count(compare(draft, edited))
    assert counts.same == 40_000 - 200
    assert counts.replaced == 200
