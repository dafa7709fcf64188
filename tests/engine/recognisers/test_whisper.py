from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hattama.engine.document.model import Doubt, Language
from hattama.engine.recognisers.decoding import Encoded, Hypothesis
from hattama.engine.recognisers.faults import plain
from hattama.engine.recognisers.protocol import Window
from hattama.engine.recognisers.whisper import WhisperOptions, WhisperRecogniser, collapse
from hattama.engine.recognisers.word_times import TimedWord
from hattama.models.store import ModelStore

RATE = 16_000
OPENING = (1.6, 4.85)
"""«Судебное заседание объявляется открытым.»"""
KAZAKH = (101.69, 104.6)
"""«Куәгер, өз атыңызды және туған жылыңызды айтыңыз.»"""


@pytest.fixture(scope="module")
def hearing(samples: Path) -> np.ndarray:
    return soundfile.read(samples / "civil-ru-kk.flac", dtype="float32")[0]


@pytest.fixture(scope="module")
def whisper(store: ModelStore) -> WhisperRecogniser:
    return WhisperRecogniser.load("whisper-base", store.require("whisper-base"), threads=2)


def heard(sound: np.ndarray, start: float, end: float, language: Language | None = None) -> Window:
    first, last = round((start - 0.15) * RATE), round((end + 0.3) * RATE)
    return Window(first / RATE, sound[first:last], ((start, end),), language)


def test_loops_are_said_once_and_known() -> None:
    words = [
        TimedWord(t, i, i + 1, 0.9)
        for i, t in enumerate(["да", "это", "так", "это", "так", "это", "так"])
    ]
    kept, found = collapse(words)
    assert [word.text for word in kept] == ["да", "это", "так"]
    assert found
    assert collapse(kept) == (kept, False)


@pytest.mark.weights
def test_a_phrase_is_heard_with_times_inside_its_speech(
    whisper: WhisperRecogniser, hearing: np.ndarray
) -> None:
    (found,) = whisper.recognise([heard(hearing, *OPENING, "ru")])
    assert [plain(word.text) for word in found.words] == [
        "судебное",
        "заседание",
        "объявляется",
        "открытым",
    ]
    assert abs(found.words[0].start - OPENING[0]) < 0.1
    assert all(OPENING[0] <= w.start <= w.end <= OPENING[1] for w in found.words)
    assert {w.source for w in found.words} == {"whisper-base"}


@pytest.mark.weights
def test_a_window_reads_the_same_twice_and_beside_one_of_its_length(
    whisper: WhisperRecogniser, hearing: np.ndarray
) -> None:
    opening = heard(hearing, *OPENING, "ru")
    alone = whisper.recognise([opening])
    assert whisper.recognise([opening]) == alone
    assert whisper.recognise([opening, opening])[1].words == alone[0].words


@pytest.mark.weights
def test_kazakh_and_russian_are_told_apart(whisper: WhisperRecogniser, hearing: np.ndarray) -> None:
    signals = [heard(hearing, *KAZAKH).samples, heard(hearing, *OPENING).samples]
    shares = whisper.language_probabilities(signals, ("kk", "ru"))
    assert shares.sum(axis=1) == pytest.approx([1, 1])
    assert shares[0, 0] > 0.2, "a Kazakh phrase has the larger share after the bias is taken back"
    assert shares[1, 0] < 0.01


@pytest.mark.weights
def test_a_doubtful_language_is_read_in_both_and_the_likelier_reading_is_taken(
    whisper: WhisperRecogniser, hearing: np.ndarray
) -> None:
    window = replace(heard(hearing, *OPENING, "kk"), alternative="ru")
    (found,) = whisper.recognise([window])
    assert {word.language for word in found.words} == {"ru"}
    assert Doubt.LANGUAGE in found.doubts


@pytest.mark.weights
def test_silence_and_hum_have_no_words(whisper: WhisperRecogniser) -> None:
    rng = np.random.default_rng(5)
    time = np.arange(6 * RATE) / RATE
    hum = 0.05 * np.sin(2 * np.pi * 50 * time) + 0.002 * rng.standard_normal(len(time))
    window = Window(0.0, hum.astype(np.float32), ((0.5, 5.5),), "ru")
    (found,) = whisper.recognise([window])
    assert len(found.words) <= 2, "no phrase is invented"


@pytest.mark.weights
def test_a_name_that_the_recogniser_is_told_is_written_as_a_name(
    store: ModelStore, whisper: WhisperRecogniser, hearing: np.ndarray
) -> None:
    """«…по иску Ахметовой…»: a word like any other to who has not been told."""
    told = WhisperRecogniser.load(
        "whisper-base",
        store.require("whisper-base"),
        WhisperOptions(terms=("Истец Ахметова",)),
        threads=2,
    )
    window = heard(hearing, 5.13, 12.28, "ru")
    names = [
        {word.text for word in recogniser.recognise([window])[0].words}
        for recogniser in (whisper, told)
    ]
    assert "Ахметовой" not in names[0]
    assert "Ахметовой" in names[1]


class Mixed:
    """Stands for Whisper's decoder: it writes a mixed sentence, as its larger models do."""

    def encode(self, signals: list[np.ndarray], padding: str = "batch") -> Encoded:
        del padding
        return Encoded(None, tuple(len(signal) // 160 for signal in signals))

    def generate(self, encoded: Encoded, *_told: object, **_how: object) -> tuple[Hypothesis, ...]:
        text = "Мен вчера сотқа келдім."
        return tuple(Hypothesis((), text, -0.1, 0.0) for _ in encoded.frames)

    def words(
        self, encoded: Encoded, hypotheses: tuple[Hypothesis, ...], language: Language
    ) -> tuple[tuple[TimedWord, ...], ...]:
        del encoded, language
        return tuple(
            tuple(TimedWord(t, 0.5 * i, 0.5 * i + 0.4, 0.9) for i, t in enumerate(h.text.split()))
            for h in hypotheses
        )


@pytest.mark.parametrize(
    ("languages", "expected"), [(("kk", "ru"), "kk ru kk kk"), (("kk",), "kk kk kk kk")]
)
def test_a_mixed_sentence_keeps_one_text_with_two_languages(
    languages: tuple[Language, ...], expected: str
) -> None:
    whisper = WhisperRecogniser("w", None, WhisperOptions(languages=languages))  # type: ignore[arg-type]
    whisper._decoder = Mixed()  # type: ignore[assignment]
    window = Window(0.0, np.zeros(2 * RATE, np.float32), ((0.0, 2.0),), "kk")
    (heard_now,) = whisper.recognise([window])
    assert [word.text for word in heard_now.words] == ["Мен", "вчера", "сотқа", "келдім."]
    assert [word.language for word in heard_now.words] == expected.split()
    assert {word.timing for word in heard_now.words} == {"attention"}


class Leaking(Mixed):
    """Stands for a decoder that writes what it was told where it hears nothing clear."""

    def __init__(self, honest: str) -> None:
        self._honest = honest

    def fitting(self, terms: tuple[str, ...], language: Language) -> int:
        del language
        return len(terms)

    def generate(
        self, encoded: Encoded, language: Language, prompt: str, **_how: object
    ) -> tuple[Hypothesis, ...]:
        del language
        text = "Ахметова, Сериков." if prompt else self._honest
        likely = -0.1 if prompt else -0.6
        return tuple(Hypothesis((), text, likely, 0.0) for _ in encoded.frames)


@pytest.mark.parametrize(
    ("honest", "doubts"),
    [("Встать, суд идёт.", set()), ("Ахметова, Сериков.", {Doubt.LOW_CONFIDENCE})],
)
def test_a_leak_of_the_glossary_is_read_again_without_it_or_doubted(
    honest: str, doubts: set[Doubt]
) -> None:
    options = WhisperOptions(terms=("Ахметова", "Сериков"), languages=("ru",))
    whisper = WhisperRecogniser("w", None, options)  # type: ignore[arg-type]
    whisper._decoder = Leaking(honest)  # type: ignore[assignment]
    window = Window(0.0, np.zeros(3 * RATE, np.float32), ((0.0, 2.0),), "ru")
    (found,) = whisper.recognise([window])
    assert " ".join(word.text for word in found.words) == honest
    assert found.doubts == doubts


@pytest.mark.weights
def test_a_glossary_that_is_too_long_to_be_told_is_counted(
    store: ModelStore, hearing: np.ndarray
) -> None:
    terms = tuple(f"Қасымжомарт{number}" for number in range(200))
    whisper = WhisperRecogniser.load(
        "whisper-base", store.require("whisper-base"), WhisperOptions(terms=terms), threads=2
    )
    assert 100 < whisper.untold() < 200
    (found,) = whisper.recognise([heard(hearing, *OPENING, "ru")])
    assert found.words
