"""Operations: what they change, what they keep, and that each can be taken back."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.document.json import check, from_json, to_json
from hattama.engine.document.model import Doubt, State, Transcript
from hattama.engine.editing import apply, from_plain, to_plain
from hattama.engine.editing.doubts import ConfirmTurn, ConfirmWords, TakeReading, open_doubts
from hattama.engine.editing.errors import EditError, SignedError
from hattama.engine.editing.history import History
from hattama.engine.editing.patch import difference
from hattama.engine.editing.retiming import split_words
from hattama.engine.editing.signing import Sign
from hattama.engine.editing.speakers import (
    AddSpeaker,
    MergeSpeakers,
    Protect,
    RenameSpeaker,
    SetRole,
)
from hattama.engine.editing.turns import (
    DeleteTurn,
    InsertTurn,
    MergeTurns,
    SetSpeaker,
    SetTurnTimes,
    SplitTurn,
)
from hattama.engine.editing.words import (
    HeardWord,
    InsertNote,
    MarkUnintelligible,
    ReplaceMany,
    ReplaceWords,
    TakeHearing,
)

_TEXT = st.text(alphabet="абәё .,-aB\u00a0\n\x00<", max_size=20)
_ID = st.sampled_from(["1", "2", "3", "4", "5", "5.2", "new.2", "x"])
_SPEAKER = st.sampled_from(["a", "b", "c", "speaker.2", "x"])
_INDEX = st.integers(-1, 6)
_SECONDS = st.floats(-1, 70)
_REPLACE = st.builds(ReplaceWords, _ID, _INDEX, _INDEX, _TEXT)
OPERATION = st.one_of(
    _REPLACE,
    st.builds(ReplaceMany, st.lists(_REPLACE, max_size=3).map(tuple)),
    st.builds(MarkUnintelligible, _ID, _INDEX, _INDEX),
    st.builds(InsertNote, _ID, _INDEX, _TEXT),
    st.builds(
        TakeHearing,
        _ID,
        st.just("whisper-small"),
        st.lists(st.builds(HeardWord, _TEXT, _SECONDS, _SECONDS, st.floats(-1, 2)), max_size=3).map(
            tuple
        ),
    ),
    st.builds(ConfirmWords, _ID, _INDEX, _INDEX),
    st.builds(ConfirmTurn, _ID),
    st.builds(TakeReading, _ID, _INDEX, _INDEX),
    st.builds(SplitTurn, _ID, _INDEX),
    st.builds(MergeTurns, _ID),
    st.builds(SetSpeaker, st.lists(_ID, max_size=3).map(tuple), st.none() | _SPEAKER),
    st.builds(InsertTurn, _SECONDS, _SECONDS, st.none() | _SPEAKER, _TEXT),
    st.builds(DeleteTurn, _ID),
    st.builds(SetTurnTimes, _ID, _SECONDS, _SECONDS),
    st.builds(AddSpeaker, _TEXT, _TEXT),
    st.builds(RenameSpeaker, _SPEAKER, _TEXT),
    st.builds(SetRole, _SPEAKER, _TEXT),
    st.builds(MergeSpeakers, _SPEAKER, _SPEAKER),
    st.builds(Protect, _SPEAKER, st.booleans(), _TEXT),
)
"""Operations, many of which do not fit the record."""


@settings(max_examples=400, deadline=None)
@given(operations=st.lists(OPERATION, min_size=1, max_size=8))
def test_any_edits_leave_a_sound_record_and_undoing_all_gives_the_draft_back(
    record: Transcript, operations: list[Any]
) -> None:
    history = History(record)
    for operation in operations:
        before = history.transcript
        try:
            history.do(operation)
        except EditError:
            assert history.transcript is before
        else:
            check(history.transcript, "edited")
            assert history.transcript.state is State.EDITED
    edited = history.transcript
    while history.can_undo:
        history.undo()
    assert history.transcript == record
    while history.can_redo:
        history.redo()
    assert history.transcript == edited
    assert to_json(from_json(to_json(edited))) == to_json(edited)


@settings(max_examples=200, deadline=None)
@given(operation=OPERATION)
def test_a_patch_and_its_inverse_lead_there_and_back(record: Transcript, operation: Any) -> None:
    try:
        after = apply(record, operation)
    except EditError:
        return
    patch = difference(record, after)
    assert patch.apply(record) == after
    assert patch.inverse.apply(after) == record


@settings(max_examples=200, deadline=None)
@given(operation=OPERATION)
def test_an_operation_survives_being_written_down(operation: Any) -> None:
    assert from_plain(to_plain(operation)) == operation


@settings(max_examples=300, deadline=None)
@given(first=st.integers(0, 4), last=st.integers(0, 4), text=_TEXT)
def test_replaced_words_say_the_text_and_stay_in_their_span(
    record: Transcript, first: int, last: int, text: str
) -> None:
    first, last = min(first, last), max(first, last)
    edited = apply(record, ReplaceWords("1", first, last, text))
    old, new = record.segments[0], edited.segments[0]
    count = len(new.words) - (4 - (last - first))
    assert [w.text for w in new.words[first : first + count]] == list(split_words(text))
    assert new.words[:first] == old.words[:first]
    assert new.words[first + count :] == old.words[last:]
    assert all(w.start <= w.end for w in new.words)
    assert all(a.start <= b.start for a, b in pairwise(new.words))
    assert all(old.start <= w.start and w.end <= old.end for w in new.words)


def test_a_word_for_a_word_takes_its_time_and_is_sure(record: Transcript) -> None:
    edited = apply(record, ReplaceWords("2", 1, 2, "Ахметова-Ли"))
    word = edited.segments[1].words[1]
    assert (word.start, word.end) == (10.5, 10.9)
    assert word.confidence == 1.0
    assert word.source == "editor"
    assert word.doubts == {Doubt.OVERLAP}, "that others speak is a fact, not a doubt"


def test_a_comma_does_not_settle_a_doubt(record: Transcript) -> None:
    edited = apply(record, ReplaceWords("2", 1, 2, "ахметова,"))
    word = edited.segments[1].words[1]
    assert word.text == "ахметова,"
    assert word.doubts == record.segments[1].words[1].doubts
    assert word.confidence == 0.3


def test_two_words_for_one_share_its_time_by_syllables(record: Transcript) -> None:
    edited = apply(record, ReplaceWords("1", 1, 2, "за седание"))
    first, second = edited.segments[0].words[1:3]
    assert first.start == 1.5
    assert second.end == 1.9
    assert first.end == second.start
    assert second.end - second.start == pytest.approx(4 * (first.end - first.start), abs=0.002)


def test_a_word_put_into_a_long_pause_does_not_fill_it(record: Transcript) -> None:
    edited = apply(record, ReplaceWords("1", 4, 4, "да"))
    word = edited.segments[0].words[4]
    assert word.start == 2.9
    assert word.end == 3.15


def test_kazakh_letters_tell_the_language_of_a_new_word(record: Transcript) -> None:
    edited = apply(record, ReplaceWords("1", 0, 1, "Құрметті"))
    assert edited.segments[0].words[0].language == "kk"


def test_edits_share_everything_that_they_do_not_touch(record: Transcript) -> None:
    edited = apply(record, ReplaceWords("2", 0, 1, "Ответчик"))
    same = [a is b for a, b in zip(record.segments, edited.segments, strict=True)]
    assert same == [True, False, True, True, True]
    assert edited.speakers is record.speakers


def test_a_turn_split_and_joined_again_says_the_same(record: Transcript) -> None:
    split = apply(record, SplitTurn("4", 2))
    assert [s.id for s in split.segments] == ["1", "2", "3", "4", "4.2", "5"]
    assert split.segments[4].start == split.segments[4].words[0].start == 31.0
    joined = apply(split, MergeTurns("4"))
    assert joined.segments == record.segments


def test_a_turn_is_not_split_at_its_edge(record: Transcript) -> None:
    for edge in (0, 5):
        with pytest.raises(EditError, match="edge"):
            apply(record, SplitTurn("4", edge))


def test_joining_gives_all_words_to_the_first_speaker(record: Transcript) -> None:
    joined = apply(record, MergeTurns("1")).segments[0]
    assert {word.speaker for word in joined.words} == {"a"}
    assert (joined.start, joined.end) == (1.0, 12.0)


def test_speakers_are_merged_once_for_everywhere(record: Transcript) -> None:
    edited = apply(apply(record, Protect("c", pseudonym="Свидетель")), MergeSpeakers("c", "a"))
    assert [speaker.id for speaker in edited.speakers] == ["a", "b"]
    assert [segment.speaker for segment in edited.segments] == ["a", "b", "a", "a", "a"]
    assert edited.speakers[0].protected, "who was protected stays protected"
    assert not edited.segments[3].doubts, "a merged speaker is no tie any more"


def test_a_whole_turn_marked_unintelligible_has_no_words(record: Transcript) -> None:
    assert apply(record, MarkUnintelligible("1", 0, 4)).segments[0].words == ()


def test_some_words_marked_unintelligible_become_one_mark_in_their_language(
    record: Transcript,
) -> None:
    words = apply(record, MarkUnintelligible("4", 1, 3)).segments[3].words
    assert [word.text for word in words] == ["Сот", "(анық\u202fемес)", "деп", "танылады"]
    assert (words[1].start, words[1].end) == (30.5, 31.4)


def test_taking_a_reading_settles_the_doubt_and_keeps_the_other(record: Transcript) -> None:
    word = apply(record, TakeReading("2", 1, 0)).segments[1].words[1]
    assert word.text == "Ахметовна"
    assert word.doubts == {Doubt.OVERLAP}
    assert word.alternatives == ("Ахметова", "Аха метова")


def test_doubts_are_counted_down(record: Transcript) -> None:
    places = [(p.segment, p.word) for p in open_doubts(record)]
    assert places == [("2", 1), ("3", None), ("4", None)]
    edited = apply(apply(record, ConfirmWords("2", 0, 4)), ConfirmTurn("3"))
    assert [p.segment for p in open_doubts(edited)] == ["4"]
    assert not list(open_doubts(apply(edited, SetSpeaker(("4",), "b"))))


def test_nothing_changes_a_signed_record(record: Transcript) -> None:
    signed = apply(record, Sign("Омарова", "0" * 64))
    assert signed.state is State.SIGNED
    with pytest.raises(SignedError):
        apply(signed, RenameSpeaker("a", "x"))
    history = History(record)
    history.do(Sign("Омарова", "0" * 64))
    for act in (history.undo, lambda: history.roll_back(0)):
        with pytest.raises(SignedError):
            act()


def test_steps_of_one_group_are_undone_together(record: Transcript) -> None:
    history = History(record)
    history.do(RenameSpeaker("b", "Омарова"))
    for text in ("С", "Су", "Суд"):
        history.do(ReplaceWords("1", 0, 1, text), "typing-1")
    history.undo()
    assert history.transcript.segments == record.segments
    assert history.transcript.speakers[1].name == "Омарова"
    history.redo()
    assert history.transcript.segments[0].words[0].text == "Суд"


def test_every_version_can_be_gone_back_to_and_that_can_be_undone(record: Transcript) -> None:
    history = History(record)
    versions = [history.transcript]
    for text in ("раз", "два", "три"):
        history.do(ReplaceWords("1", 0, 1, text))
        versions.append(history.transcript)
    history.undo()
    versions.append(history.transcript)
    for number, version in enumerate(versions):
        assert history.at(number) == version
    history.roll_back(1)
    assert history.transcript == versions[1]
    history.undo()
    assert history.transcript == versions[4]


@pytest.mark.parametrize("value", [None, [], {}, {"kind": "Explode"}, {"kind": ["x"]}])
def test_what_is_no_operation_is_refused(value: object) -> None:
    with pytest.raises(EditError):
        from_plain(value)


def test_undo_and_redo_make_no_copy_of_the_record(record: Transcript) -> None:
    history = History(record)
    history.do(ReplaceWords(record.segments[1].id, 0, 1, "иначе"))
    edited = history.transcript
    for act, expected in ((history.undo, record.segments), (history.redo, edited.segments)):
        act()
        assert history._standing is None, "the document is made when it is asked for"
        assert history.state is not None
        assert history._standing is None
        assert all(a is b for a, b in zip(history.transcript.segments, expected, strict=True))
        assert history.transcript is history.transcript
