"""Edited words get their times from the sound."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.diarization.fake import FakeSamples
from hattama.engine.alignment.words import AlignedWord
from hattama.engine.document.json import check, write
from hattama.engine.document.model import Language, Media, Provenance, Segment, Transcript, Word
from hattama.engine.editing import EditedRecord, apply, from_plain, read_current, to_plain
from hattama.engine.editing.errors import EditError
from hattama.engine.editing.placing import Placer, PlaceWords, Placing, WordTime, to_place
from hattama.engine.editing.words import InsertNote, MarkUnintelligible, ReplaceWords
from hattama.engine.recognisers.ctc import CtcRecogniser
from hattama.engine.recognisers.ctc_model import CtcModel
from hattama.engine.recognisers.protocol import Window

SENTENCE = "мен вчера сотқа келдім"
TOKENS = list(SENTENCE.replace(" ", "\u2581"))
BEFORE_S = 5.0


@pytest.fixture(scope="module")
def letters(gigaam: Any) -> CtcRecogniser:
    model = CtcModel.load(gigaam.folder, gigaam.family.model, "gigaam-ctc", threads=1)
    return CtcRecogniser("tones", model)


@pytest.fixture(scope="module")
def sound(gigaam: Any) -> FakeSamples:
    return FakeSamples(np.pad(gigaam.sing(TOKENS), (round(BEFORE_S * 16_000), 16_000)))


@pytest.fixture(scope="module")
def starts(gigaam: Any) -> list[float]:
    begins = [0, *(i + 1 for i, piece in enumerate(TOKENS) if piece == "\u2581")]
    return [BEFORE_S + gigaam.starts(TOKENS)[i] for i in begins]


@pytest.fixture
def misheard(sound: FakeSamples, starts: list[float]) -> Transcript:
    """Of the four words, two in the middle were heard as one."""
    words = (
        Word("Мен", starts[0] + 0.02, starts[0] + 0.2, 0.9, "kk", source="w", timing="attention"),
        Word("шерсот", starts[1] + 0.4, starts[3] - 0.1, 0.2, "ru", source="w", timing="attention"),
        Word("келдім.", starts[3], starts[3] + 0.5, 0.9, "kk", source="w", timing="attention"),
    )
    end = len(sound) / 16_000
    turn = Segment("1", BEFORE_S, end, None, words)
    return Transcript(Media("m", "0" * 64, end, 1), (), (turn,), Provenance("h", "2026"))


def corrected(transcript: Transcript) -> Transcript:
    return apply(transcript, ReplaceWords("1", 1, 2, "вчера сотқа"))


def test_words_that_a_person_wrote_are_found_in_the_sound(
    misheard: Transcript, sound: FakeSamples, letters: CtcRecogniser, starts: list[float]
) -> None:
    edited = corrected(misheard)
    assert to_place(edited.segments[0]) == (1, 2)
    shared = [abs(edited.segments[0].words[i].start - starts[i]) for i in (1, 2)]
    placing = Placer(letters).place(edited.segments[0], sound)
    assert (placing.found, placing.rough) == (2, 0)
    assert placing.operation is not None
    assert placing.operation.source == "tones"
    words = apply(edited, placing.operation).segments[0].words
    errors = [abs(words[i].start - starts[i]) for i in (1, 2)]
    assert max(errors) <= 0.040 < max(shared)
    assert [word.timing for word in words] == ["attention", "ctc", "ctc", "attention"]
    assert [word.source for word in words] == ["w", "editor", "editor", "w"]


def test_words_that_nobody_said_keep_their_share_and_are_counted(
    misheard: Transcript, sound: FakeSamples, letters: CtcRecogniser
) -> None:
    edited = apply(misheard, ReplaceWords("1", 0, 3, "бүгін жоқ емес мүлдем басқа"))
    assert Placer(letters).place(edited.segments[0], sound) == Placing(None, 0, 5)


def test_a_text_that_is_too_long_for_the_sound_keeps_its_share(
    misheard: Transcript, sound: FakeSamples, letters: CtcRecogniser
) -> None:
    edited = apply(misheard, ReplaceWords("1", 1, 2, "сотқа " * 60))
    assert Placer(letters).place(edited.segments[0], sound) == Placing(None, 0, 60)


def test_a_word_that_was_not_said_stands_between_those_that_were(
    misheard: Transcript, sound: FakeSamples, letters: CtcRecogniser, starts: list[float]
) -> None:
    edited = apply(misheard, ReplaceWords("1", 1, 2, "вчера өзім сотқа"))
    placing = Placer(letters).place(edited.segments[0], sound)
    assert (placing.found, placing.rough) == (2, 1)
    assert placing.operation is not None
    words = apply(edited, placing.operation).segments[0].words
    assert [word.timing for word in words[1:4]] == ["ctc", "shared", "ctc"]
    assert words[1].start == pytest.approx(starts[1], abs=0.041)
    assert words[3].start == pytest.approx(starts[2], abs=0.041)
    assert all(a.start <= b.start for a, b in pairwise(words))


def test_remarks_and_marks_are_no_words_that_were_said(
    misheard: Transcript, sound: FakeSamples, letters: CtcRecogniser
) -> None:
    edited = apply(corrected(misheard), InsertNote("1", 2, "плачет"))
    placing = Placer(letters).place(edited.segments[0], sound)
    assert (placing.found, placing.rough) == (2, 0)
    assert placing.operation is not None
    assert [time.index for time in placing.operation.words] == [1, 3]
    marked = apply(misheard, MarkUnintelligible("1", 1, 2))
    assert Placer(letters).place(marked.segments[0], sound) == Placing(None, 0, 0)


def test_the_times_are_journalled_and_come_back_without_sound_or_model(
    misheard: Transcript, sound: FakeSamples, letters: CtcRecogniser, tmp_path: Path
) -> None:
    path = tmp_path / "r.record.json"
    write(path, misheard)
    with EditedRecord(path, "Омарова") as record:
        record.do(ReplaceWords("1", 1, 2, "вчера сотқа"), group="g")
        placing = Placer(letters).place(record.transcript.segments[0], sound)
        assert placing.operation is not None
        record.do(placing.operation, group="g")
        edited = record.transcript
        assert read_current(path) == edited
        record.undo()
        assert record.transcript.segments == misheard.segments
    assert from_plain(to_plain(placing.operation)) == placing.operation


@pytest.mark.parametrize(
    "time", [WordTime(9, 1.0, 2.0), WordTime(0, 2.0, 1.0), WordTime(0, float("nan"), 1.0)]
)
def test_times_that_do_not_fit_the_turn_are_refused(misheard: Transcript, time: WordTime) -> None:
    with pytest.raises(EditError):
        apply(misheard, PlaceWords("1", "tones", (time,)))


class Anywhere:
    """An aligner that finds words at given places."""

    name = "anywhere"

    def __init__(self, starts: list[float], sure: list[bool]) -> None:
        self._found = list(zip(sorted(starts), sure, strict=True))

    def align(
        self, window: Window, text: Sequence[tuple[str, Language | None]]
    ) -> tuple[AlignedWord, ...]:
        del window
        places = sorted((self._found * len(text))[: len(text)])
        ends = [*(start for start, _ in places[1:]), 99.0]
        return tuple(
            AlignedWord(word, start, min(start + 0.1, end), 0.9 * sure, "ctc", 0.04)
            for (word, _), (start, sure), end in zip(text, places, ends, strict=True)
        )


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.floats(0, 12), min_size=8, max_size=8),
    st.lists(st.booleans(), min_size=8, max_size=8),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 5),
)
def test_words_stay_in_order_whatever_an_aligner_says(
    found: list[float], sure: list[bool], first: int, count: int, new: int
) -> None:
    old = tuple(Word("суд", 2.0 + i, 2.5 + i, 0.9, "ru", timing="attention") for i in range(4))
    turn = Segment("1", 2.0, 6.0, None, old)
    record = Transcript(Media("m", "0" * 64, 12.0, 1), (), (turn,), Provenance("h", "2026"))
    last = min(4, first + count)
    edited = apply(record, ReplaceWords("1", first, last, "іс " * new))
    sound = FakeSamples(np.zeros(12 * 16_000, np.float32))
    placing = Placer(Anywhere(found, sure)).place(edited.segments[0], sound)
    if placing.operation is not None:
        edited = apply(edited, placing.operation)
    check(edited, "record")
    starts = [word.start for word in edited.segments[0].words]
    assert starts == sorted(starts)
