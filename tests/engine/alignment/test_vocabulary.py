from __future__ import annotations

import pytest

from hattama.engine.alignment.vocabulary import Vocabulary

LETTERS = Vocabulary([" ", *"абвгдежзийклмнопрстуфхцчшщъыьэюяәіңғүұқөһ", "<blk>"], 42)
PIECES = Vocabulary([" ", " су", "д", "ы", "у", "су", " суд", "ья", "<blk>"], 8)


def text(vocabulary: Vocabulary, word: str) -> str:
    return "".join(vocabulary.tokens[i] for i in vocabulary.encode(word))


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("Сот,", "сот"),
        ("ещё", "еще"),
        ("Қазақстан!", "қазақстан"),
        ("кcёндз", "ксендз"),
        ("2024", "дватысячадвадцатьчетыре"),
        ("—", ""),
        ("Zoom", ""),
    ],
)
def test_a_word_is_written_as_it_is_said(word: str, written: str) -> None:
    if written.startswith("два"):
        assert text(LETTERS, word).replace(" ", "").startswith("два")
    else:
        assert text(LETTERS, word) == written


def test_digits_are_read_in_the_words_language() -> None:
    assert "".join(LETTERS.tokens[i] for i in LETTERS.encode("12", "kk")) == "он екі"


def test_pieces_carry_the_space_of_the_word_and_are_as_few_as_can_be() -> None:
    vocabulary = Vocabulary(["<unk>", " су", "д", "ы", "у", "ья", " суд", "<blk>"], 7)
    assert vocabulary.space is None
    assert text(vocabulary, "Судья") == " судья"
    assert len(vocabulary.encode("Судья")) == 2


def test_a_letter_in_no_fitting_piece_is_left_out() -> None:
    vocabulary = Vocabulary([" а", "аб", "<blk>"], 2)
    assert text(vocabulary, "аб") == " а"


def test_the_blank_is_no_letter() -> None:
    assert LETTERS.encode("<blk>") == ()
    assert PIECES.space == 0
