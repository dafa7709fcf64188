"""Finding words as a clerk means them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hattama.engine.document.model import Segment, Transcript, Word
from hattama.engine.editing import apply
from hattama.engine.editing.errors import EditError
from hattama.engine.editing.search import SearchOptions, find, fold, operations
from hattama.engine.editing.words import ReplaceMany


def saying(record: Transcript, text: str) -> Transcript:
    words = tuple(
        Word(word, float(i), i + 0.5, 0.9, "ru", "a") for i, word in enumerate(text.split())
    )
    return replace(record, segments=(Segment("1", 0.0, 50.0, "a", words),))


@pytest.mark.parametrize(
    ("text", "pattern", "found"),
    [
        ("Пётр пришел", "петр", ["Пётр"]),
        ("Петр", "пётр", ["Петр"]),
        ("cyд идёт", "суд", ["cyд"]),  # Latin c and y
        ("HАЗАРБЕК", "назарбек", ["HАЗАРБЕК"]),  # Latin H
        ("әділ адил", "адил", ["адил"]),
        ("суд, удалился", "суд удалился", []),
        ("суд удалился. Суд", "суд", ["суд", "Суд"]),
        ("подсудимый судья", "суд", ["подсудимый", "судья"]),
    ],
)
def test_what_looks_the_same_is_found(
    record: Transcript, text: str, pattern: str, found: list[str]
) -> None:
    assert [match.before for match in find(saying(record, text), pattern)] == found


def test_whole_words_and_capitals_can_be_asked_for(record: Transcript) -> None:
    spoken = saying(record, "подсудимый Суд, суд")
    whole = find(spoken, "суд", options=SearchOptions(whole=True))
    assert [match.before for match in whole] == ["Суд,", "суд"]
    exact = find(spoken, "Суд", options=SearchOptions(case=True))
    assert [match.before for match in exact] == ["Суд,"]
    letters = find(saying(record, "Петр Пётр"), "Пётр", options=SearchOptions(exact=True))
    assert [match.before for match in letters] == ["Пётр"]


def test_the_preview_is_what_replacing_gives(record: Transcript) -> None:
    spoken = saying(record, "Ахметова пришла, ахметова ушла с Ахметовой")
    matches = tuple(find(spoken, "ахметова", "ахмедова"))
    assert [(m.before, m.after) for m in matches] == [
        ("Ахметова", "Ахмедова"),
        ("ахметова", "ахмедова"),
    ]
    edited = apply(spoken, ReplaceMany(operations(matches)))
    assert edited.segments[0].text == "Ахмедова пришла, ахмедова ушла с Ахметовой"


def test_a_phrase_is_replaced_over_its_words(record: Transcript) -> None:
    spoken = saying(record, "наш уважаемый суд удалился")
    matches = tuple(find(spoken, "уважаемый суд", "высокий суд"))
    assert [(m.first, m.last) for m in matches] == [(1, 3)]
    edited = apply(spoken, ReplaceMany(operations(matches)))
    assert edited.segments[0].text == "наш высокий суд удалился"


def test_two_places_in_one_word_are_replaced_together(record: Transcript) -> None:
    (match,) = find(saying(record, "тамтам"), "там", "тут")
    assert match.after == "туттут"


def test_nothing_is_not_looked_for(record: Transcript) -> None:
    with pytest.raises(EditError):
        list(find(record, "  \n"))


@given(st.text(), st.booleans(), st.booleans())
def test_folding_keeps_the_place_of_every_character(text: str, case: bool, exact: bool) -> None:  # noqa: FBT001  drawn
    import unicodedata  # noqa: PLC0415

    folded = fold(text, SearchOptions(case=case, exact=exact))
    assert len(folded) == len(unicodedata.normalize("NFC", text))
