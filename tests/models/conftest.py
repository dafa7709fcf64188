"""A catalogue of two small models whose bytes the tests make themselves."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from hattama.models.catalog import Catalog
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from pathlib import Path

WEIGHTS = bytes(range(256)) * 5000
CONFIG = b'{"layers": 2}'
CONTENT = {"model.bin": WEIGHTS, "sub/config.json": CONFIG}


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def entry(
    name: str,
    content: dict[str, bytes],
    sources: list[dict[str, object]],
    *,
    hashes: bool = True,
    **fields: object,
) -> str:
    """TOML of one entry; JSON values are TOML values here."""
    files = ", ".join(
        f'{{ name = "{file}", size = {len(data)}, sha256 = "{sha(data)}" }}'
        if hashes
        else f'{{ name = "{file}" }}'
        for file, data in content.items()
    )
    given = {
        "task": "embedding",
        "architecture": "test",
        "licence": "MIT",
        "languages": ["any"],
        "revision": "1",
        "description": "for tests",
        "main": next(iter(content)),
        **fields,
    }
    lines = [f"[{name}]", f"files = [{files}]", f"sources = [{', '.join(map(_inline, sources))}]"]
    return "\n".join(lines + [f"{key} = {_inline(value)}" for key, value in given.items()]) + "\n"


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_inline(item)}' for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value)


@pytest.fixture
def content() -> dict[str, bytes]:
    return dict(CONTENT)


@pytest.fixture
def catalog() -> Catalog:
    hub = {"kind": "hub", "repository": "court/tiny", "revision": "abc"}
    other = {"model.bin": b"other weights", "extra.txt": b"x"}
    return Catalog.parse(entry("tiny", CONTENT, [hub]) + entry("other", other, [hub]))


@pytest.fixture
def unpinned() -> Catalog:
    hub = {"kind": "hub", "repository": "court/tiny", "revision": "abc"}
    return Catalog.parse(entry("tiny", CONTENT, [hub], hashes=False))


@pytest.fixture
def empty(tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    """An empty store of the small catalogue, away from the user's environment."""
    for name in (
        "HATTAMA_OFFLINE",
        "HATTAMA_MODELS",
        "HATTAMA_MODELS_FROM",
        "HF_TOKEN",
        "HF_ENDPOINT",
    ):
        monkeypatch.delenv(name, raising=False)
    return ModelStore(tmp_path / "store", catalog)


@pytest.fixture
def filled(empty: ModelStore) -> ModelStore:
    """The same store with `tiny` in it."""
    for name, data in CONTENT.items():
        path = empty.path("tiny") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return empty


class Entries:
    """Makes entries; given as a fixture because tests are no package."""

    toml = staticmethod(entry)
    sha = staticmethod(sha)


@pytest.fixture
def entries() -> type[Entries]:
    return Entries
