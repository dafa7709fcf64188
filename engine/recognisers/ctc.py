"""CTC recognisers: GigaAM-Multilingual, FastConformer and other NeMo exports.

They hear Kazakh and Russian in one sentence without being told which; they write no punctuation,
no capitals and no digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from hattama.diarization.protocols import SAMPLE_RATE_HZ
from hattama.engine.alignment.words import AlignedWord, Posteriors, align_words
from hattama.engine.document.model import LANGUAGES, Doubt, Language, Word
from hattama.engine.recognisers.ctc_model import CtcArchitecture, CtcModel
from hattama.engine.recognisers.ctc_reading import emissions, words
from hattama.engine.recognisers.marking import marked_word
from hattama.engine.recognisers.protocol import Device, Recognition, Window
from hattama.engine.recognisers.word_language import word_languages
from hattama.engine.recognisers.word_times import TimedWord, clamp_to_speech
from hattama.models.entry import Entry

PIECE_S = 20.0
"""Longest sound that alignment lets the model hear at once, seconds."""
CONTEXT_S = 2.0
"""Sound on either side of a piece that is heard with it, seconds."""


@dataclass(frozen=True, slots=True)
class CtcOptions:
    """What a CTC model is not believed."""

    low_confidence: float = 0.7
    """A word whose tokens have less than this geometric mean probability is doubtful. Not measured
    on real weights: none were at hand where this was written."""


class CtcRecogniser:
    """A CTC model behind the Recogniser protocol.

    Parameters
    ----------
    name
        Catalogue name, written into every word.
    model
        The loaded model.
    languages
        Languages of the hearing.
    options
        Thresholds.
    """

    def __init__(
        self,
        name: str,
        model: CtcModel,
        languages: Sequence[Language] = LANGUAGES,
        options: CtcOptions | None = None,
    ) -> None:
        self._name = name
        self._model = model
        self._languages = tuple(languages)
        self._options = options or CtcOptions()

    @property
    def name(self) -> str:
        """Catalogue name of the model."""
        return self._name

    def recognise(self, windows: Sequence[Window]) -> tuple[Recognition, ...]:
        """Words of each window, in media time; see `Recogniser`."""
        heard = self._model.log_probs([window.samples for window in windows])
        return tuple(
            self._recognition(window, words(emitted, self._model.vocabulary, self._model.frame_s))
            for window, emitted in zip(
                windows,
                (emissions(rows, self._model.vocabulary.blank) for rows in heard),
                strict=True,
            )
        )

    def align(
        self, window: Window, text: Sequence[tuple[str, Language | None]]
    ) -> tuple[AlignedWord, ...]:
        """Times of words that are known to be said in a window of any length.

        Raises
        ------
        hattama.engine.alignment.errors.TextTooLongError
            The text is longer than what can be said in the window.
        """
        posteriors = Posteriors(self._heard(window), self._model.frame_s, window.start)
        return align_words(posteriors, self._model.vocabulary, text)

    def _heard(self, window: Window) -> NDArray[np.float32]:
        """Posteriors of a window, heard in pieces that the model is used to.

        Each piece is heard with some sound on either side, whose frames are dropped.
        """
        frame = round(self._model.frame_s * SAMPLE_RATE_HZ)
        step = max(1, round(PIECE_S / self._model.frame_s)) * frame
        context = round(CONTEXT_S / self._model.frame_s) * frame
        rows = []
        for start in range(0, max(len(window.samples), 1), step):
            first, last = max(0, start - context), start + step
            (heard,) = self._model.log_probs([window.samples[first : last + context]])
            before = (start - first) // frame
            whole = last >= len(window.samples)
            rows.append(heard[before:] if whole else heard[before : before + step // frame])
        return np.concatenate(rows)

    def _recognition(self, window: Window, read: Sequence[TimedWord]) -> Recognition:
        if not read:
            return Recognition((), frozenset({Doubt.SPEECH_WITHOUT_WORDS}))
        shifted = [_in_media(word, window) for word in read]
        timed = clamp_to_speech(shifted, window.speech)
        languages = word_languages([word.text for word in timed], self._languages, window.language)
        return Recognition(tuple(self._word(*pair) for pair in zip(timed, languages, strict=True)))

    def _word(self, timed: TimedWord, language: Language) -> Word:
        unsure = timed.probability < self._options.low_confidence
        return marked_word(timed, language, self._name, "ctc", unsure=unsure)


def load_ctc(
    entry: Entry,
    folder: Path,
    languages: Sequence[Language] = LANGUAGES,
    *,
    device: Device = "auto",
    threads: int = 0,
) -> CtcRecogniser:
    """Load the CTC model of a catalogue entry.

    Parameters
    ----------
    entry
        Of one of the `CTC_ARCHITECTURES`.
    folder
        Where its files are: `ModelStore.require`.
    languages
        Languages of the hearing.
    device, threads
        As `CtcModel.load`.

    Raises
    ------
    hattama.engine.recognisers.ctc_model.BadCtcModelError
        The files do not fit together.
    """
    architecture = cast("CtcArchitecture", entry.architecture)
    model = CtcModel.load(folder, entry.main, architecture, device=device, threads=threads)
    return CtcRecogniser(entry.name, model, languages)


def _in_media(word: TimedWord, window: Window) -> TimedWord:
    """In media time, not beyond the window: the silence put after it is no sound."""
    start = min(word.start + window.start, window.end)
    return replace(word, start=start, end=min(word.end + window.start, window.end))
