from __future__ import annotations

from pathlib import Path

import pytest

from hattama.engine.document.model import Doubt, Word
from hattama.engine.recognisers.correction import CorrectionOptions, correct, sound
from hattama.engine.recognisers.glossary import Glossary
from hattama.engine.recognisers.term_forms import forms

CASE = Glossary(("Ахметова", "Бостандық", "акционерное общество"))
HERE = Path(__file__).parent
NAMES = Glossary(
    (
        "Ахметова", "Сериков", "Бостандық", "Нұрғалиев", "Жұмабаев", "Оспанова", "Төлегенов",
        "Қасымов", "Байжанова", "Смағұлова", "Ибраев", "Сүлейменова", "Абдрахманов", "Искакова",
        "Мұқанов", "Асанов", "Кенжебаева", "Ким", "Петров", "Иванова", "Алматы", "Жетісу",
        "акционерное общество", "Қазақтелеком", "Медеу", "Ермеков", "Ғабдуллин", "Дүйсенбаев",
        "Рысқұлбекова", "Тілеубердіев",
    )
)  # fmt: skip


def words(text: str, confidence: float = 0.5) -> list[Word]:
    return [Word(t, i, i + 0.9, confidence) for i, t in enumerate(text.split())]


def said(text: str, confidence: float = 0.5, glossary: Glossary = CASE) -> str:
    return " ".join(word.text for word in correct(words(text, confidence), glossary))


def test_a_near_miss_becomes_the_term_and_what_was_heard_is_kept() -> None:
    first, *_ = correct(words("Охмитова, явилась"), CASE)
    assert first.text == "Ахметова,"
    assert first.doubts == {Doubt.CORRECTED}
    assert first.alternatives == ("Охмитова,",)


def test_a_term_heard_as_two_words_becomes_one_over_both_times() -> None:
    first, second = correct(words("Ахмед ова явилась"), CASE)
    assert (first.text, first.start, first.end) == ("Ахметова", 0, 1.9)
    assert second.text == "явилась"


def test_words_apart_in_time_are_no_one_term() -> None:
    first, second, _ = words("Ахмед ова явилась")
    later = Word(second.text, 5.0, 5.4, 0.5)
    assert [word.text for word in correct([first, later], CASE)] == ["Ахмед", "ова"]


def test_endings_of_a_term_are_left_as_they_were_said() -> None:
    assert said("иск Ахметовой к нему") == "иск Ахметовой к нему"
    assert said("иск к акционерному обществу") == "иск к акционерному обществу"
    assert said("Ахметованың өтініші") == "Ахметованың өтініші"


def test_a_near_miss_keeps_its_ending() -> None:
    assert said("иск Охмитовой к нему") == "иск Ахметовой к нему"
    assert said("Бастандықта болды") == "Бостандықта болды"


def test_the_husband_is_no_near_miss_of_the_wife() -> None:
    assert said("Ахметов с Ахметовым пришли") == "Ахметов с Ахметовым пришли"


def test_a_term_without_capitals_gets_them_and_is_not_doubted() -> None:
    (first, second) = correct(words("ахметовой, явилась", 0.99), CASE)
    assert (first.text, first.doubts, first.alternatives) == ("Ахметовой,", frozenset(), ())
    assert second.text == "явилась"


def test_sure_words_are_left_alone() -> None:
    assert said("Охмитова явилась", confidence=0.98) == "Охмитова явилась"


def test_what_the_glossary_says_is_heard_is_corrected_however_sure_it_is() -> None:
    glossary = Glossary(("Қазақтелеком",), (("казах телеком", "Қазақтелеком"),))
    first, second = correct(words("Казах телеком төледі", 0.99), glossary)
    assert (first.text, first.alternatives) == ("Қазақтелеком", ("Казах телеком",))
    assert first.doubts == {Doubt.CORRECTED}
    assert second.text == "төледі"


def test_other_words_are_left_alone() -> None:
    assert said("общество возражает против ахинеи") == "общество возражает против ахинеи"


def test_a_small_word_is_no_name_where_names_have_capitals() -> None:
    glossary = Glossary(("Төлегенов",))
    assert said("Ол төленген дейді", glossary=glossary) == "Ол төленген дейді"
    assert said("төлегинов келді", glossary=glossary) == "Төлегенов келді"


def test_letters_that_sound_alike_are_one_sound() -> None:
    assert sound("Бостандық") == sound("бостандык")


def test_endings_follow_the_sounds_of_their_word() -> None:
    assert "Қасымовтың" in forms("Қасымов")
    assert "Қасымовдың" not in forms("Қасымов")
    assert {"Медеуге", "Медеудің"} <= set(forms("Медеу"))
    assert {"Ахметовой", "Ахметову", "Ахметоваға"} <= set(forms("Ахметова"))


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("охмитовой", "Ахметовой"), ("серикав", "Сериков"), ("нургалиеву", "Нұрғалиеву"),
        ("жумабаев", "Жұмабаев"), ("оспонова", "Оспанова"), ("тулегенов", "Төлегенов"),
        ("касымовтың", "Қасымовтың"), ("байжоновой", "Байжановой"), ("смагуловой", "Смағұловой"),
        ("ебраев", "Ибраев"), ("сулейменова", "Сүлейменова"), ("исхакова", "Искакова"),
        ("абдурахмановым", "Абдрахмановым"), ("муканов", "Мұқанов"), ("габдулин", "Ғабдуллин"),
        ("кенжабаевой", "Кенжебаевой"), ("дуйсембаев", "Дүйсенбаев"), ("жетысу", "Жетісу"),
        ("рыскулбекова", "Рысқұлбекова"), ("тлеубердиев", "Тілеубердіев"),
        ("бостандык", "Бостандық"), ("казахтелеком", "Қазақтелеком"),
        ("акцонерное общество", "акционерное общество"), ("кенже баева", "Кенжебаева"),
    ],
)  # fmt: skip
def test_names_as_ctc_models_write_them(heard: str, meant: str) -> None:
    (word,) = correct(words(heard), NAMES)
    assert (word.text, word.alternatives) == (meant, (heard,))
    assert word.doubts == {Doubt.CORRECTED}


def test_hardly_any_other_word_is_taken_for_one_of_thirty_names(samples: Path) -> None:
    texts = (samples / "civil-ru-kk.stm").read_text("utf-8").splitlines()
    said_here = [line.split(maxsplit=6)[6] for line in texts]
    for name in ("mixed_developed.txt", "mixed_held_out.txt"):
        lines = (HERE / name).read_text("utf-8").splitlines()
        said_here += [line.split(" ", 1)[1] for line in lines if line[0] != "#"]
    total = wrong = 0
    for text in said_here:
        corrected = correct(words(text), NAMES)
        total += len(corrected)
        wrong += sum(Doubt.CORRECTED in word.doubts for word in corrected)
    assert total > 600
    assert wrong / total < 0.006


def test_options_are_taken() -> None:
    strict = CorrectionOptions(likeness=99.0)
    assert correct(words("Охмитова"), CASE, strict)[0].text == "Охмитова"
