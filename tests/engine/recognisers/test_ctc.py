from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnx_asr
import pytest

from hattama.engine.alignment.errors import TextTooLongError
from hattama.engine.document.model import Doubt
from hattama.engine.recognisers.ctc import CtcOptions, CtcRecogniser
from hattama.engine.recognisers.ctc_model import BadCtcModelError, CtcModel
from hattama.engine.recognisers.protocol import Window

SENTENCE = "мен вчера сотқа келдім"
TOKENS = list(SENTENCE.replace(" ", "\u2581"))
MEDIA_START = 61.25


def window(samples: Any, language: Any = None) -> Window:
    end = MEDIA_START + len(samples) / 16_000
    return Window(MEDIA_START, samples, ((MEDIA_START, end),), language)


@pytest.fixture(scope="module")
def letters(gigaam: Any) -> CtcRecogniser:
    model = CtcModel.load(gigaam.folder, gigaam.family.model, "gigaam-ctc", threads=1)
    return CtcRecogniser("tones", model)


@pytest.fixture(scope="module")
def pieces(nemo: Any) -> CtcRecogniser:
    return CtcRecogniser("tones", CtcModel.load(nemo.folder, "model.onnx", "nemo-ctc", threads=1))


def word_starts(model: Any, tokens: list[str]) -> list[float]:
    begins = [0, *(i + 1 for i, piece in enumerate(tokens) if piece == "\u2581")]
    return [MEDIA_START + model.starts(tokens)[i] for i in begins]


def test_a_mixed_sentence_is_heard_with_times_languages_and_source(
    gigaam: Any, letters: CtcRecogniser
) -> None:
    (heard,) = letters.recognise([window(gigaam.sing(TOKENS))])
    assert [word.text for word in heard.words] == SENTENCE.split()
    assert [word.language for word in heard.words] == ["kk", "ru", "kk", "kk"]
    assert {word.source for word in heard.words} == {"tones"}
    errors = [
        abs(word.start - start)
        for word, start in zip(heard.words, word_starts(gigaam, TOKENS), strict=True)
    ]
    assert np.median(errors) <= 0.020
    assert max(errors) <= 0.040
    assert all(a.end <= b.start for a, b in pairwise(heard.words))
    assert all(word.confidence > 0.9 and not word.doubts for word in heard.words)


def test_pieces_of_words_are_joined_and_timed(nemo: Any, pieces: CtcRecogniser) -> None:
    tokens = ["\u2581суд", "ья", "\u2581ид", "ет", "\u2581сот", "қа"]
    (heard,) = pieces.recognise([window(nemo.sing(tokens))])
    assert [word.text for word in heard.words] == ["судья", "идет", "сотқа"]
    starts = [MEDIA_START + start for start in nemo.starts(tokens)[::2]]
    errors = [abs(w.start - start) for w, start in zip(heard.words, starts, strict=True)]
    assert max(errors) <= 0.080
    assert [word.language for word in heard.words] == ["ru", "ru", "kk"]


def test_onnx_asr_itself_reads_the_same_at_the_same_times(
    gigaam: Any, letters: CtcRecogniser
) -> None:
    signal = gigaam.sing(TOKENS)
    reference = onnx_asr.load_model(
        "gigaam-multilingual-ctc", gigaam.folder, quantization="int8"
    ).with_timestamps()
    expected = reference.recognize(signal)
    (heard,) = letters.recognise([window(signal)])
    assert " ".join(word.text for word in heard.words) == expected.text
    assert expected.timestamps is not None
    assert heard.words[0].start - MEDIA_START == pytest.approx(expected.timestamps[0])


def test_windows_of_different_lengths_are_heard_as_one_batch(
    gigaam: Any, letters: CtcRecogniser
) -> None:
    long, short = window(gigaam.sing(TOKENS)), window(gigaam.sing(TOKENS[:3]))
    apart = [letters.recognise([one])[0] for one in (long, short)]
    together = letters.recognise([long, short])
    assert [h.words[0].text for h in together] == ["мен", "мен"]
    assert [[w.text for w in h.words] for h in together] == [
        [w.text for w in h.words] for h in apart
    ]


def test_the_last_word_is_not_cut_where_the_sound_ends_in_it(
    gigaam: Any, letters: CtcRecogniser
) -> None:
    signal = gigaam.sing(TOKENS, silence_s=0.0)
    (heard,) = letters.recognise([window(signal[: -round(0.04 * 16_000)])])
    assert heard.words[-1].text == "келдім"
    assert heard.words[-1].end <= MEDIA_START + len(signal) / 16_000


def test_a_latin_look_alike_inside_a_cyrillic_word_becomes_cyrillic(
    gigaam: Any, letters: CtcRecogniser
) -> None:
    (heard,) = letters.recognise([window(gigaam.sing(list("cот")))])
    (word,) = heard.words
    assert word.text == "сот"
    assert word.text.encode() == "сот".encode()
    assert Doubt.FOREIGN_SCRIPT not in word.doubts


def test_silence_gives_no_words_and_says_so(letters: CtcRecogniser) -> None:
    (heard,) = letters.recognise([window(np.zeros(16_000, np.float32))])
    assert heard.words == ()
    assert heard.doubts == {Doubt.SPEECH_WITHOUT_WORDS}


def test_no_windows_and_the_shortest_window_are_heard(letters: CtcRecogniser) -> None:
    assert letters.recognise([]) == ()
    (heard,) = letters.recognise([window(np.zeros(1, np.float32))])
    assert heard.words == ()


def test_a_word_that_the_model_hardly_believes_is_doubtful(gigaam: Any) -> None:
    model = CtcModel.load(gigaam.folder, gigaam.family.model, "gigaam-ctc", threads=1)
    strict = CtcRecogniser("tones", model, options=CtcOptions(low_confidence=1.1))
    (heard,) = strict.recognise([window(gigaam.sing(list("сот")))])
    assert heard.words[0].doubts == {Doubt.LOW_CONFIDENCE}


def test_a_hearing_in_one_language_gives_every_word_that_language(gigaam: Any) -> None:
    model = CtcModel.load(gigaam.folder, gigaam.family.model, "gigaam-ctc", threads=1)
    russian = CtcRecogniser("tones", model, ["ru"])
    (heard,) = russian.recognise([window(gigaam.sing(TOKENS))])
    assert {word.language for word in heard.words} == {"ru"}


def test_known_words_are_aligned_through_the_loaded_model(
    gigaam: Any, letters: CtcRecogniser
) -> None:
    text = [("Мен", "kk"), ("вчера,", "ru"), ("сотқа", "kk"), ("келдім.", "kk")]
    aligned = letters.align(window(gigaam.sing(TOKENS)), text)  # type: ignore[arg-type]
    assert [word.text for word in aligned] == ["Мен", "вчера,", "сотқа", "келдім."]
    errors = [
        abs(word.start - start)
        for word, start in zip(aligned, word_starts(gigaam, TOKENS), strict=True)
    ]
    assert np.median(errors) <= 0.020


def test_more_text_than_sound_is_refused(gigaam: Any, letters: CtcRecogniser) -> None:
    with pytest.raises(TextTooLongError):
        letters.align(window(gigaam.sing(["м"])), [(SENTENCE, "ru")] * 9)


def test_a_folder_without_the_vocabulary_is_told(gigaam: Any, tmp_path: Path) -> None:
    shutil.copytree(gigaam.folder, tmp_path / "model")
    (tmp_path / "model" / gigaam.family.vocabulary).unlink()
    with pytest.raises(BadCtcModelError, match="cannot be loaded as gigaam-ctc"):
        CtcModel.load(tmp_path / "model", gigaam.family.model, "gigaam-ctc")


def test_a_model_of_another_family_is_told(gigaam: Any) -> None:
    with pytest.raises(BadCtcModelError, match="nemo-ctc"):
        CtcModel.load(gigaam.folder, gigaam.family.model, "nemo-ctc")
