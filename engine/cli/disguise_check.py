"""`hattama disguise check`: say whether a disguised recording gives the voice away."""

from __future__ import annotations

import json as plain_json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from hattama.disguise.check import CheckReport
from hattama.disguise.check import check as compare_recordings
from hattama.disguise.sidecar import beside, read_spans
from hattama.disguise.spans import Span
from hattama.engine.cli.disguise_bar import share_bar
from hattama.engine.cli.disguise_places import Places
from hattama.engine.cli.disguise_verdict import (
    CheckOptions,
    draw_picture,
    reader,
    tell_verdict,
    voice_prints,
)
from hattama.engine.cli.language import translate
from hattama.models.store import ModelStore

_FAILED = 1


def check(
    original: Path,
    output: Path,
    *,
    spans: Annotated[tuple[str, ...], Parameter(name="--span", negative=())] = (),
    options: Annotated[CheckOptions | None, Parameter(name="*")] = None,
    json: Annotated[bool, Parameter(negative=())] = False,
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
    json
        Print JSON.
    quiet
        Show no progress.
    """
    chosen = options or CheckOptions()
    places = Places.of(original)
    wanted = [places.read(text) for text in spans] or _logged(output) or [places.extent]
    store = ModelStore.default()
    with share_bar("Checking", quiet=quiet or json) as progress:
        report, found = compare_recordings(
            original,
            output,
            wanted,
            voice_prints(store),
            listener=reader(store, chosen),
            progress=progress,
        )
    if chosen.picture:
        draw_picture(chosen.picture, report, found)
    console = Console(highlight=False, soft_wrap=True)
    if json:
        console.out(plain_json.dumps(as_values(report), ensure_ascii=False, indent=2))
    else:
        tell_verdict(console, report, places)
        console.print(
            translate("Words, accent, rhythm and background were not looked at."), markup=False
        )
    return _FAILED if report.recognised else 0


def _logged(output: Path) -> list[Span]:
    """Spans of the log beside the output; none where there is no log."""
    path = beside(output)
    if not path.exists():
        return []
    return list(read_spans(path))


def as_values(report: CheckReport) -> dict[str, object]:
    """The report as JSON values."""
    return {
        "outcome": report.outcome.value,
        "understood": report.understood,
        "elsewhere": [asdict(span) for span in report.elsewhere],
        **asdict(report),
        "similarities": [
            {**asdict(one), "rank": round(one.rank, 4), "verdict": one.verdict.value}
            for one in report.similarities
        ],
    }
