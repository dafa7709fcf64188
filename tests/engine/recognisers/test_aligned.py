from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.alignment.errors import TextTooLongError
from hattama.engine.alignment.words import AlignedWord
from hattama.engine.document.model import Doubt, Word
from hattama.engine.recognisers.aligned import AlignedRecogniser, FitOptions, fitting, placed
from hattama.engine.recognisers.ctc import CtcRecogniser
from hattama.engine.recognisers.ctc_model import CtcModel
from hattama.engine.recognisers.protocol import Recognition, Window

SENTENCE = "мен вчера сотқа келдім"
TOKENS = list(SENTENCE.replace(" ", "\u2581"))
MEDIA_START = 61.25


class Rough:
    """Hears fixed words at times as wrong as attention gives them."""

    name = "rough"

    def __init__(self, *texts: str) -> None:
        self._texts = texts

    def recognise(self, windows: Sequence[Window]) -> tuple[Recognition, ...]:
        return tuple(
            Recognition(
                tuple(
                    Word(text, window.start + 0.3 * i, window.start + 0.3 * i + 0.2, 0.5, "kk",
                         source=self.name, timing="attention")
                    for i, text in enumerate(self._texts)
                ),
                frozenset({Doubt.LANGUAGE}),
            )
            for window in windows
        )  # fmt: skip


@pytest.fixture(scope="module")
def letters(gigaam: Any) -> CtcRecogniser:
    model = CtcModel.load(gigaam.folder, gigaam.family.model, "gigaam-ctc", threads=1)
    return CtcRecogniser("tones", model)


def window(samples: Any) -> Window:
    end = MEDIA_START + len(samples) / 16_000
    return Window(MEDIA_START, samples, ((MEDIA_START, end),))


def true_starts(gigaam: Any) -> list[float]:
    begins = [0, *(i + 1 for i, piece in enumerate(TOKENS) if piece == "\u2581")]
    return [MEDIA_START + gigaam.starts(TOKENS)[i] for i in begins]


def test_words_keep_everything_but_their_times(gigaam: Any, letters: CtcRecogniser) -> None:
    hears = Rough("Мен", "вчера,", "сотқа", "келдім.")
    aligned = AlignedRecogniser(hears, letters)
    (heard,) = aligned.recognise([window(gigaam.sing(TOKENS))])
    assert aligned.name == "rough"
    assert heard.doubts == {Doubt.LANGUAGE}
    assert [w.text for w in heard.words] == ["Мен", "вчера,", "сотқа", "келдім."]
    assert {(w.source, w.confidence, w.timing) for w in heard.words} == {("rough", 0.5, "ctc")}
    errors = [
        abs(word.start - start)
        for word, start in zip(heard.words, true_starts(gigaam), strict=True)
    ]
    assert np.median(errors) <= 0.020
    assert max(errors) <= 0.040


def test_a_misheard_word_stays_between_those_that_were_found(
    gigaam: Any, letters: CtcRecogniser
) -> None:
    hears = Rough("мен", "бүгін", "сотқа", "келдім")
    (heard,) = AlignedRecogniser(hears, letters).recognise([window(gigaam.sing(TOKENS))])
    assert [word.timing for word in heard.words] == ["ctc", "shared", "ctc", "ctc"]
    starts = true_starts(gigaam)
    for i in (0, 2, 3):
        assert heard.words[i].start == pytest.approx(starts[i], abs=0.041)
    assert heard.words[0].end <= heard.words[1].start <= heard.words[1].end <= heard.words[2].start


def test_a_text_that_does_not_fit_the_sound_keeps_its_times(
    gigaam: Any, letters: CtcRecogniser
) -> None:
    hears = Rough("жоқ", "бүгін", "емес", "мен")
    here = window(gigaam.sing(TOKENS))
    (heard,) = AlignedRecogniser(hears, letters).recognise([here])
    assert heard == hears.recognise([here])[0]


def test_a_text_too_long_for_the_sound_keeps_its_times(gigaam: Any, letters: CtcRecogniser) -> None:
    hears = Rough(*["сотқа"] * 40)
    here = window(gigaam.sing(["м"]))
    with pytest.raises(TextTooLongError):
        letters.align(here, [("сотқа", "kk")] * 40)
    (heard,) = AlignedRecogniser(hears, letters).recognise([here])
    assert {word.timing for word in heard.words} == {"attention"}


def test_no_words_and_signs_alone_are_left_as_they_are(gigaam: Any, letters: CtcRecogniser) -> None:
    here = window(gigaam.sing(TOKENS))
    for texts in ((), ("—",), ("...", "—")):
        hears = Rough(*texts)
        (heard,) = AlignedRecogniser(hears, letters).recognise([here])
        assert heard == hears.recognise([here])[0]


def test_a_word_is_believed_from_the_least_confidence_on() -> None:
    found = [AlignedWord("а", 0, 1, p, "ctc", 0.04) for p in (0.09, 0.1, 0.9)]
    assert fitting(found) == (False, True, True)
    assert fitting(found, FitOptions(least_share=0.7)) == (False, False, False)
    assert fitting(None) == ()


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_words_are_in_order_whatever_was_found(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 8))
    edges = sorted(data.draw(st.lists(st.floats(0, 9), min_size=2 * count, max_size=2 * count)))
    rough = sorted(data.draw(st.lists(st.floats(0, 9), min_size=2 * count, max_size=2 * count)))
    sure = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    words = [Word("суд", rough[2 * i], rough[2 * i + 1], 0.5, timing="attention")
             for i in range(count)]  # fmt: skip
    found = [AlignedWord("суд", edges[2 * i], edges[2 * i + 1], 0.9 * sure[i], "ctc", 0.04)
             for i in range(count)]  # fmt: skip
    timed = placed(words, found)
    assert all(word.start <= word.end for word in timed)
    assert all(a.start <= b.start + 1e-9 for a, b in pairwise(timed))
    for word, place in zip(timed, found, strict=True):
        if word.timing == "ctc":
            assert (word.start, word.end) == (place.start, place.end)
