"""A bar on the terminal for work that tells its share."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from hattama.engine.cli.language import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def share_bar(text: str, *, quiet: bool = False) -> Iterator[Callable[[float], None] | None]:
    """Show a bar on stderr while the block runs, and give the function that moves it.

    Parameters
    ----------
    text
        English name of the work.
    quiet
        Show nothing.
    """
    if quiet:
        yield None
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task(translate(text), total=1.0)
        yield lambda share: bar.update(task, completed=share)
