"""The progress of a run on the terminal: stage, share, time left, speed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from hattama.engine.cli.language import translate
from hattama.engine.progress import Progress, Report, Stage, silent

STAGE_NAMES: dict[Stage, str] = {
    Stage.SOUND: "Reading the sound",
    Stage.SPEECH: "Finding speech",
    Stage.SPEAKERS: "Telling speakers apart",
    Stage.LANGUAGES: "Telling languages apart",
    Stage.WORDS: "Recognising words",
}
"""What each stage is called; translated where it is shown."""

_PER_S = 10
"""Updates of the terminal a second."""


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator[Report]:
    """Show a bar on stderr while the block runs, and give the function to report to.

    Parameters
    ----------
    quiet
        Show nothing.
    """
    if quiet:
        yield silent
        return
    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[speed]}"),
        console=Console(stderr=True),
        refresh_per_second=_PER_S,
    )
    with bar:
        yield _reporter(bar)


def _reporter(bar: Bar) -> Report:
    task = bar.add_task(translate(STAGE_NAMES[Stage.SOUND]), total=1.0, speed="")
    began = time.monotonic()

    def report(progress: Progress) -> None:
        elapsed = max(time.monotonic() - began, 1e-3)
        speed = progress.audio_s * progress.overall / elapsed
        bar.update(
            task,
            completed=progress.overall,
            description=translate(STAGE_NAMES[progress.stage]),
            speed=f"{speed:.1f}×" if progress.audio_s else "",
        )

    return report
