from __future__ import annotations

import pytest

from hattama.engine.document.model import Doubt, Word
from hattama.engine.scoring.doubts import score_doubts, wrong_words
from hattama.engine.scoring.speech import Phrase, Speech, SpokenWord


def said(text: str) -> Speech:
    return Speech((Phrase(tuple(SpokenWord(word, "ru") for word in text.split())),), ())


def words(text: str, *doubts: Doubt) -> tuple[Word, ...]:
    """Words of a text; those with a question mark carry the doubts."""
    return tuple(
        Word(w.rstrip("?"), 0.0, 0.1, 0.5, "ru", doubts=frozenset(doubts if "?" in w else ()))
        for w in text.split()
    )


def test_wrong_and_right_words_are_told_apart_whatever_their_writing() -> None:
    record = words("Слушается дело по риску 2 раза лишнее")
    assert wrong_words(record, said("слушается дело по иску два раза")) == (
        *(False,) * 3, True, False, False, True,
    )  # fmt: skip


def test_marks_are_counted_among_the_wrong_and_among_the_right() -> None:
    record = words("дело по риску? не? было", Doubt.LOW_CONFIDENCE)
    scores = score_doubts(record, said("дело по иску не слушалось"))
    assert (scores.wrong.right, scores.wrong.total) == (1, 2)
    assert (scores.right.right, scores.right.total) == (1, 3)
    assert scores.right.rate == pytest.approx(1 / 3)


def test_doubts_about_the_speaker_do_not_count() -> None:
    record = words("риску?", Doubt.SPEAKER_TIE, Doubt.OVERLAP)
    assert score_doubts(record, said("иску")).wrong.right == 0
