from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.alignment.errors import TextTooLongError
from hattama.engine.alignment.vocabulary import Vocabulary
from hattama.engine.alignment.words import (
    AlignedWord,
    Posteriors,
    align_words,
    interpolate_words,
)

LETTERS = " абвгдежзийклмнопрстуфхцчшщъыьэюяәіңғүұқөһ"
VOCABULARY = Vocabulary([*LETTERS, "<blk>"], len(LETTERS))
FRAME_S = 0.04
FIRST_S = 100.0


def constructed(words: list[str], seed: int, noise: float) -> tuple[Posteriors, list[float]]:
    """Posteriors of a text that is said at known times, and the true starts of its words."""
    rng = np.random.default_rng(seed)
    frames: list[int] = [VOCABULARY.blank] * int(rng.integers(2, 10))
    starts = []
    for word in words:
        starts.append(FIRST_S + len(frames) * FRAME_S)
        for letter in word:
            frames += [LETTERS.index(letter)] * int(rng.integers(1, 3))
            frames += [VOCABULARY.blank] * int(rng.integers(1, 4))
        frames += [0, *[VOCABULARY.blank] * int(rng.integers(2, 20))]
    logits = rng.normal(0, noise, (len(frames), len(VOCABULARY.tokens)))
    logits[np.arange(len(frames)), frames] += 6
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return Posteriors(log_probs.astype(np.float32), FRAME_S, FIRST_S), starts


def test_word_starts_of_a_constructed_model_are_within_20_ms_in_the_median() -> None:
    said = ["прошу", "приобщить", "к", "делу", "мен", "бүгін", "сотқа", "келдім", "және", "айтамын"]
    words = said * 6
    posteriors, starts = constructed(words, seed=3, noise=2.0)
    found = align_words(posteriors, VOCABULARY, [(word, None) for word in words])
    errors = [abs(w.start - start) for w, start in zip(found, starts, strict=True)]
    assert np.median(errors) <= 0.020
    assert max(errors) <= 0.5
    assert {word.method for word in found} == {"ctc"}
    assert {word.precision_s for word in found} == {FRAME_S}


def test_words_that_cannot_be_written_lie_between_their_neighbours_and_say_so() -> None:
    posteriors, _ = constructed(["суд", "идет"], seed=4, noise=0.5)
    said = [("суд", None), ("—", None), ("идет", None)]
    first, middle, last = align_words(posteriors, VOCABULARY, [*said])  # type: ignore[list-item]
    assert (middle.method, middle.confidence) == ("interpolated", 0.0)
    assert first.end <= middle.start <= middle.end <= last.start
    assert middle.precision_s == pytest.approx(last.start - first.end)


def test_a_text_of_another_recording_has_little_confidence() -> None:
    posteriors, _ = constructed(["жалоба", "отклонена"], seed=5, noise=1.0)
    right = align_words(posteriors, VOCABULARY, [("жалоба", None), ("отклонена", None)])
    wrong = align_words(posteriors, VOCABULARY, [("сотқа", None), ("келдім", None)])
    assert min(word.confidence for word in right) > 0.6
    assert max(word.confidence for word in wrong) < 0.1


def test_text_longer_than_the_sound_is_refused() -> None:
    short = Posteriors(np.log(np.full((3, 43), 1 / 43, np.float32)), FRAME_S)
    with pytest.raises(TextTooLongError, match="needs 8 frames"):
        align_words(short, VOCABULARY, [("суд", "ru"), ("идет", "ru")])


def test_without_a_model_words_are_spread_over_the_speech_and_never_into_a_pause() -> None:
    words = interpolate_words(["один", "двадцать"], [(1.0, 2.0), (5.0, 7.0)])
    assert [(w.start, w.end) for w in words] == [(1.0, 2.0), (5.0, 7.0)]
    assert {w.method for w in words} == {"interpolated"}
    assert {w.precision_s for w in words} == {6.0}


def test_known_words_stay_and_narrow_the_precision_of_those_between() -> None:
    known = AlignedWord("суд", 3.0, 3.4, 0.9, "ctc", 0.04)
    words = interpolate_words(["прошу", "суд", "учесть"], [(1.0, 6.0)], [None, known, None])
    assert words[1] == known
    assert (words[0].start, words[0].end) == (1.0, 3.0)
    assert words[0].precision_s == 2.0
    assert (words[2].start, words[2].end) == (3.4, 6.0)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.text("абв—", min_size=1, max_size=6), min_size=1, max_size=12),
    st.lists(st.floats(0.1, 3.0), min_size=2, max_size=8),
)
def test_interpolated_words_are_in_order_and_inside(words: list[str], lengths: list[float]) -> None:
    edges = np.cumsum(lengths).tolist()
    speech = list(zip(edges[::2], edges[1::2], strict=False))
    found = interpolate_words(words, speech)
    assert [word.text for word in found] == words
    assert all(speech[0][0] <= w.start <= w.end <= speech[-1][1] + 1e-9 for w in found)
    assert all(a.start <= b.start + 1e-9 for a, b in pairwise(found))
