from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from hattama.models.errors import BundleError, CorruptModelError, ModelMissingError
from hattama.models.manifest import MANIFEST
from hattama.models.store import ModelStore
from hattama.models.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hattama.models.catalog import Catalog

Members = list[tuple[tarfile.TarInfo, bytes]]


@pytest.fixture
def bundle(filled: ModelStore, tmp_path: Path) -> Path:
    return filled.export(tmp_path / "tiny.tar", ["tiny"])


@pytest.fixture
def court(tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    """The store of a machine without a network."""
    monkeypatch.setenv("HATTAMA_OFFLINE", "1")
    return ModelStore(tmp_path / "court", catalog)


def rewrite(bundle: Path, change: Callable[[Members], Members]) -> None:
    with tarfile.open(bundle, "r:") as archive:
        members = [(m, archive.extractfile(m).read()) for m in archive]  # type: ignore[union-attr]  all are files
    with tarfile.open(bundle, "w") as archive:
        for member, data in change(members):
            member.size = 0 if member.issym() else len(data)
            archive.addfile(member, io.BytesIO(data))


def relist(members: Members, change: Callable[[dict[str, object]], object]) -> Members:
    table = json.loads(members[0][1])
    change(table)
    return [(members[0][0], json.dumps(table).encode()), *members[1:]]


def test_a_bundle_carries_a_model_to_an_offline_machine(
    bundle: Path, court: ModelStore, content: dict[str, bytes]
) -> None:
    reports = court.import_from(bundle)
    assert [report.entry for report in reports] == ["tiny"]
    assert {n: (court.require("tiny") / n).read_bytes() for n in content} == content


def test_equal_models_make_equal_bundles(filled: ModelStore, bundle: Path, tmp_path: Path) -> None:
    assert (
        filled.export(tmp_path / "again.tar", ["tiny", "tiny"]).read_bytes() == bundle.read_bytes()
    )


def test_a_bundle_is_an_ordinary_tar_with_its_list_first(bundle: Path) -> None:
    with tarfile.open(bundle) as archive:
        assert archive.getnames() == [MANIFEST, "tiny/model.bin", "tiny/sub/config.json"]


def test_a_model_that_is_not_here_is_not_exported(empty: ModelStore, tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        empty.export(tmp_path / "b.tar", ["tiny"])
    assert list(tmp_path.glob("b.tar*")) == []


def test_an_export_that_is_stopped_leaves_nothing_and_an_older_bundle_stays(
    filled: ModelStore, tmp_path: Path
) -> None:
    (tmp_path / "b.tar").write_bytes(b"older")

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filled.export(tmp_path / "b.tar", ["tiny"], Watch(stop))
    assert [path.name for path in tmp_path.glob("b.tar*")] == ["b.tar"]
    assert (tmp_path / "b.tar").read_bytes() == b"older"


@pytest.mark.parametrize("keep", [0, 100, 511, 512, 2000, 700_000, 1_282_500])
def test_a_bundle_cut_off_anywhere_is_refused(bundle: Path, court: ModelStore, keep: int) -> None:
    bundle.write_bytes(bundle.read_bytes()[:keep])
    with pytest.raises((BundleError, CorruptModelError), match=r"tiny\.tar"):
        court.import_from(bundle)
    assert not court.path("tiny").exists()


def test_a_wrong_byte_in_a_bundle_is_refused_and_named(bundle: Path, court: ModelStore) -> None:
    data = bytearray(bundle.read_bytes())
    data[600_000] ^= 1
    bundle.write_bytes(data)
    with pytest.raises(CorruptModelError, match=r"tiny/model\.bin in .* has SHA-256"):
        court.import_from(bundle)
    assert not court.path("tiny").exists()
    assert not list(court.root.glob(".fetch-*"))


def test_a_wrong_last_file_keeps_the_first_out_as_well(bundle: Path, court: ModelStore) -> None:
    rewrite(bundle, lambda members: [*members[:2], (members[2][0], b'{"layers": 3}')])
    with pytest.raises(CorruptModelError, match=r"sub/config\.json"):
        court.import_from(bundle)
    assert not court.path("tiny").exists()


def test_a_forged_list_does_not_help_against_the_catalogue(
    bundle: Path, court: ModelStore, entries: type
) -> None:
    forged = b'{"layers": 3}'

    def forge(members: Members) -> Members:
        def change(table: dict[str, object]) -> None:
            table["models"]["tiny"]["files"][1]["sha256"] = entries.sha(forged)  # type: ignore[index]  JSON

        return [*relist(members, change)[:2], (members[2][0], forged)]

    rewrite(bundle, forge)
    with pytest.raises(CorruptModelError, match=r"sub/config\.json of tiny from"):
        court.import_from(bundle)


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "tiny/../../evil", "tiny\\evil", "C:evil"]
)
def test_a_path_out_of_the_store_is_refused(
    bundle: Path, court: ModelStore, name: str, tmp_path: Path
) -> None:
    def change(table: dict[str, object]) -> None:
        table["models"]["tiny"]["files"][0]["name"] = name  # type: ignore[index]  JSON

    rewrite(bundle, lambda members: relist(members, change))
    with pytest.raises(BundleError, match="would leave the store"):
        court.import_from(bundle)
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "tiny/extra.bin"])  # noqa: S108  a forged name
def test_a_member_that_is_not_listed_is_refused(bundle: Path, court: ModelStore, name: str) -> None:
    rewrite(bundle, lambda members: [*members, (tarfile.TarInfo(name), b"x")])
    with pytest.raises(BundleError, match="not what its list of contents says"):
        court.import_from(bundle)


def test_a_link_in_place_of_a_file_is_refused(bundle: Path, court: ModelStore) -> None:
    link = tarfile.TarInfo("tiny/model.bin")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    rewrite(bundle, lambda members: [members[0], (link, b""), members[2]])
    with pytest.raises(BundleError, match="not what its list of contents says"):
        court.import_from(bundle)


def test_a_missing_member_is_refused(bundle: Path, court: ModelStore) -> None:
    rewrite(bundle, lambda members: members[:2])
    with pytest.raises(BundleError, match="missing or there twice"):
        court.import_from(bundle)


def test_a_member_that_comes_twice_is_refused(bundle: Path, court: ModelStore) -> None:
    rewrite(bundle, lambda members: [*members, members[1]])
    with pytest.raises(BundleError, match="missing or there twice"):
        court.import_from(bundle)


def test_a_bundle_of_another_version_says_so(bundle: Path, court: ModelStore) -> None:
    rewrite(bundle, lambda members: relist(members, lambda table: table.update(version=2)))
    with pytest.raises(BundleError, match="another version of the program"):
        court.import_from(bundle)


def test_a_model_that_the_catalogue_does_not_know_is_refused(
    bundle: Path, court: ModelStore
) -> None:
    rewrite(
        bundle,
        lambda members: [
            *relist(members, lambda t: t["models"].update(new=t["models"].pop("tiny")))[:1],  # type: ignore[attr-defined]  JSON
            *[(_renamed(member), data) for member, data in members[1:]],
        ],
    )
    with pytest.raises(BundleError, match="does not know new/model"):
        court.import_from(bundle)


def _renamed(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.name = member.name.replace("tiny/", "new/")
    return member


@pytest.mark.parametrize("content", [b"", b"no tar at all" * 100, b"PK\x03\x04" + b"\0" * 600])
def test_another_file_is_no_bundle(court: ModelStore, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(BundleError):
        court.import_from(tmp_path / "x")


def test_a_tar_of_something_else_is_no_bundle(court: ModelStore, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("readme"), io.BytesIO())
    with pytest.raises(BundleError, match="no bundle of"):
        court.import_from(tmp_path / "x.tar")


@pytest.mark.parametrize("manifest", [b"{", b"[]", b'{"format": "hattama-bundle"}', b"\xff"])
def test_a_list_that_cannot_be_read_is_refused(
    bundle: Path, court: ModelStore, manifest: bytes
) -> None:
    rewrite(bundle, lambda members: [(members[0][0], manifest), *members[1:]])
    with pytest.raises(BundleError, match="list of contents cannot be read"):
        court.import_from(bundle)


def test_a_bundle_that_is_not_there_is_one_line(court: ModelStore, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="There is no file"):
        court.import_from(tmp_path / "none.tar")


def test_hashes_pinned_here_travel_with_the_bundle(
    filled: ModelStore, unpinned: Catalog, tmp_path: Path, content: dict[str, bytes], entries: type
) -> None:
    bundle = filled.export(tmp_path / "tiny.tar", ["tiny"])
    store = ModelStore(tmp_path / "court", unpinned)
    (report,) = store.import_from(bundle)
    assert dict(report.pinned) == {name: entries.sha(data) for name, data in content.items()}
    assert store.has("tiny")
