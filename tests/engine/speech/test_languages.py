from __future__ import annotations

import numpy as np

from hattama.engine.speech.languages import LanguageOptions, decide
from hattama.engine.speech.windows import Stretch

OPTIONS = LanguageOptions()
BOTH = ("kk", "ru")


def at(*starts: float) -> list[Stretch]:
    return [Stretch(((start, start + 2.0),)) for start in starts]


def kazakh(*shares: float) -> np.ndarray:
    return np.array([[share, 1 - share] for share in shares])


def test_plain_evidence_decides_and_nothing_is_decoded_twice() -> None:
    found = decide(at(0, 2.3, 10, 12.3), kazakh(0.0, 0.0, 0.95, 0.97), BOTH, OPTIONS)
    assert [s.language for s in found] == ["ru", "ru", "kk", "kk"]
    assert [s.alternative for s in found] == [None] * 4


def test_the_bias_towards_the_language_of_the_larger_training_set_is_taken_back() -> None:
    (found,) = decide(at(0), kazakh(0.3), BOTH, OPTIONS)
    assert found.language == "kk"
    (found,) = decide(at(0), kazakh(0.3), BOTH, LanguageOptions(prior_power=0))
    assert found.language == "ru"


def test_one_weak_stretch_between_sure_neighbours_does_not_change_the_language() -> None:
    found = decide(at(0, 2.1, 4.2), kazakh(0.001, 0.2, 0.001), BOTH, OPTIONS)
    assert [s.language for s in found] == ["ru", "ru", "ru"]


def test_one_strong_stretch_does() -> None:
    found = decide(at(0, 2.1, 4.2), kazakh(0.001, 0.98, 0.001), BOTH, OPTIONS)
    assert [s.language for s in found] == ["ru", "kk", "ru"]


def test_a_low_margin_asks_for_both_languages() -> None:
    (found,) = decide(at(0), kazakh(0.12), BOTH, OPTIONS)
    assert {found.language, found.alternative} == {"kk", "ru"}


def test_a_change_is_likelier_after_a_pause() -> None:
    evidence = kazakh(0.001, 0.35)
    close = decide(at(0, 2.1), evidence, BOTH, OPTIONS)
    apart = decide(at(0, 4.0), evidence, BOTH, OPTIONS)
    assert close[1].language == "ru" or close[1].alternative == "ru"
    assert apart[1].language == "kk"


def test_columns_are_read_in_the_order_of_the_languages() -> None:
    (found,) = decide(at(0), np.array([[0.01, 0.99]]), ("ru", "kk"), OPTIONS)
    assert found.language == "kk"


def test_nothing_to_decide_is_nothing() -> None:
    assert decide([], np.zeros((0, 2)), BOTH, OPTIONS) == ()
