from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hattama.models.errors import BundleError, CorruptModelError
from hattama.models.sources.folder import FolderSource
from hattama.models.store import ModelStore

if TYPE_CHECKING:
    from pathlib import Path

    from hattama.models.catalog import Catalog


def put(folder: Path, content: dict[str, bytes]) -> None:
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def test_loose_files_are_matched_by_name_and_hash(
    empty: ModelStore, stick: Path, content: dict[str, bytes]
) -> None:
    put(stick, {"model.bin": content["model.bin"], "config.json": content["sub/config.json"]})
    assert [report.entry for report in empty.import_from(stick)] == ["tiny"]
    assert (empty.require("tiny") / "sub/config.json").read_bytes() == content["sub/config.json"]


def test_two_models_with_a_file_of_one_name_are_told_apart(
    empty: ModelStore, stick: Path, content: dict[str, bytes]
) -> None:
    put(stick / "a", {"model.bin": content["model.bin"], "config.json": content["sub/config.json"]})
    put(stick / "b", {"model.bin": b"other weights", "extra.txt": b"x"})
    assert {report.entry for report in empty.import_from(stick)} == {"tiny", "other"}
    assert (empty.require("other") / "model.bin").read_bytes() == b"other weights"


def test_another_store_is_a_folder_to_import(
    filled: ModelStore, catalog: Catalog, tmp_path: Path
) -> None:
    fresh = ModelStore(tmp_path / "fresh", catalog)
    fresh.import_from(filled.root)
    assert fresh.has("tiny")


def test_an_incomplete_model_is_left_alone_and_told(
    empty: ModelStore, stick: Path, content: dict[str, bytes]
) -> None:
    put(stick, {"model.bin": content["model.bin"]})
    with pytest.raises(BundleError, match=r"holds model\.bin of tiny but not sub/config\.json"):
        empty.import_from(stick)
    assert not empty.path("tiny").exists()


def test_a_loose_file_with_a_wrong_byte_is_not_taken(
    empty: ModelStore, stick: Path, content: dict[str, bytes]
) -> None:
    wrong = b"\xff" + content["model.bin"][1:]
    put(stick, {"model.bin": wrong, "config.json": content["sub/config.json"]})
    with pytest.raises(BundleError, match="no complete model"):
        empty.import_from(stick)


def test_a_wrong_byte_under_the_models_own_name_is_told(
    empty: ModelStore, stick: Path, content: dict[str, bytes]
) -> None:
    put(stick / "tiny", {**content, "model.bin": b"\xff" + content["model.bin"][1:]})
    with pytest.raises(CorruptModelError, match=r"model\.bin of tiny"):
        empty.import_from(stick)
    assert not empty.path("tiny").exists()


def test_a_folder_without_models_is_one_line(empty: ModelStore, stick: Path) -> None:
    with pytest.raises(BundleError, match="matched by name and SHA-256"):
        empty.import_from(stick)
    assert not empty.root.exists()


def test_files_that_the_store_has_need_not_be_in_the_folder(
    filled: ModelStore, stick: Path, content: dict[str, bytes]
) -> None:
    (filled.path("tiny") / "sub/config.json").unlink()
    put(stick, {"config.json": content["sub/config.json"]})
    (report,) = filled.import_from(stick)
    assert report.fetched == ("sub/config.json",)
    assert filled.has("tiny")


def test_a_pull_looks_into_given_folders_first(
    empty: ModelStore, stick: Path, content: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HATTAMA_OFFLINE", "1")
    put(stick, {"model.bin": content["model.bin"], "config.json": content["sub/config.json"]})
    empty.pull("tiny", folders=[stick])
    assert empty.has("tiny")


def test_the_folder_is_only_read(stick: Path, catalog: Catalog, content: dict[str, bytes]) -> None:
    put(stick / "tiny", content)
    before = sorted((path, path.stat().st_mtime_ns) for path in stick.rglob("*"))
    entry = catalog["tiny"]
    assert FolderSource(stick).find(entry, entry.files[0]) == stick / "tiny" / "model.bin"
    assert sorted((path, path.stat().st_mtime_ns) for path in stick.rglob("*")) == before
