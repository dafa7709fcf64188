"""Whisper behind the Recogniser protocol, with its known faults looked for and handled."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from hattama.diarization.protocols import SAMPLE_RATE_HZ
from hattama.engine.document.model import LANGUAGES, Doubt, Language, Word
from hattama.engine.doubts import DoubtOptions, chances_wrong
from hattama.engine.recognisers import faults
from hattama.engine.recognisers.court_terms import COURT_TERMS
from hattama.engine.recognisers.decoding import Hypothesis, WhisperDecoder
from hattama.engine.recognisers.glossary import told
from hattama.engine.recognisers.marking import marked_word
from hattama.engine.recognisers.protocol import Device, Recognition, Window
from hattama.engine.recognisers.word_language import word_languages
from hattama.engine.recognisers.word_times import TimedWord, clamp_to_speech

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

_LOG = logging.getLogger(__name__)

_PLAIN_SHARE = 0.003
"""Below this share of the other languages the first answer stands."""
_SILENCES_S = (0.25, 0.5, 1.0)
_ALTERNATIVE_MARGIN = 0.1
"""How much likelier a reading in the less likely language must be to be taken, in mean natural
logarithm a token."""
_TWICE_MIN_WORDS = 2
_TWICE_LIKENESS = 75.0


@dataclass(frozen=True, slots=True)
class WhisperOptions:
    """How Whisper decodes, and what it is not believed."""

    beam_size: int = 5
    """Readings kept side by side."""
    max_compression_ratio: float = 2.4
    """Above it the text is a loop."""
    min_mean_logprob: float = -1.0
    """Below it the text is a guess."""
    max_no_speech: float = 0.6
    """Above it, and below `min_mean_logprob`, nobody speaks."""
    min_words_per_s: float = 0.5
    """Fewer words than this for each second of speech: something was dropped."""
    doubts: DoubtOptions = field(default_factory=DoubtOptions)
    """Which words are doubtful."""
    terms: tuple[str, ...] = ()
    """Names and terms of the case, the most important first; told besides the court's own."""
    languages: tuple[Language, ...] = LANGUAGES
    """Languages of the hearing: words of the other one in a window are given theirs."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A hypothesis together with its words."""

    hypothesis: Hypothesis
    words: tuple[TimedWord, ...]
    language: Language


class WhisperRecogniser:
    """A Whisper model in CTranslate2 form; recogniser and identifier of languages."""

    def __init__(self, name: str, model: WhisperModel, options: WhisperOptions) -> None:
        """Wrap a loaded model; `load` is the usual way."""
        self._name = name
        self._options = options
        self._decoder = WhisperDecoder(model, options.beam_size)
        self._counts: dict[Language, int] = {}

    @classmethod
    def load(
        cls,
        name: str,
        folder: Path,
        options: WhisperOptions | None = None,
        *,
        device: Device = "auto",
        threads: int = 0,
        workers: int = 1,
    ) -> WhisperRecogniser:
        """Load the model in `folder`: int8 on the processor, float16 on a GPU.

        Parameters
        ----------
        name
            Catalogue name, written into every word.
        folder
            Holds model.bin, config.json, tokenizer.json and the vocabulary.
        options
            Thresholds; the defaults are right for courts.
        device
            `auto` takes a GPU where CTranslate2 finds one.
        threads
            Processor threads of each worker; 0 takes the library's own choice.
        workers
            Batches that are heard side by side when several threads ask.
        """
        import ctranslate2  # noqa: PLC0415  importing this module must stay light
        from faster_whisper import WhisperModel  # noqa: PLC0415

        gpu = device == "cuda" or (device == "auto" and ctranslate2.get_cuda_device_count() > 0)
        model = WhisperModel(
            str(folder),
            device="cuda" if gpu else "cpu",
            compute_type="float16" if gpu else "int8",
            cpu_threads=threads,
            num_workers=workers,
            local_files_only=True,
        )
        return cls(name, model, options or WhisperOptions())

    @property
    def name(self) -> str:
        """Catalogue name of the model."""
        return self._name

    def language_probabilities(
        self, signals: Sequence[NDArray[np.float32]], languages: Sequence[Language]
    ) -> NDArray[np.float64]:
        """Share of each language; see `LanguageIdentifier`.

        Signals are heard with little padding: padded to 30 s, short Kazakh phrases are taken
        for Turkish or Russian. Where the answer is not plain it is the mean over several
        lengths of silence after the phrase, since it swings with them on two-second phrases.
        """
        rows = [self._language(signal, languages) for signal in signals]
        return np.stack(rows) if rows else np.zeros((0, len(languages)))

    def _language(
        self, signal: NDArray[np.float32], languages: Sequence[Language]
    ) -> NDArray[np.float64]:
        first = self._heard_language(signal, 0.0, languages)
        if np.max(first) > 1 - _PLAIN_SHARE:
            return first
        more = [self._heard_language(signal, silence, languages) for silence in _SILENCES_S]
        return np.asarray(np.mean([first, *more], axis=0))

    def _heard_language(
        self, signal: NDArray[np.float32], silence_s: float, languages: Sequence[Language]
    ) -> NDArray[np.float64]:
        padded = np.pad(signal, (0, round(silence_s * SAMPLE_RATE_HZ)))
        encoded = self._decoder.encode([padded], "none")
        return np.asarray(self._decoder.language_probabilities(encoded, languages)[0])

    def recognise(self, windows: Sequence[Window]) -> tuple[Recognition, ...]:
        """Words of each window, in media time; see `Recogniser`."""
        readings: dict[int, list[_Reading]] = {i: [] for i in range(len(windows))}
        for language, members in _by_language(windows):
            batch = [windows[i] for i in members]
            for i, reading in zip(members, self._read(batch, language), strict=True):
                readings[i].append(reading)
        return tuple(
            self._recognition(window, self._likelier(readings[i], window))
            for i, window in enumerate(windows)
        )

    def _read(self, windows: Sequence[Window], language: Language) -> list[_Reading]:
        """Read a batch in one language; windows that read badly are read again, one by one."""
        encoded = self._decoder.encode([window.samples for window in windows])
        hypotheses = self._decoder.generate(encoded, language, self._prompt(language))
        words = self._decoder.words(encoded, hypotheses, language)
        return [
            _Reading(hypothesis, aligned, language)
            if self._passes(hypothesis, window, language)
            else self._read_again(window, language, _Reading(hypothesis, aligned, language))
            for hypothesis, aligned, window in zip(hypotheses, words, windows, strict=True)
        ]

    def _read_again(self, window: Window, language: Language, first: _Reading) -> _Reading:
        """Try padding as in training, then no prompt, then no phrase twice; the best is kept.

        No reading is drawn by chance, as Whisper's own fallback does: the same recording shall
        give the same draft.
        """
        _LOG.debug("window at %.2f s reads badly: %r", window.start, first.hypothesis.text)
        encoded = self._decoder.encode([window.samples], "full")
        prompt = self._prompt(language)
        tried = [first]
        for prompted, no_repeats in ((prompt, False), ("", False), ("", True)):
            (hypothesis,) = self._decoder.generate(
                encoded, language, prompted, no_repeats=no_repeats
            )
            (words,) = self._decoder.words(encoded, [hypothesis], language)
            tried.append(_Reading(hypothesis, words, language))
            if self._passes(hypothesis, window, language):
                return tried[-1]
        return max(tried, key=lambda reading: self._merit(reading.hypothesis, window))

    def _passes(self, hypothesis: Hypothesis, window: Window, language: Language) -> bool:
        options = self._options
        if self._is_silence(hypothesis):
            return True
        return (
            hypothesis.compression_ratio <= options.max_compression_ratio
            and hypothesis.mean_logprob >= options.min_mean_logprob
            and not _loops(hypothesis.text)
            and not _says_twice(hypothesis.text)
            and not self._leaks(hypothesis.text, language)
            and _words_per_s(hypothesis, window) >= options.min_words_per_s
        )

    def _is_silence(self, hypothesis: Hypothesis) -> bool:
        return (
            hypothesis.no_speech > self._options.max_no_speech
            and hypothesis.mean_logprob < self._options.min_mean_logprob
        )

    def _merit(self, hypothesis: Hypothesis, window: Window) -> float:
        """The likelier the better; loops, leaks and dropped speech count as very unlikely."""
        looping = _loops(hypothesis.text) or (
            hypothesis.compression_ratio > self._options.max_compression_ratio
        )
        dropped = _words_per_s(hypothesis, window) < self._options.min_words_per_s
        twice = _says_twice(hypothesis.text)
        leaking = any(self._leaks(hypothesis.text, x) for x in self._options.languages)
        faulty = 2.0 * looping + 2.0 * leaking + 1.0 * dropped + 0.5 * twice
        return hypothesis.mean_logprob - faulty

    def _leaks(self, text: str, language: Language) -> bool:
        """Whether the text is what the recogniser was told rather than what was said."""
        terms = self._told(language)
        return faults.leaks_prompt(text, self._prompt(language)) or faults.leaks_terms(text, terms)

    def _likelier(self, readings: Sequence[_Reading], window: Window) -> _Reading:
        def merit(reading: _Reading) -> float:
            handicap = _ALTERNATIVE_MARGIN if reading.language == window.alternative else 0.0
            return self._merit(reading.hypothesis, window) - handicap

        return max(readings, key=merit)

    def _recognition(self, window: Window, reading: _Reading) -> Recognition:
        hypothesis = reading.hypothesis
        if self._is_silence(hypothesis) or faults.is_credit(hypothesis.text):
            return Recognition((), frozenset({Doubt.SPEECH_WITHOUT_WORDS}))
        kept, collapsed = collapse(reading.words)
        shifted = [
            replace(word, start=word.start + window.start, end=word.end + window.start)
            for word in kept
        ]
        doubts: set[Doubt] = set()
        if collapsed:
            doubts.add(Doubt.REPETITION)
        if window.alternative is not None:
            doubts.add(Doubt.LANGUAGE)
        if self._leaks(hypothesis.text, reading.language):
            doubts.add(Doubt.LOW_CONFIDENCE)  # nothing else could be read here either
        timed = clamp_to_speech(shifted, window.speech)
        chances = chances_wrong([word.probability for word in timed], self._options.doubts)
        texts = [word.text for word in timed]
        languages = word_languages(texts, self._options.languages, reading.language)
        words = tuple(
            self._word(word, language, chance)
            for word, language, chance in zip(timed, languages, chances, strict=True)
        )
        return Recognition(words, frozenset(doubts))

    def _word(self, timed: TimedWord, language: Language, chance_wrong: float) -> Word:
        unsure = chance_wrong >= self._options.doubts.threshold
        return marked_word(timed, language, self._name, "attention", unsure=unsure)

    def untold(self) -> int:
        """How many terms of the case do not fit into what Whisper can be told."""
        told = (len(self._told(language)) for language in self._options.languages)
        return len(self._options.terms) - min(told)

    def _told(self, language: Language) -> tuple[str, ...]:
        terms = self._options.terms
        if language not in self._counts:
            self._counts[language] = self._decoder.fitting(terms, language) if terms else 0
        return terms[: self._counts[language]]

    def _prompt(self, language: Language) -> str:
        """The court's terms and then the case's: what is too long is cut at its beginning."""
        return f"{COURT_TERMS[language]} {told(self._told(language))}".strip()


def collapse(words: Sequence[TimedWord]) -> tuple[tuple[TimedWord, ...], bool]:
    """Words without loops, and whether there was one: one round of each loop is kept."""
    kept = list(words)
    found = False
    while loop := faults.find_repetition([faults.plain(word.text) for word in kept]):
        found = True
        after = loop.start + loop.period * loop.rounds
        kept = kept[: loop.start + loop.period] + kept[after:]
    return tuple(kept), found


def _by_language(windows: Sequence[Window]) -> list[tuple[Language, list[int]]]:
    """Windows to read in each language, by index; a window with an alternative stands in two."""
    groups: dict[Language, list[int]] = {}
    for i, window in enumerate(windows):
        for language in (window.language or "ru", window.alternative):
            if language is not None:
                groups.setdefault(language, []).append(i)
    return list(groups.items())


def _loops(text: str) -> bool:
    said = faults.plain(text)
    return faults.find_repetition(said.split()) is not None or faults.has_letter_loop(said)


def _says_twice(text: str) -> bool:
    """Whether the text is nearly one phrase said twice: Whisper does that in short windows."""
    words = faults.plain(text).split()
    half = len(words) // 2
    if half < _TWICE_MIN_WORDS:
        return False
    return fuzz.ratio(" ".join(words[:half]), " ".join(words[half:])) >= _TWICE_LIKENESS


def _words_per_s(hypothesis: Hypothesis, window: Window) -> float:
    spoken = sum(end - start for start, end in window.speech)
    return len(hypothesis.text.split()) / max(spoken, 1.0)
