"""Models out of a folder of loose files: what a browser downloaded, a stick, another store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hattama.models.bundle import Staged, accept_all
from hattama.models.errors import BundleError
from hattama.models.pull import Fetch, PullReport
from hattama.models.sources.folder import FolderSource
from hattama.models.watch import Meter, Watch
from hattama.models.writing import need_room

if TYPE_CHECKING:
    from pathlib import Path

    from hattama.models.entry import Entry, ModelFile
    from hattama.models.store import ModelStore


def import_folder(
    store: ModelStore, folder: Path, watch: Watch | None = None
) -> tuple[PullReport, ...]:
    """Bring every model that a folder holds completely; see `ModelStore.import_from`.

    Files are matched by name and SHA-256. A model counts as complete where each file is in the
    folder or already in the store; files of incomplete ones are left alone.
    """
    watch = watch or Watch()
    source = FolderSource(folder)
    found = {entry.name: _found(store, source, entry) for entry in store.entries()}
    complete = [
        (entry, file)
        for entry in store.entries()
        for file in found[entry.name]
        if _complete(store, entry, found[entry.name])
    ]
    if not complete:
        raise _nothing(store, folder, found)
    with store.filling(watch) as scratch:
        total = sum(file.size or 0 for _, file in complete)
        need_room(store.root, total)
        meter = Meter(watch, total)
        return accept_all(
            store, [_stage(source, entry, file, scratch, meter) for entry, file in complete]
        )


def _found(store: ModelStore, source: FolderSource, entry: Entry) -> tuple[ModelFile, ...]:
    """Files of the model that the store lacks and the folder has."""
    return tuple(file for file in store.lacking(entry) if source.find(entry, file))


def _complete(store: ModelStore, entry: Entry, found: tuple[ModelFile, ...]) -> bool:
    return set(found) == set(store.lacking(entry))


def _stage(
    source: FolderSource, entry: Entry, file: ModelFile, scratch: Path, meter: Meter
) -> Staged:
    path = scratch / entry.name / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    sha256 = Fetch(entry, (source,), scratch, meter).file(file, path)
    meter.finish(path.stat().st_size)
    return entry, file, path, sha256


def _nothing(
    store: ModelStore, folder: Path, found: dict[str, tuple[ModelFile, ...]]
) -> BundleError:
    """Say which model is nearest to complete, or that there is none."""
    for entry in store.entries():
        names = {file.name for file in found[entry.name]}
        lacking = [file.name for file in store.lacking(entry) if file.name not in names]
        if entry.main in names:
            return BundleError(
                "{folder} holds {main} of {model} but not {lacking}: put it there and try again.",
                folder=folder,
                main=entry.main,
                model=entry.name,
                lacking=", ".join(lacking),
            )
    return BundleError(
        "{folder} holds no complete model that the store lacks; files are matched by name and "
        "SHA-256.",
        folder=folder,
    )
