"""`hattama disguise check`: say whether a disguised recording gives the voice away."""

from __future__ import annotations

import json as plain_json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from hattama.disguise.check import CheckReport, Outcome
from hattama.disguise.check import check as compare_recordings
from hattama.disguise.leak import TOTAL_LIMIT, WINDOW_LIMIT
from hattama.disguise.picture import draw
from hattama.disguise.protocols import VoicePrint
from hattama.disguise.sidecar import FORMAT
from hattama.disguise.spans import Span
from hattama.disguise.undo import TURNED_BACK
from hattama.engine.cli.disguise_bar import share_bar
from hattama.engine.cli.disguise_places import Places
from hattama.engine.cli.language import translate
from hattama.engine.document.model import Language
from hattama.engine.errors import BadInputError
from hattama.engine.recognisers.protocol import Recogniser, Window
from hattama.models.store import ModelStore

_RATE = 16_000
_FAILED = 1

_SENTENCES = {
    Outcome.HIDDEN: "The witness's voice was not found in this recording.",
    Outcome.DOUBTFUL: "The disguised voice is more like the witness than strangers are; "
    "listen to the places below, or disguise again with a stronger profile.",
    Outcome.RECOGNISED: "The witness can be recognised: do not hand this recording out.",
    Outcome.LEAKS: "The witness's own voice is in this recording: do not hand it out.",
}


class LogError(BadInputError):
    """A file that is no log of `hattama disguise file`."""


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What is asked."""

    listen: bool = True
    """Let the recogniser read both, to see whether the words come through."""
    recogniser: str = "whisper-base"
    """Model that reads."""
    language: Language | None = None
    """Language of the witness; without it the recogniser tries both."""
    picture: Path | None = None
    """Write a picture (PNG): spectrograms and the likeness over time."""
    json: Annotated[bool, Parameter(negative=())] = False
    """Print JSON."""


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

    def words(self, signal: NDArray[np.float32], /) -> list[str]:
        """Words of a 16 kHz mono signal, in order."""
        whole = ((0.0, len(signal) / _RATE),)
        first: Language = self._language or "ru"
        second: Language | None = None if self._language else "kk"
        window = Window(0.0, signal, whole, first, second)
        (recognition,) = self._recogniser.recognise([window])
        return [word.text for word in recognition.words]


def check(
    original: Path,
    output: Path,
    *,
    spans: Annotated[tuple[str, ...], Parameter(name="--span", negative=())] = (),
    options: Annotated[CheckOptions | None, Parameter(name="*")] = None,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())] = False,
) -> int:
    """Say whether a disguised recording gives the witness's voice away.

    Looks for the original's waveform in every channel, tries to turn the pitch back, compares
    voice prints before and after with those of strangers, and lets the recogniser read both. Ends
    with status 1 when the recording must not be handed out.

    Parameters
    ----------
    original
        The recording before.
    output
        The recording after.
    spans
        When the witness speaks: START-END in timecode or seconds; by default as the log beside
        the output says, else all of it.
    quiet
        Show no progress.
    """
    chosen = options or CheckOptions()
    places = Places.of(original)
    wanted = [places.read(text) for text in spans] or _logged(output) or [places.extent]
    store = ModelStore.default()
    with share_bar("Checking", quiet=quiet or chosen.json) as progress:
        report, found = compare_recordings(
            original,
            output,
            wanted,
            _prints(store),
            listener=_reader(store, chosen) if chosen.listen else None,
            progress=progress,
        )
    if chosen.picture:
        with tempfile.TemporaryDirectory(dir=chosen.picture.parent) as folder:
            part = Path(folder) / chosen.picture.name
            draw(part, report, found, translate)
            part.replace(chosen.picture)
    _tell(report, places, as_json=chosen.json)
    handed_out = report.outcome in {Outcome.HIDDEN, Outcome.DOUBTFUL}
    return 0 if handed_out else _FAILED


def _prints(store: ModelStore) -> dict[str, VoicePrint]:
    from hattama.diarization.campplus import CampplusEmbedder  # noqa: PLC0415  imports torch
    from hattama.diarization.ge2e import Ge2eEmbedder  # noqa: PLC0415  likewise

    return {"campplus": CampplusEmbedder(store), "ge2e": Ge2eEmbedder(store)}


def _reader(store: ModelStore, options: CheckOptions) -> Reader:
    from hattama.engine.recognisers.whisper import WhisperRecogniser  # noqa: PLC0415  heavy

    folder = store.require(options.recogniser)
    return Reader(WhisperRecogniser.load(options.recogniser, folder), options.language)


def _logged(output: Path) -> list[Span]:
    """Spans of the log beside the output; none where there is no log."""
    path = output.with_name(output.stem + ".disguise.json")
    if not path.exists():
        return []
    try:
        content = plain_json.loads(path.read_text("utf-8"))
        spans = {FORMAT: content["spans"]}[content["format"]]
        return [Span(float(span["start"]), float(span["end"])) for span in spans]
    except (ValueError, KeyError, TypeError) as error:
        raise LogError(
            "{name} is no log of hattama disguise file; give --span, or move it away",
            name=path.name,
        ) from error


def _tell(report: CheckReport, places: Places, *, as_json: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if as_json:
        console.out(plain_json.dumps(as_values(report), ensure_ascii=False, indent=2))
        return
    console.print(translate(_SENTENCES[report.outcome]), markup=False, style="bold")
    if not report.understood:
        console.print(translate("Many words do not come through; listen before it is used."))
    console.print(_figures(report))
    if report.worst:
        console.print(
            translate("Listen first to: {places}.").format(
                places=", ".join(
                    f"{places.timecode(w.start)}-{places.timecode(w.end)} ({w.what})"
                    for w in report.worst
                )
            ),
            markup=False,
        )
    console.print(
        translate("Words, accent, rhythm and background were not looked at."), markup=False
    )


def _figures(report: CheckReport) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for head in ("What was looked for", "Found", "Limit"):
        table.add_column(translate(head))
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
    for one in report.similarities:
        table.add_row(
            translate("The voice print, {name} (the witness himself: {before:.2f})").format(
                name=one.name, before=one.before
            ),
            f"{one.after:.2f}",
            f"{one.stranger + 2.326 * one.spread:.2f}",
        )
        table.add_row(
            translate("The same after pitch and formants were turned back"),
            f"{one.turned_back:.2f}",
            f"{one.stranger + 3.2 * one.spread:.2f}",
        )
    if report.words_lost is not None:
        table.add_row(
            translate("Words that the recogniser loses, of {words}").format(words=report.words),
            f"{100 * report.words_lost:.0f} %",
            "40 %",
        )
    return table


def as_values(report: CheckReport) -> dict[str, object]:
    """The report as JSON values."""
    return {
        "outcome": report.outcome.value,
        "understood": report.understood,
        **asdict(report),
        "similarities": [
            {**asdict(one), "rank": round(one.rank, 4), "verdict": one.verdict.value}
            for one in report.similarities
        ],
    }
