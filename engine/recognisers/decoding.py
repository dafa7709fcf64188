"""Whisper's decoder on CTranslate2: sound in, hypotheses with their evidence out.

Batches share the encoder's and the decoder's passes. Input is padded only to the longest window
of the batch, not to 30 seconds: the encoder's cost falls with it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from hattama.diarization.protocols import SAMPLE_RATE_HZ
from hattama.engine.document.model import Language
from hattama.engine.recognisers.faults import compression_ratio
from hattama.engine.recognisers.word_times import TimedWord

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

FULL_S = 30.0
"""What Whisper was trained on, seconds."""
_STEP_S = 1.0
_FRAMES_PER_S = 100
_MAX_TOKENS_PER_S = 16
"""Kazakh takes the most, 9 to 12: a loop is cut off soon after."""
Padding = Literal["none", "batch", "full"]
_PUNCTUATION_BEFORE = frozenset("\"'“¿([{-«")


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of one window, with the evidence for it."""

    tokens: tuple[int, ...]
    text: str
    mean_logprob: float
    """Mean natural logarithm of the tokens' probabilities."""
    no_speech: float
    """Probability that nobody speaks, 0 to 1."""

    @property
    def compression_ratio(self) -> float:
        """Of the text; loops are above about 2.4."""
        return compression_ratio(self.text)


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the encoder made of a batch."""

    features: Any
    """`ctranslate2.StorageView`, shape (batch, frames / 2, width)."""
    frames: tuple[int, ...]
    """Mel frames of each signal, without the padding."""


class WhisperDecoder:
    """The passes through the network; holds no state between calls."""

    def __init__(self, model: WhisperModel, beam_size: int) -> None:
        self._model = model
        self._beam_size = beam_size

    def encode(self, signals: Sequence[NDArray[np.float32]], padding: Padding = "batch") -> Encoded:
        """Encode 16 kHz mono signals of at most 30 s, padded with silence to one length.

        Parameters
        ----------
        signals
            Each of shape (n,).
        padding
            `none`: to the longest signal; `batch`: half a second more, in steps of a second;
            `full`: to 30 seconds, as in training, which is slower and at times steadier.
        """
        longest = max(len(signal) for signal in signals) / SAMPLE_RATE_HZ
        padded_s = _padded_s(longest, padding)
        size = round(padded_s * SAMPLE_RATE_HZ)
        features = [
            self._model.feature_extractor(np.pad(s[:size], (0, max(0, size - len(s)))), padding=0)
            for s in signals
        ]
        frames = round(padded_s * _FRAMES_PER_S)
        stacked = np.stack([feature[:, :frames] for feature in features])
        lengths = tuple(min(frames, len(s) * _FRAMES_PER_S // SAMPLE_RATE_HZ) for s in signals)
        return Encoded(self._model.encode(np.ascontiguousarray(stacked)), lengths)

    def language_probabilities(
        self, encoded: Encoded, languages: Sequence[Language]
    ) -> NDArray[np.float64]:
        """Share of each language among `languages`, shape (batch, languages)."""
        rows = self._model.model.detect_language(encoded.features)
        table = np.array(
            [[dict(row).get(f"<|{language}|>", 0.0) for language in languages] for row in rows]
        )
        return np.asarray(table / np.maximum(table.sum(axis=1, keepdims=True), 1e-12))

    def generate(
        self, encoded: Encoded, language: Language, prompt: str, *, no_repeats: bool = False
    ) -> tuple[Hypothesis, ...]:
        """Best reading of each signal of the batch, all in one language.

        `no_repeats` forbids any three tokens to come twice, which breaks loops.
        """
        tokenizer = self._tokenizer(language)
        start = self._prompt(tokenizer, prompt)
        longest_s = max(encoded.frames) / _FRAMES_PER_S
        against_loops = {"no_repeat_ngram_size": 3, "repetition_penalty": 1.1}
        results = self._model.model.generate(
            encoded.features,
            [start] * len(encoded.frames),
            max_length=len(start) + 24 + round(longest_s * _MAX_TOKENS_PER_S),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=self._suppressed(tokenizer),
            beam_size=self._beam_size,
            **(against_loops if no_repeats else {}),
        )
        return tuple(_hypothesis(result, tokenizer) for result in results)

    def words(
        self, encoded: Encoded, hypotheses: Sequence[Hypothesis], language: Language
    ) -> tuple[tuple[TimedWord, ...], ...]:
        """Words of each hypothesis with times from the cross-attention, from the signal's start."""
        tokenizer = self._tokenizer(language)
        found = self._model.find_alignment(
            tokenizer,
            [list(hypothesis.tokens) for hypothesis in hypotheses],
            encoded.features,
            list(encoded.frames),
        )
        return tuple(_words(aligned) for aligned in found)

    def fitting(self, terms: Sequence[str], language: Language) -> int:
        """How many of the terms, from the first on, fit into what the decoder can be told."""
        tokenizer = self._tokenizer(language)
        room = self._model.max_length // 2 - 1
        for count, term in enumerate(terms):
            room -= len(tokenizer.encode(f" {term},"))
            if room < 0:
                return count
        return len(terms)

    def _tokenizer(self, language: Language) -> Tokenizer:
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415  keeps the import light

        multilingual = self._model.model.is_multilingual
        return Tokenizer(self._model.hf_tokenizer, multilingual, "transcribe", language)

    def _prompt(self, tokenizer: Tokenizer, prompt: str) -> list[int]:
        told = tokenizer.encode(" " + prompt.strip()) if prompt else []
        tokens: list[int] = self._model.get_prompt(tokenizer, told, without_timestamps=True)
        return tokens

    def _suppressed(self, tokenizer: Tokenizer) -> list[int]:
        special = (
            tokenizer.transcribe,
            tokenizer.translate,
            tokenizer.sot,
            tokenizer.sot_prev,
            tokenizer.sot_lm,
            tokenizer.no_speech,
        )
        return sorted({*tokenizer.non_speech_tokens, *special})


def _padded_s(longest_s: float, padding: Padding) -> float:
    if padding == "none":  # the encoder halves the frames, so their number must be even
        return min(FULL_S, max(math.ceil(longest_s * 50) / 50, 0.1))
    if padding == "batch":
        return min(FULL_S, math.ceil(longest_s / _STEP_S + 0.5) * _STEP_S)
    return FULL_S


def _hypothesis(result: Any, tokenizer: Tokenizer) -> Hypothesis:
    best = int(np.argmax(result.scores))
    tokens = tuple(t for t in result.sequences_ids[best] if t < tokenizer.eot)
    # CTranslate2 divides by the length without the end token; Whisper's thresholds count it.
    mean = result.scores[best] * len(tokens) / (len(tokens) + 1)
    text = tokenizer.decode(list(tokens)).strip()
    return Hypothesis(tokens, text, float(mean), float(result.no_speech_prob))


def _words(aligned: Sequence[dict[str, Any]]) -> tuple[TimedWord, ...]:
    """Join punctuation to the word it belongs to."""
    words: list[TimedWord] = []
    opening = ""
    for piece in aligned:
        text = str(piece["word"])
        if not any(character.isalnum() for character in text):
            if words and not (text.startswith(" ") and text.strip() in _PUNCTUATION_BEFORE):
                last = words[-1]
                joined = last.text + text.strip()
                words[-1] = TimedWord(joined, last.start, last.end, last.probability)
            else:
                opening += text.strip()
            continue
        start, end = float(piece["start"]), float(piece["end"])
        if words and not text.startswith(" "):
            last = words[-1]
            probability = min(last.probability, float(piece["probability"]))
            words[-1] = TimedWord(last.text + text, last.start, end, probability)
        else:
            words.append(TimedWord(opening + text.strip(), start, end, float(piece["probability"])))
            opening = ""
    return tuple(words)
