from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hattama.models import pull as pull_module
from hattama.models.catalog import Catalog
from hattama.models.errors import (
    CorruptModelError,
    ModelMissingError,
    OfflineError,
    PullCancelledError,
    SourceError,
    StoreNotWritableError,
    UnknownModelError,
)
from hattama.models.sources.fake import FakeSource
from hattama.models.store import ModelStore
from hattama.models.watch import Meter, Watch

if TYPE_CHECKING:
    from hattama.models.entry import Entry, ModelFile

Content = dict[str, bytes]


def test_a_pulled_model_is_found_under_its_catalogue_names(
    empty: ModelStore, content: Content
) -> None:
    report = empty.pull("tiny", sources=[FakeSource(content)])
    folder = empty.require("tiny")
    assert {name: (folder / name).read_bytes() for name in content} == content
    assert report.fetched == tuple(content)
    assert not report.pinned


def test_a_pull_leaves_nothing_but_the_model_in_its_folder(
    empty: ModelStore, content: Content
) -> None:
    empty.pull("tiny", sources=[FakeSource(content)])
    files = {
        p.relative_to(empty.path("tiny")).as_posix()
        for p in empty.path("tiny").rglob("*")
        if p.is_file()
    }
    assert files == set(content)
    assert not list(empty.root.glob(".fetch-*"))
    assert not list(empty.root.rglob("*.part"))


def test_a_missing_model_says_how_to_get_it(empty: ModelStore) -> None:
    assert not empty.has("tiny")
    with pytest.raises(ModelMissingError, match="hattama models pull tiny") as caught:
        empty.require("tiny")
    assert caught.value.exit_code == 2


def test_looking_does_not_make_the_store(empty: ModelStore) -> None:
    empty.has("tiny")
    assert not empty.root.exists()


def test_an_unknown_model_is_no_missing_one(empty: ModelStore) -> None:
    with pytest.raises(UnknownModelError):
        empty.has("nothing")


def test_one_wrong_byte_is_named(filled: ModelStore, content: Content, entries: type) -> None:
    filled.require("tiny")
    path = filled.path("tiny") / "model.bin"
    data = bytearray(content["model.bin"])
    data[1000] ^= 1
    path.write_bytes(data)
    with pytest.raises(CorruptModelError) as caught:
        filled.require("tiny")
    for part in ("model.bin", entries.sha(content["model.bin"]), entries.sha(bytes(data))):
        assert part in str(caught.value)
    assert not filled.has("tiny")


def test_a_file_cut_short_is_refused_by_its_size(filled: ModelStore, content: Content) -> None:
    (filled.path("tiny") / "model.bin").write_bytes(content["model.bin"][:-1])
    with pytest.raises(CorruptModelError, match="has 1279999 bytes, expected 1280000"):
        filled.require("tiny")


def test_a_file_is_hashed_once_while_it_does_not_change(
    filled: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.require("tiny")
    monkeypatch.setattr("hattama.models.hashing.sha256_of", _fail)
    again = ModelStore(filled.root, filled.catalog)
    assert again.require("tiny") == filled.path("tiny")
    with pytest.raises(AssertionError, match="hashed"):
        again.verify("tiny")


def test_verify_finds_bytes_changed_behind_an_unchanged_date(filled: ModelStore) -> None:
    path = filled.path("tiny") / "model.bin"
    filled.require("tiny")
    before = path.stat()
    with path.open("r+b") as stream:
        stream.write(b"\xff")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(CorruptModelError):
        filled.verify("tiny")


def test_a_pull_mends_what_is_wrong_and_fetches_nothing_else(
    filled: ModelStore, content: Content
) -> None:
    (filled.path("tiny") / "sub/config.json").write_bytes(b"{}")
    source = FakeSource(content)
    report = filled.pull("tiny", sources=[source])
    assert source.asked == ["sub/config.json"]
    assert report.fetched == ("sub/config.json",)
    assert filled.has("tiny")


def test_a_complete_model_is_not_fetched_again_even_offline(
    filled: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HATTAMA_OFFLINE", "1")
    assert filled.pull("tiny", sources=[]).fetched == ()


def test_a_wrong_byte_from_a_source_is_refused_and_the_old_file_stays(
    filled: ModelStore, content: Content
) -> None:
    old = b'{"layers": 9}'
    (filled.path("tiny") / "sub/config.json").write_bytes(old)
    bad = FakeSource({**content, "sub/config.json": b'{"layers": 3}'})
    with pytest.raises(CorruptModelError, match=r"sub/config.json of tiny from fake has SHA-256"):
        filled.pull("tiny", sources=[bad])
    assert (filled.path("tiny") / "sub/config.json").read_bytes() == old
    assert not list(filled.root.rglob("*.part"))


def test_the_next_source_is_tried_after_a_wrong_byte_or_a_missing_file(
    empty: ModelStore, content: Content
) -> None:
    bad = FakeSource({"model.bin": b"wrong"}, label="first")
    empty.pull("tiny", sources=[bad, FakeSource(content, label="second")])
    assert empty.has("tiny")


def test_when_every_source_fails_each_is_named(empty: ModelStore) -> None:
    sources = [FakeSource({"model.bin": b"wrong"}, label="first"), FakeSource({}, label="second")]
    with pytest.raises(
        SourceError, match=r"first: model.bin .* refused.*second: tiny has no model.bin"
    ):
        empty.pull("tiny", sources=sources)
    assert not empty.path("tiny").exists()


def test_offline_tries_nothing_remote(
    empty: ModelStore, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HATTAMA_OFFLINE", "1")
    source = FakeSource(content)
    with pytest.raises(OfflineError, match="HATTAMA_OFFLINE"):
        empty.pull("tiny", sources=[source])
    assert not source.asked
    assert not empty.root.exists()


def test_offline_still_takes_from_a_folder(
    empty: ModelStore, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HATTAMA_OFFLINE", "1")
    remote = FakeSource(content)
    empty.pull("tiny", sources=[remote, FakeSource(content, remote=False)])
    assert not remote.asked
    assert empty.has("tiny")


@pytest.mark.parametrize(
    ("value", "offline"), [("1", True), ("true", True), ("0", False), ("", False)]
)
def test_offline_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
    value: str,
    offline: bool,  # noqa: FBT001  a table of cases
) -> None:
    monkeypatch.setenv("HATTAMA_OFFLINE", value)
    assert pull_module.offline() is offline


def test_progress_never_falls_and_ends_at_the_whole(empty: ModelStore, content: Content) -> None:
    seen: list[tuple[int, int]] = []
    empty.pull("tiny", sources=[FakeSource(content)], watch=Watch(lambda d, t: seen.append((d, t))))
    total = sum(map(len, content.values()))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (total, total)


def test_a_cancelled_pull_stops_and_keeps_what_was_complete(
    empty: ModelStore, content: Content
) -> None:
    cancel = threading.Event()

    def stop_after_the_weights(done: int, _total: int) -> None:
        if done >= len(content["model.bin"]):
            cancel.set()

    with pytest.raises(PullCancelledError) as caught:
        empty.pull(
            "tiny", sources=[FakeSource(content)], watch=Watch(stop_after_the_weights, cancel)
        )
    assert caught.value.exit_code == 130
    assert not empty.has("tiny")


def test_a_full_disk_is_one_line_and_nothing_half_written(empty: ModelStore) -> None:
    with pytest.raises(StoreNotWritableError, match="is full: make room"):
        empty.pull("tiny", sources=[_Failing(errno.ENOSPC)])
    assert not list(empty.root.rglob("*.part"))
    assert not empty.path("tiny").exists()


def test_too_little_room_is_told_before_anything_is_fetched(
    empty: ModelStore, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 500_000})
    monkeypatch.setattr("hattama.models.writing.shutil.disk_usage", lambda _: usage)
    source = FakeSource(content)
    with pytest.raises(StoreNotWritableError, match="0 MB free, 2 MB are needed"):
        empty.pull("tiny", sources=[source])
    assert not source.asked


def test_a_read_only_folder_is_one_line(
    empty: ModelStore, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreNotWritableError, match=r"Read-only file system.*HATTAMA_MODELS"):
        empty.pull("tiny", sources=[FakeSource(content)])


def test_a_file_where_the_store_should_be_is_one_line(
    tmp_path: Path, catalog: Catalog, content: Content
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreNotWritableError):
        ModelStore(tmp_path / "file" / "store", catalog).pull("tiny", sources=[FakeSource(content)])


def test_a_model_in_a_store_that_cannot_be_written_is_still_used(
    filled: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "write_text", refuse)
    assert filled.require("tiny") == filled.path("tiny")


def test_what_a_killed_run_left_is_cleared_by_the_next(empty: ModelStore, content: Content) -> None:
    left = empty.root / ".fetch-killed"
    left.mkdir(parents=True)
    (left / "half.whl").write_bytes(b"half")
    part = empty.root / ".parts" / "tiny" / "model.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    empty.pull("tiny", sources=[FakeSource(content)])
    assert empty.has("tiny")
    assert not left.exists()
    assert not part.exists()


def test_a_file_without_a_known_hash_is_pinned_by_its_first_pull(
    empty: ModelStore, unpinned: Catalog, content: Content, entries: type
) -> None:
    store = ModelStore(empty.root, unpinned)
    assert store.entry("tiny").sha256 == ""
    report = store.pull("tiny", sources=[FakeSource(content)])
    assert dict(report.pinned) == {name: entries.sha(data) for name, data in content.items()}
    assert store.has("tiny")
    assert ModelStore(empty.root, unpinned).entry("tiny").sha256 == entries.sha(
        content["model.bin"]
    )


def test_a_file_with_a_hash_and_no_size_is_checked_and_its_size_is_learned(
    empty: ModelStore, content: Content, entries: type
) -> None:
    text = entries.toml("tiny", content, [{"kind": "folder", "path": "nowhere"}])
    sized = f"size = {len(content['model.bin'])}, "
    assert sized in text
    catalog = Catalog.parse(text.replace(sized, ""))
    store = ModelStore(empty.root, catalog)
    with pytest.raises(CorruptModelError, match="refused"):
        store.pull("tiny", sources=[FakeSource({**content, "model.bin": b"other"})])
    report = store.pull("tiny", sources=[FakeSource(content)])
    assert report.pinned == ()
    assert store.has("tiny")
    assert store.entry("tiny").file("model.bin").size == len(content["model.bin"])


def test_a_pinned_file_is_enforced_from_then_on(
    empty: ModelStore, unpinned: Catalog, content: Content
) -> None:
    store = ModelStore(empty.root, unpinned)
    store.pull("tiny", sources=[FakeSource(content)])
    (store.path("tiny") / "model.bin").unlink()
    changed = bytes(reversed(content["model.bin"]))
    with pytest.raises(CorruptModelError, match="refused"):
        store.pull("tiny", sources=[FakeSource({**content, "model.bin": changed})])
    store.pull("tiny", sources=[FakeSource(content)])
    assert store.has("tiny")


def test_a_file_put_there_by_hand_is_not_trusted_without_a_pin(
    empty: ModelStore, unpinned: Catalog
) -> None:
    store = ModelStore(empty.root, unpinned)
    (store.path("tiny") / "sub").mkdir(parents=True)
    (store.path("tiny") / "model.bin").write_bytes(b"anything")
    (store.path("tiny") / "sub/config.json").write_bytes(b"{}")
    assert not store.has("tiny")


def test_a_damaged_pins_file_is_told(empty: ModelStore, unpinned: Catalog) -> None:
    empty.root.mkdir()
    (empty.root / "pins.toml").write_text("[tiny\n")
    with pytest.raises(CorruptModelError, match=r"pins\.toml cannot be read"):
        ModelStore(empty.root, unpinned).entry("tiny")


def test_the_default_store_follows_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HATTAMA_MODELS", str(tmp_path / "here"))
    assert ModelStore.default().root == tmp_path / "here"
    monkeypatch.delenv("HATTAMA_MODELS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert ModelStore.default().root.name == "models"


def test_folders_of_the_environment_come_first(
    empty: ModelStore, content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / "share"
    for name, data in content.items():
        path = share / "tiny" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    monkeypatch.setenv("HATTAMA_OFFLINE", "1")
    monkeypatch.setenv("HATTAMA_MODELS_FROM", f"{tmp_path / 'nothing'}{os.pathsep}{share}")
    empty.pull("tiny")
    assert empty.has("tiny")


class _Failing(FakeSource):
    """Writes a little, then the disk refuses."""

    def __init__(self, number: int) -> None:
        super().__init__({"model.bin": b"half"})
        self.number = number

    def fetch(self, entry: Entry, file: ModelFile, part: Path, scratch: Path, meter: Meter) -> None:
        super().fetch(entry, file, part, scratch, meter)
        raise OSError(self.number, os.strerror(self.number))


def _fail(*_: object) -> str:
    raise AssertionError("hashed")
