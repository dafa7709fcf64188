"""What a check of a disguised recording needs, and how it is told."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.box import SIMPLE_HEAD
from rich.table import Table

from hattama.disguise.check import UNDERSTOOD, CheckReport, Outcome, WorstPlace
from hattama.disguise.leak import TOTAL_LIMIT, WINDOW_LIMIT
from hattama.disguise.picture import draw
from hattama.disguise.undo import TURNED_BACK
from hattama.engine.cli.language import translate
from hattama.engine.document.model import Language
from hattama.engine.recognisers.protocol import Recogniser, Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from rich.console import Console

    from hattama.disguise.moments import Moment
    from hattama.disguise.protocols import VoicePrint
    from hattama.disguise.similarity import Similarity
    from hattama.disguise.spans import Span
    from hattama.engine.cli.disguise_places import Places
    from hattama.engine.document.model import Word
    from hattama.models.store import ModelStore

_RATE = 16_000

SENTENCES = {
    Outcome.HIDDEN: "The witness's voice was not found in this recording.",
    Outcome.DOUBTFUL: "The disguised voice is more like the witness than strangers are; "
    "listen to the places below, or disguise again with a stronger profile.",
    Outcome.RECOGNISED: "The witness can be recognised: do not hand this recording out.",
    Outcome.LEAKS: "The witness's own voice is in this recording: do not hand it out.",
}
"""The verdict, a sentence an outcome."""


@dataclass(frozen=True)
class ReadingOptions:
    """Who reads the words of the disguise."""

    listen: bool = True
    """Let the recogniser read both, to see whether the words come through."""
    recogniser: str = "whisper-base"
    """Model that reads."""
    language: Language | None = None
    """Language of the witness; without it the recogniser tries both."""


@dataclass(frozen=True)
class CheckOptions(ReadingOptions):
    """What is asked."""

    picture: Path | None = None
    """Write a picture (PNG): spectrograms and the likeness over time."""


@dataclass(frozen=True)
class SoundCheckOptions(ReadingOptions):
    """What is found out with the witness beforehand."""

    sound_check: float | None = None
    """Listen to the witness for so many seconds beforehand (20 to 300; 40 is good), while nothing
    leaves: voices are tried until programs take one for a stranger's, and the session begins
    knowing the witness's voice. Nobody else may speak meanwhile. Nothing of it is kept."""
    unproven: Annotated[bool, Parameter(negative=())] = False
    """Do not ask in the sound check whether programs recognise the voice: for the profile natural,
    which they do recognise."""


class Reader:
    """A recogniser as somebody who writes down what he hears.

    Parameters
    ----------
    recogniser
        Of the engine.
    language
        Language of the witness; None tries both.
    """

    def __init__(self, recogniser: Recogniser, language: Language | None) -> None:
        self._recogniser = recogniser
        self._language = language

    def words(
        self, heard: NDArray[np.float32], said: NDArray[np.float32], /
    ) -> tuple[list[str], list[str]]:
        """Words of the witness and of his disguise, the latter in the language of the former.

        Both 16 kHz mono. Of a disguise the language is told less surely, and a reading in the
        wrong one would count every word as lost.
        """
        first: Language = self._language or "ru"
        original = self._read(heard, first, None if self._language else "kk")
        languages = Counter(word.language or first for word in original)
        spoken = languages.most_common(1)[0][0] if languages else first
        disguised = self._read(said, spoken, None)
        return [word.text for word in original], [word.text for word in disguised]

    def _read(
        self, signal: NDArray[np.float32], language: Language, alternative: Language | None
    ) -> tuple[Word, ...]:
        whole = ((0.0, len(signal) / _RATE),)
        window = Window(0.0, signal, whole, language, alternative)
        (recognition,) = self._recogniser.recognise([window])
        return recognition.words


def voice_prints(store: ModelStore) -> dict[str, VoicePrint]:
    """The embeddings that compare voices, by name; they take one thread from here on."""
    from hattama.diarization.campplus import CampplusEmbedder  # noqa: PLC0415  imports torch
    from hattama.diarization.ge2e import Ge2eEmbedder  # noqa: PLC0415  likewise

    _take_one_thread()
    return {"campplus": CampplusEmbedder(store), "ge2e": Ge2eEmbedder(store)}


def _take_one_thread() -> None:
    """Beside other programs, threads that wait for each other are ten times slower than one."""
    import torch  # noqa: PLC0415  heavy

    torch.set_num_threads(1)


def reader(store: ModelStore, options: ReadingOptions) -> Reader | None:
    """The recogniser that was asked for; None where nobody shall listen."""
    if not options.listen:
        return None
    from hattama.engine.recognisers.whisper import WhisperRecogniser  # noqa: PLC0415  heavy

    recogniser = WhisperRecogniser.load(options.recogniser, store.require(options.recogniser))
    _take_one_thread()  # CTranslate2 has set the threads that it shares with torch
    return Reader(recogniser, options.language)


def draw_picture(path: Path, report: CheckReport, found: Sequence[Moment]) -> None:
    """Draw the picture beside, and rename it into place."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        part = Path(folder) / path.name
        draw(part, report, found, translate)
        part.replace(path)


def tell_verdict(console: Console, report: CheckReport, places: Places) -> None:
    """Print the verdict, its figures and where to listen."""
    console.print(translate(SENTENCES[report.outcome]), markup=False, style="bold")
    if not report.understood:
        console.print(translate("Many words do not come through; listen before it is used."))
    if report.elsewhere:
        console.print(
            translate(
                "The witness seems to be heard outside the spans as well, where nothing is "
                "disguised: {places}. Listen, and give these spans too."
            ).format(places=", ".join(_stretch(places, span) for span in report.elsewhere)),
            markup=False,
            style="bold",
        )
    console.print(_figures(report))
    if report.worst:
        console.print(
            translate("Listen first to: {places}.").format(
                places=", ".join(f"{_stretch(places, w)} ({w.what})" for w in report.worst)
            ),
            markup=False,
        )


def _stretch(places: Places, place: Span | WorstPlace) -> str:
    return f"{places.timecode(place.start)}-{places.timecode(place.end)}"


def _figures(report: CheckReport) -> Table:
    table = _table()
    leak, pitch = report.leak, report.pitch
    table.add_row(
        translate("The original's waveform, one place"), f"{leak.peak:.1f}", f"{WINDOW_LIMIT:g}"
    )
    table.add_row(
        translate("The original's waveform, all places"), f"{leak.total:.1f}", f"{TOTAL_LIMIT:g}"
    )
    table.add_row(
        translate("The pitch, turned back by {semitones:+.1f} semitones").format(
            semitones=-pitch.semitones
        ),
        f"{pitch.correlation:.2f}",
        f"{TURNED_BACK:g}",
    )
    _add_voice(table, report.similarities, report.words_lost, report.words)
    return table


def voice_figures(
    similarities: Sequence[Similarity], words_lost: float | None, words: int
) -> Table:
    """How alike the voice is and how many words are lost, as a sound check finds it."""
    table = _table()
    _add_voice(table, similarities, words_lost, words)
    return table


def _table() -> Table:
    table = Table(box=SIMPLE_HEAD)
    for head in ("What was looked for", "Found", "Limit"):
        table.add_column(translate(head))
    return table


def _add_voice(
    table: Table, similarities: Sequence[Similarity], words_lost: float | None, words: int
) -> None:
    for one in similarities:
        table.add_row(
            translate("The voice print, {name} (the witness himself: {before:.2f})").format(
                name=one.name, before=one.before
            ),
            f"{one.after:.2f}",
            f"{one.limit:.2f}",
        )
        table.add_row(
            translate("The same after pitch and formants were turned back"),
            f"{one.turned_back:.2f}",
            f"{one.limit_turned_back:.2f}",
        )
    if words_lost is not None:
        table.add_row(
            translate("Words that the recogniser loses, of {words}").format(words=words),
            f"{100 * words_lost:.0f} %",
            f"{100 * UNDERSTOOD:.0f} %",
        )
