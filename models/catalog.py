"""The catalogue of models, read from TOML and checked field by field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any, get_args

from hattama.models.entry import (
    Entry,
    FolderSpec,
    HubSpec,
    ModelFile,
    PackageIndexSpec,
    SourceSpec,
    Task,
    WheelPart,
)
from hattama.models.errors import CatalogError, UnknownModelError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
_PINNED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.]+")
_FIELDS = {"task", "architecture", "licence", "languages", "revision", "description", "main"}


class Catalog(Mapping[str, Entry]):
    """Entries by name, in the order of the file.

    Parameters
    ----------
    entries
        The entries; names must differ.
    """

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self._entries = {entry.name: entry for entry in entries}

    def __getitem__(self, name: str) -> Entry:
        try:
            return self._entries[name]
        except KeyError:
            raise UnknownModelError(
                "There is no model {name}; the catalogue has: {known}.",
                name=name,
                known=", ".join(self._entries),
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    @classmethod
    def parse(cls, text: str) -> Catalog:
        """Read a catalogue from TOML text.

        Raises
        ------
        CatalogError
            The text is no TOML, or an entry breaks a rule; the message names both.
        """
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise CatalogError("The catalogue is not valid TOML: {reason}.", reason=error) from None
        return cls(tuple(_entry(name, fields) for name, fields in table.items()))

    @classmethod
    def read(cls, path: Path) -> Catalog:
        """Read a catalogue from a file.

        Raises
        ------
        CatalogError
            As `parse`, or the file cannot be read.
        """
        try:
            return cls.parse(path.read_text("utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise CatalogError(
                "The catalogue {path} cannot be read ({reason}); it is TOML in UTF-8.",
                path=path,
                reason=getattr(error, "strerror", None) or error,
            ) from error

    def extended(self, path: Path) -> Catalog:
        """Add the entries of a file, if it is there, to this catalogue; none replaces another.

        Raises
        ------
        CatalogError
            As `read`, or the file names a model that this catalogue has.
        """
        if not path.exists():
            return self
        added = Catalog.read(path)
        for name in added:
            _check(name not in self, name, f"{path} may add models but not replace this one")
        return Catalog((*self.values(), *added.values()))


@cache
def default_catalog() -> Catalog:
    """Return the catalogue that is installed with the program."""
    return Catalog.parse((files("hattama.models") / "catalog.toml").read_text("utf-8"))


def safe_name(name: str) -> bool:
    """Tell whether `name` is a relative path that stays inside its folder on every system."""
    path = PurePosixPath(name)
    odd = any(character in name for character in "\\:\0")
    plain = bool(path.parts) and str(path) == name and not path.is_absolute()
    return plain and not odd and ".." not in path.parts


def _entry(name: str, fields: Any) -> Entry:
    _check(bool(_NAME.fullmatch(name)), name, "its name may hold a-z, 0-9, dot and hyphen")
    _check(isinstance(fields, dict), name, "it is not a table")
    unknown = set(fields) - _FIELDS - {"files", "sources", "rank", "word_errors"}
    _check(not unknown, name, f"unknown fields {sorted(unknown)}")
    missing = (_FIELDS | {"files", "sources"}) - set(fields)
    _check(not missing, name, f"missing fields {sorted(missing)}")
    _check(fields["task"] in get_args(Task), name, f"task is one of {get_args(Task)}")
    entry = Entry(
        name=name,
        **{key: fields[key] for key in _FIELDS - {"languages"}},
        languages=tuple(fields["languages"]),
        files=tuple(_file(name, file) for file in fields["files"]),
        sources=tuple(_source(name, source) for source in fields["sources"]),
        rank=dict(fields.get("rank", {})),
        word_errors=dict(fields.get("word_errors", {})),
    )
    names = [file.name for file in entry.files]
    _check(len(set(names)) == len(names), name, "a file is listed twice")
    _check(entry.main in names, name, f"main {entry.main} is not among its files")
    _check(bool(entry.rank) == (entry.task == "recognition"), name, "recognisers alone have a rank")
    for source in entry.sources:
        if isinstance(source, PackageIndexSpec):
            _check(set(source.files) == set(names), name, "the package index must give every file")
    return entry


def _file(name: str, fields: Mapping[str, Any]) -> ModelFile:
    _check(
        set(fields) <= {"name", "size", "sha256"} and "name" in fields,
        name,
        "a file has name, size and sha256",
    )
    file = ModelFile(fields["name"], fields.get("size"), fields.get("sha256"))
    _check(safe_name(file.name), name, f"{file.name!r} does not stay inside its folder")
    _check(file.size is None or file.size > 0, name, f"size of {file.name} is not positive")
    good = file.sha256 is None or bool(_SHA256.fullmatch(file.sha256))
    _check(good, name, f"sha256 of {file.name} is not 64 lower-case hexadecimal digits")
    return file


def _source(name: str, fields: Mapping[str, Any]) -> SourceSpec:
    given = dict(fields)
    kind = given.pop("kind", None)
    try:
        if kind == "folder":
            return FolderSpec(**given)
        if kind == "hub":
            return HubSpec(**given)
        if kind == "package-index":
            return PackageIndexSpec(
                {
                    file: tuple(_part(name, part) for part in parts)
                    for file, parts in given.pop("files").items()
                },
                **given,
            )
    except (TypeError, KeyError, AttributeError) as error:
        raise CatalogError(
            "The catalogue entry {name} is wrong: {reason}.", name=name, reason=error
        ) from None
    raise CatalogError(
        "The catalogue entry {name} is wrong: {reason}.",
        name=name,
        reason=f"source kind {kind!r} is not folder, package-index or hub",
    )


def _part(name: str, fields: Mapping[str, str]) -> WheelPart:
    part = WheelPart(**fields)
    pinned = bool(_PINNED.fullmatch(part.requirement))
    _check(pinned, name, f"{part.requirement!r} is not pinned as name==version")
    return part


def _check(good: bool, name: str, reason: str) -> None:  # noqa: FBT001  the condition is the subject
    if not good:
        raise CatalogError(
            "The catalogue entry {name} is wrong: {reason}.", name=name, reason=reason
        )
