"""`hattama review`: open the clerk's desk on a record."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from hattama.engine.cli.language import translate
from hattama.engine.review.desk import open_desk
from hattama.engine.review.options import ReviewOptions


def review(
    record: Path,
    /,
    *,
    options: Annotated[ReviewOptions | None, Parameter(name="*")] = None,
) -> None:
    """Open a record at the desk: watch, correct, sign and export it in the browser.

    Parameters
    ----------
    record
        The JSON that transcribe wrote.
    options
        How to open it.
    """
    chosen = options or ReviewOptions()
    console = Console(highlight=False, soft_wrap=True)
    with open_desk(record, chosen) as desk:
        if not desk.room.record.writable and not chosen.look:
            holder = desk.room.record.holder or "?"
            text = translate("{holder} edits this record; this desk may look only.")
            console.print(text.format(holder=holder), markup=False)
        if desk.room.sound is None:
            text = translate("The recording is not beside the record; give it with --media.")
            console.print(text, markup=False)
        address = desk.address
        text = translate("The desk is open at {address} (once; Ctrl+C closes it).")
        console.print(text.format(address=address), markup=False)
        if chosen.browser:
            webbrowser.open(address)
        desk.serve()
