"""A recogniser for tests: it writes down where speech was, not what was said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hattama.engine.document.model import Language, Word
from hattama.engine.recognisers.protocol import Recognition, Window


class FakeRecogniser:
    """Gives one word for each interval of speech: its language and its length in tenths.

    Also an identifier of languages: loud signals are Kazakh, quiet ones Russian. `heard` counts
    the windows, so that a test can tell what was done again.
    """

    name = "fake"

    def __init__(self, loud_rms: float = 0.2) -> None:
        self.heard = 0
        self._loud = loud_rms

    def recognise(self, windows: Sequence[Window]) -> tuple[Recognition, ...]:
        """One word for each interval of speech."""
        self.heard += len(windows)
        return tuple(Recognition(tuple(_word(w, *span) for span in w.speech)) for w in windows)

    def language_probabilities(
        self, signals: Sequence[NDArray[np.float32]], languages: Sequence[Language]
    ) -> NDArray[np.float64]:
        """0.99 for Kazakh where the signal is loud, else for Russian."""
        loud = [bool(np.sqrt(np.mean(signal**2)) > self._loud) for signal in signals]
        rows = [[0.99 if (x == "kk") is kazakh else 0.01 for x in languages] for kazakh in loud]
        return np.array(rows).reshape(len(signals), len(languages))


def _word(window: Window, start: float, end: float) -> Word:
    tenths = round((end - start) * 10)
    return Word(f"{window.language}{tenths}", start, end, 0.9, window.language, source="fake")
