"""One file that carries models to a court without a network.

A bundle is an uncompressed tar: first the list of contents with sizes and SHA-256, then the files
as `<model>/<file>`. It is checked against its own list and against the catalogue, and nothing
reaches its place in the store before all of it has been checked.
"""

from __future__ import annotations

import io
import tarfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from hattama.models.entry import Entry, ModelFile
from hattama.models.errors import BundleError, CorruptModelError
from hattama.models.hashing import HashedReader, copy_hashed
from hattama.models.manifest import (
    LARGEST,
    MANIFEST,
    BundledFile,
    read_manifest,
    write_manifest,
)
from hattama.models.pull import PullReport, check
from hattama.models.watch import Meter, Watch
from hattama.models.writing import need_room, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hattama.models.store import ModelStore

Staged = tuple[Entry, ModelFile, Path, str]
"""A checked file on its way: model, file, where it lies in the scratch folder, SHA-256."""


def export_bundle(
    store: ModelStore, bundle: Path, names: Sequence[str], watch: Watch | None = None
) -> Path:
    """Write the models called `names` into the file `bundle`; see `ModelStore.export`."""
    entries = [store.entry(name) for name in dict.fromkeys(names)]
    folders = [store.require(entry.name) for entry in entries]
    meter = Meter(watch or Watch(), sum(entry.size for entry in entries))
    part = bundle.with_name(f"{bundle.name}.part")
    with written(bundle.parent):
        need_room(bundle.parent, sum(entry.size for entry in entries))
        try:
            with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as archive:
                manifest = write_manifest(entries)
                archive.addfile(_member(MANIFEST, len(manifest)), io.BytesIO(manifest))
                for entry, folder in zip(entries, folders, strict=True):
                    _add(archive, entry, folder, meter)
            part.replace(bundle)
        finally:
            part.unlink(missing_ok=True)
    return bundle


def import_bundle(
    store: ModelStore, bundle: Path, watch: Watch | None = None
) -> tuple[PullReport, ...]:
    """Bring the models of a bundle into the store; see `ModelStore.import_from`."""
    watch = watch or Watch()
    with _opened(bundle) as archive:
        listed = _contents(archive, bundle)
        total = sum(file.size for file, _ in listed)
        with store.filling(watch) as scratch:
            need_room(store.root, total)
            meter = Meter(watch, total)
            staged = [
                _stage(store, archive, file, member, bundle, scratch, meter)
                for file, member in listed
            ]
            return accept_all(store, staged)


def accept_all(store: ModelStore, staged: Iterable[Staged]) -> tuple[PullReport, ...]:
    """Move checked files to their places; return one report a model."""
    files: dict[str, list[str]] = {}
    pinned: dict[str, list[tuple[str, str]]] = {}
    for entry, file, path, sha256 in staged:
        files.setdefault(entry.name, []).append(file.name)
        if store.accept(entry, file, path, sha256):
            pinned.setdefault(entry.name, []).append((file.name, sha256))
    return tuple(
        PullReport(name, tuple(found), tuple(pinned.get(name, ()))) for name, found in files.items()
    )


def _add(archive: tarfile.TarFile, entry: Entry, folder: Path, meter: Meter) -> None:
    for file in entry.files:
        path = folder / file.name
        size = path.stat().st_size
        with path.open("rb") as stream:
            hashed = HashedReader(stream, meter)
            archive.addfile(_member(f"{entry.name}/{file.name}", size), hashed)
        check(entry, file, size, hashed.sha256, str(folder))
        meter.finish(size)


def _member(name: str, size: int) -> tarfile.TarInfo:
    """A member without user, group or time, so that equal models make equal bundles."""
    member = tarfile.TarInfo(name)
    member.size = size
    return member


@contextmanager
def _opened(bundle: Path) -> Iterator[tarfile.TarFile]:
    """Open a bundle; whatever is wrong with the archive becomes BundleError."""
    try:
        with tarfile.open(bundle, "r:") as archive:
            yield archive
    except tarfile.TarError as error:
        raise BundleError(
            "{bundle} was not imported: it is cut off or damaged ({reason}). Copy it again.",
            bundle=bundle,
            reason=error,
        ) from error
    except FileNotFoundError as error:
        raise BundleError("There is no file {bundle}.", bundle=bundle) from error


def _contents(archive: tarfile.TarFile, bundle: Path) -> list[tuple[BundledFile, tarfile.TarInfo]]:
    """Match the list of contents with the members; anything more or less is refused."""
    first = archive.next()
    stream = archive.extractfile(first) if first and first.isreg() else None
    if first is None or stream is None or first.name != MANIFEST or first.size > LARGEST:
        raise BundleError(
            "{bundle} was not imported: it is no bundle of `hattama models export`.", bundle=bundle
        )
    listed = {file.member: file for file in read_manifest(stream.read(), bundle)}
    members = archive.getmembers()[1:]
    for member in members:
        expected = listed.get(member.name)
        if expected is None or not member.isreg() or member.size != expected.size:
            raise BundleError(
                "{bundle} was not imported: {file} is not what its list of contents says. Do not "
                "use it.",
                bundle=bundle,
                file=ascii(member.name),
            )
    if sorted(member.name for member in members) != sorted(listed):
        raise BundleError(
            "{bundle} was not imported: files of its list of contents are missing or there twice. "
            "Copy it again.",
            bundle=bundle,
        )
    return [(listed[member.name], member) for member in members]


def _stage(  # noqa: PLR0917  one call, in this module
    store: ModelStore,
    archive: tarfile.TarFile,
    listed: BundledFile,
    member: tarfile.TarInfo,
    bundle: Path,
    scratch: Path,
    meter: Meter,
) -> Staged:
    entry, file = _known(store, listed, bundle)
    path = scratch / entry.name / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    with cast("IO[bytes]", archive.extractfile(member)) as stream, path.open("wb") as target:
        size, sha256 = copy_hashed(stream, target, meter)
    if (size, sha256) != (listed.size, listed.sha256):
        raise CorruptModelError(
            "{file} in {bundle} has SHA-256 {got}, its list of contents says {expected}: refused, "
            "nothing was imported.",
            file=listed.member,
            bundle=bundle,
            got=sha256,
            expected=listed.sha256,
        )
    check(entry, file, size, sha256, str(bundle))
    meter.finish(size)
    return entry, file, path, sha256


def _known(store: ModelStore, listed: BundledFile, bundle: Path) -> tuple[Entry, ModelFile]:
    try:
        entry = store.entry(listed.entry)
        return entry, entry.file(listed.name)
    except KeyError:
        raise BundleError(
            "{bundle} was not imported: the catalogue does not know {file}. Update the program, or "
            "make the bundle again with the version that is here.",
            bundle=bundle,
            file=listed.member,
        ) from None
