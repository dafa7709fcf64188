from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.document.model import Doubt, Language, Word
from hattama.engine.opinions import TwoOpinions, merge
from hattama.engine.recognisers.protocol import Recognition, Window


def reading(text: str, source: str = "ctc", language: Language = "ru") -> tuple[Word, ...]:
    return tuple(
        Word(word, float(i), i + 0.8, 0.9, language, source=source)
        for i, word in enumerate(text.split())
    )


def texts(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def disputed(words: Sequence[Word]) -> list[tuple[str, tuple[str, ...]]]:
    return [(w.text, w.alternatives) for w in words if Doubt.DISAGREEMENT in w.doubts]


def test_words_that_agree_wear_punctuation_and_capitals() -> None:
    merged = merge(
        reading("судебное заседание объявляется открытым"),
        reading("Судебное заседание объявляется открытым.", "whisper"),
    )
    assert texts(merged) == "Судебное заседание объявляется открытым."
    assert disputed(merged) == []
    assert {word.source for word in merged} == {"ctc"}
    assert [word.start for word in merged] == [0.0, 1.0, 2.0, 3.0]


def test_letters_stay_those_of_the_leading_reading() -> None:
    merged = merge(reading("ещё счёт"), reading("Еще «счет»,", "whisper"))
    assert texts(merged) == "Ещё «счёт»,"


def test_a_spoken_number_takes_the_digits_and_keeps_what_was_said() -> None:
    merged = merge(
        reading("в две тысячи двадцать четвертом году"), reading("В 2024 году,", "whisper")
    )
    assert texts(merged) == "В 2024 году,"
    year = merged[1]
    assert year.alternatives == ("две тысячи двадцать четвертом",)
    assert (year.start, year.end) == (1.0, 4.8)
    assert disputed(merged) == []


def test_a_different_word_is_marked_with_both_readings() -> None:
    merged = merge(
        reading("слушается дело по иску ахметовой"),
        reading("Слушается дело по риску Ахметовой.", "whisper"),
    )
    assert texts(merged) == "Слушается дело по иску Ахметовой."
    assert disputed(merged) == [("иску", ("риску",))]


def test_a_word_that_the_second_reading_lacks_is_marked() -> None:
    merged = merge(reading("я не согласен"), reading("Я согласен.", "whisper"))
    assert texts(merged) == "Я не согласен."
    assert disputed(merged) == [("не", ())]


def test_a_word_that_the_leading_reading_lacks_is_shown_beside_the_one_before_it() -> None:
    merged = merge(reading("я согласен"), reading("Я не согласен.", "whisper"))
    assert texts(merged) == "я согласен."
    assert disputed(merged) == [("я", ("Я не",))]


def test_a_mixed_sentence_keeps_its_kazakh_words_against_a_wrong_reading() -> None:
    lead = tuple(
        replace(word, language=language)
        for word, language in zip(
            reading("мен вчера сотқа келдім"), ("kk", "ru", "kk", "kk"), strict=True
        )
    )
    merged = merge(lead, reading("Мен вчера сутка келдым.", "whisper"))
    assert texts(merged) == "Мен вчера сотқа келдім"
    assert disputed(merged) == [("сотқа", ("сутка",)), ("келдім", ("келдым.",))]
    assert [word.language for word in merged] == ["kk", "ru", "kk", "kk"]


def test_a_hyphen_and_two_words_agree() -> None:
    merged = merge(reading("какой то человек"), reading("какой-то человек", "whisper"))
    assert disputed(merged) == []
    assert texts(merged) == "какой-то человек"


def test_without_a_second_reading_every_word_is_marked() -> None:
    merged = merge(reading("прошу учесть"), ())
    assert disputed(merged) == [("прошу", ()), ("учесть", ())]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.sampled_from("да нет суд иск 5 пять сто не".split()), max_size=8),  # noqa: SIM905
    st.lists(st.sampled_from("Да, нет суд. Иск 5 пять 105 не".split()), max_size=8),  # noqa: SIM905
)
def test_times_stay_in_order_and_nothing_that_was_said_is_lost(
    ours: list[str], theirs: list[str]
) -> None:
    lead = reading(" ".join(ours))
    merged = merge(lead, reading(" ".join(theirs), "whisper"))
    assert sorted(w.start for w in merged) == [w.start for w in merged]
    kept = " ".join(
        w.alternatives[0] if any(c.isdigit() for c in w.text) and w.alternatives else w.text
        for w in merged
        if Doubt.DISAGREEMENT not in w.doubts
    )
    lost = " ".join(w.text for w in merged if Doubt.DISAGREEMENT in w.doubts)
    assert len(kept.split()) + len(lost.split()) == len(ours)


@dataclass
class Says:
    name: str
    words: tuple[Word, ...]
    doubts: frozenset[Doubt] = frozenset()

    def recognise(self, windows: Sequence[Window]) -> tuple[Recognition, ...]:
        return (Recognition(self.words, self.doubts),) * len(windows)


SILENCE = (Window(0.0, np.zeros(16_000, np.float32), ((0.0, 1.0),)),)


def test_both_recognisers_are_asked_and_the_leading_one_gives_its_name() -> None:
    both = TwoOpinions(Says("ctc", reading("отвод")), Says("whisper", reading("Отвод.", "whisper")))
    (heard,) = both.recognise(SILENCE)
    assert (both.name, texts(heard.words)) == ("ctc", "Отвод.")


def test_words_where_the_leading_model_heard_nothing_are_kept_and_marked() -> None:
    nothing = Says("ctc", (), frozenset({Doubt.SPEECH_WITHOUT_WORDS}))
    both = TwoOpinions(nothing, Says("whisper", reading("Спасибо.", "whisper")))
    (heard,) = both.recognise(SILENCE)
    assert disputed(heard.words) == [("Спасибо.", ())]
