"""The store: a folder a model, every file checked before anything loads it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from hattama.models.bundle import export_bundle, import_bundle
from hattama.models.catalog import Catalog, default_catalog
from hattama.models.errors import CorruptModelError, ModelMissingError
from hattama.models.hashing import HashMemory
from hattama.models.lock import exclusive
from hattama.models.loose import import_folder
from hattama.models.pins import Pins
from hattama.models.pull import Fetch, PullReport, check, usable
from hattama.models.sources.build import build_source
from hattama.models.sources.folder import FolderSource
from hattama.models.watch import Meter, Watch
from hattama.models.writing import need_room, scratch_in, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hattama.models.entry import Entry, ModelFile
    from hattama.models.sources.protocol import Source

PARTS = ".parts"
"""Folder of files not yet complete, so that a model's own folder holds checked files alone."""


OWN_CATALOG = "catalog.toml"
"""File in a store that adds models to the installed catalogue."""


class ModelStore:
    """Models in a folder, named by the catalogue.

    Parameters
    ----------
    root
        The folder; made when something is first pulled.
    catalog
        Which models there are; by default the installed catalogue and what the store's own
        `catalog.toml` adds to it.

    Raises
    ------
    CatalogError
        The store's own catalogue is wrong.
    """

    def __init__(self, root: Path, catalog: Catalog | None = None) -> None:
        self.root = root
        self.catalog = catalog or default_catalog().extended(root / OWN_CATALOG)
        self._memory = HashMemory(root / "hashes.json")
        self._pins = Pins(root / "pins.toml")

    @classmethod
    def default(cls) -> ModelStore:
        """The user's store: `HATTAMA_MODELS`, else the platform's folder for data."""
        given = os.environ.get("HATTAMA_MODELS")
        return cls(Path(given).expanduser() if given else user_data_path("hattama") / "models")

    def entries(self) -> tuple[Entry, ...]:
        """Every model of the catalogue, in its order."""
        return tuple(self.entry(name) for name in self.catalog)

    def entry(self, name: str) -> Entry:
        """Return a model's entry, hashes that were pinned here included; UnknownModelError."""
        return self._pins.apply(self.catalog[name])

    def path(self, name: str) -> Path:
        """Folder of a model, whether or not it is there."""
        return self.root / self.catalog[name].name

    def has(self, name: str) -> bool:
        """Tell whether every file of a model is here with the right bytes."""
        try:
            self.require(name)
        except (ModelMissingError, CorruptModelError):
            return False
        return True

    def lacking(self, entry: Entry) -> tuple[ModelFile, ...]:
        """Return the files of a model that are missing here, or wrong."""
        return tuple(file for file in entry.files if not self._good(entry, file))

    def require(self, name: str) -> Path:
        """Return the folder of a model whose every file is here with the right bytes.

        The first call hashes the files; later ones hash only what changed since.

        Raises
        ------
        UnknownModelError
            The catalogue has no such model.
        ModelMissingError
            A file is not here; the message says how to get it.
        CorruptModelError
            A file's bytes are wrong; the message names it, what was expected and what is there.
        """
        entry = self.entry(name)
        for file in entry.files:
            self._check(entry, file)
        return self.root / entry.name

    def verify(self, name: str, watch: Watch | None = None) -> Path:
        """Like `require`, but hash every file anew."""
        entry = self.entry(name)
        meter = Meter(watch or Watch(), entry.size)
        for file in entry.files:
            self._check(entry, file, meter)
            meter.finish(file.size or 0)
        return self.root / entry.name

    def pull(
        self,
        name: str,
        *,
        watch: Watch | None = None,
        folders: Sequence[Path] = (),
        sources: Sequence[Source] | None = None,
    ) -> PullReport:
        """Fetch what is missing or wrong of a model.

        Parameters
        ----------
        name
            Name of the model.
        watch
            Progress and cancellation.
        folders
            Folders to look into first, after those of `HATTAMA_MODELS_FROM`.
        sources
            In place of the catalogue's; for tests and own stores.

        Raises
        ------
        ModelsError
            One of its kinds: unknown, offline, gated, corrupt, not writable, busy, cancelled.
        """
        watch = watch or Watch()
        wanted = self.lacking(self.entry(name))
        if not wanted:
            return PullReport(name, ())
        tried = usable(self.entry(name), sources or self._sources(name, folders))
        with self.filling(watch) as scratch:
            return self._pull(self.entry(name), tried, scratch, watch)

    def export(self, bundle: Path, names: Sequence[str], watch: Watch | None = None) -> Path:
        """Write models into one file that `import_from` takes elsewhere.

        Parameters
        ----------
        bundle
            The file to write; it appears when it is complete.
        names
            Models; each must be here.
        watch
            Progress and cancellation.

        Raises
        ------
        ModelMissingError, CorruptModelError
            A model is not here, or wrong.
        StoreNotWritableError
            The file cannot be written.
        """
        return export_bundle(self, bundle, names, watch)

    def import_from(self, bundle: Path, watch: Watch | None = None) -> tuple[PullReport, ...]:
        """Bring models out of a bundle, or out of a folder of loose files.

        Nothing reaches its place before everything has been checked.

        Raises
        ------
        BundleError
            It is damaged, cut off, holds something else, or nothing known.
        CorruptModelError
            A file's bytes are wrong; the message names it.
        StoreNotWritableError
            The store cannot be written.
        """
        if bundle.is_dir():
            return import_folder(self, bundle, watch)
        return import_bundle(self, bundle, watch)

    @contextmanager
    def filling(self, watch: Watch) -> Iterator[Path]:
        """Hold the store's lock and a scratch folder inside it; disk errors become one line."""
        with written(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            with exclusive(self.root / ".lock", watch), scratch_in(self.root) as scratch:
                yield scratch

    def accept(self, entry: Entry, file: ModelFile, part: Path, sha256: str) -> bool:
        """Put a checked file in its place; return whether its hash was pinned by that.

        `part` lies in the store; it is made durable and renamed, so that no half file is seen.
        """
        target = self.root / entry.name / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(target)
        if file.sha256 is None or file.size is None:
            self._pins.add(entry.name, file.name, target.stat().st_size, sha256)
        return file.sha256 is None

    def _pull(
        self, entry: Entry, sources: Sequence[Source], scratch: Path, watch: Watch
    ) -> PullReport:
        wanted = self.lacking(entry)  # again: whoever held the lock before may have brought them
        total = sum(file.size or 0 for file in wanted)
        need_room(self.root, total)
        meter = Meter(watch, total)
        fetch = Fetch(entry, sources, scratch, meter)
        pinned = []
        for file in wanted:
            part = self.root / PARTS / entry.name / f"{file.name}.part"
            part.parent.mkdir(parents=True, exist_ok=True)
            sha256 = fetch.file(file, part)
            size = part.stat().st_size
            if self.accept(entry, file, part, sha256):
                pinned.append((file.name, sha256))
            meter.finish(size)
        return PullReport(entry.name, tuple(file.name for file in wanted), tuple(pinned))

    def _good(self, entry: Entry, file: ModelFile) -> bool:
        try:
            self._check(entry, file)
        except (ModelMissingError, CorruptModelError):
            return False
        return True

    def _check(self, entry: Entry, file: ModelFile, fresh: Meter | None = None) -> None:
        """Raise where a file is missing or wrong; with a meter it is hashed anew."""
        path = self.root / entry.name / file.name
        if file.sha256 is None or file.size is None or not path.is_file():
            raise ModelMissingError(
                "The model {model} is not in {folder}: run `hattama models pull {model}`, or bring "
                "it with `hattama models import`.",
                model=entry.name,
                folder=self.root,
            )
        size = path.stat().st_size
        sha256 = self._memory.sha256(path, fresh) if size == file.size else ""
        check(entry, file, size, sha256, str(self.root))

    def _sources(self, name: str, folders: Sequence[Path]) -> tuple[Source, ...]:
        given = os.environ.get("HATTAMA_MODELS_FROM", "")
        early = [Path(folder).expanduser() for folder in given.split(os.pathsep) if folder]
        return (
            *(FolderSource(folder) for folder in (*early, *folders)),
            *(build_source(spec) for spec in self.catalog[name].sources),
        )
