"""A passage heard again by another recogniser or in another language; its words found in it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import cast

from hattama.diarization.protocols import SAMPLE_RATE_HZ, Samples
from hattama.engine.document.model import LANGUAGES, Language, Segment, Word
from hattama.engine.editing.placing import Placer, Placing
from hattama.engine.recognisers.aligned import Aligner
from hattama.engine.recognisers.protocol import Recogniser, Window
from hattama.engine.review.jobs import Jobs, NoPassageError

MARGIN_S = 0.2
"""Sound around the passage that is heard too: a turn may begin a little late."""
LONGEST_S = 27.0
"""Longest window of a recogniser."""

Load = Callable[[str], Recogniser]
"""Loads a recogniser by its catalogue name."""
Names = Callable[[], tuple[str, ...]]
"""Catalogue names."""


def load_from_store(name: str) -> Recogniser:
    """Load a recogniser of the store: Whisper, or a CTC model."""
    from hattama.engine.recognisers.choice import WHISPER  # noqa: PLC0415  heavy
    from hattama.engine.recognisers.ctc import load_ctc  # noqa: PLC0415  likewise
    from hattama.engine.recognisers.whisper import WhisperRecogniser  # noqa: PLC0415  likewise
    from hattama.models.store import ModelStore  # noqa: PLC0415  likewise

    store = ModelStore.default()
    entry, folder = store.entry(name), store.require(name)
    if entry.architecture == WHISPER:
        return WhisperRecogniser.load(name, folder)
    return load_ctc(entry, folder)


def recognisers_in_store() -> tuple[str, ...]:
    """Catalogue names of the recognisers that can run now."""
    from hattama.engine.recognisers.choice import ARCHITECTURES  # noqa: PLC0415  heavy
    from hattama.models.store import ModelStore  # noqa: PLC0415  reads the catalogue

    store = ModelStore.default()
    able = (entry.name for entry in store.entries() if entry.architecture in ARCHITECTURES)
    return tuple(name for name in able if store.has(name))


def aligners_in_store() -> tuple[str, ...]:
    """Name of the best model that finds words in the sound; empty where there is none."""
    from hattama.engine.recognisers.choice import AUTO, choose_aligner  # noqa: PLC0415  heavy
    from hattama.models.store import ModelStore  # noqa: PLC0415  reads the catalogue

    entry = choose_aligner(ModelStore.default(), AUTO, LANGUAGES)
    return (entry.name,) if entry else ()


@dataclass(slots=True)
class Reruns:
    """One passage after the other, in a thread of its own; the last model stays loaded."""

    load: Load = load_from_store
    names: Names = recognisers_in_store
    aligners: Names = aligners_in_store
    heard: Jobs[tuple[Word, ...]] = field(init=False)
    """Passages heard again."""
    placed: Jobs[Placing] = field(init=False)
    """Turns whose words were looked for in the sound."""
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "rerun"))
    _loaded: tuple[str, Recogniser] | None = None

    def __post_init__(self) -> None:
        self.heard, self.placed = Jobs(self._pool), Jobs(self._pool)

    def hear(
        self, samples: Samples, span: tuple[float, float], name: str, language: Language | None
    ) -> int:
        """Begin to hear a passage; the number to ask for it in `heard`."""
        if name not in self.names():
            raise NoPassageError(
                "There is no recogniser {name} in the store; there is: {allowed}.",
                name=name, allowed=", ".join(self.names()) or "-",
            )  # fmt: skip

        def work() -> tuple[Word, ...]:
            windows = [_window(samples, piece, language) for piece in _pieces(span)]
            heard = self._model(name).recognise(windows)
            return tuple(word for recognition in heard for word in recognition.words)

        return self.heard.start(work)

    def place(self, segment: Segment, samples: Samples) -> int:
        """Begin to find every word of a turn in its sound; the number to ask for it in `placed`."""
        names = self.aligners()
        if not names:
            raise NoPassageError("There is no model in the store that finds words in the sound.")

        def work() -> Placing:
            # What `aligners` names are CTC models, which align as well as they hear.
            aligner = cast("Aligner", self._model(names[0]))
            return Placer(aligner).place(segment, samples, every=True)

        return self.placed.start(work)

    def close(self) -> None:
        """Hear nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _model(self, name: str) -> Recogniser:
        if self._loaded is None or self._loaded[0] != name:
            self._loaded = (name, self.load(name))
        return self._loaded[1]


def _pieces(span: tuple[float, float]) -> list[tuple[float, float]]:
    start, end = span
    number = max(1, -int(-(end - start) // LONGEST_S))
    step = (end - start) / number
    return [(start + i * step, start + (i + 1) * step) for i in range(number)]


def _window(samples: Samples, span: tuple[float, float], language: Language | None) -> Window:
    first = max(0, round((span[0] - MARGIN_S) * SAMPLE_RATE_HZ))
    sound = samples.read(first, round((span[1] + MARGIN_S) * SAMPLE_RATE_HZ))
    alternative: Language | None = "kk" if language is None else None
    return Window(first / SAMPLE_RATE_HZ, sound, (span,), language or "ru", alternative)
