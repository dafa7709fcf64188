from __future__ import annotations

import hashlib
import io
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hattama.models.hashing import HashedReader, HashMemory, copy_hashed, sha256_of
from hattama.models.watch import Meter, Watch

if TYPE_CHECKING:
    from pathlib import Path


@given(st.binary(max_size=5000), st.integers(1, 999))
def test_what_is_copied_is_hashed(data: bytes, size: int) -> None:
    target = io.BytesIO()
    assert copy_hashed(io.BytesIO(data), target, Meter(Watch())) == (
        len(data),
        hashlib.sha256(data).hexdigest(),
    )
    assert target.getvalue() == data
    reader = HashedReader(io.BytesIO(data), Meter(Watch()))
    while reader.read(size):
        pass
    assert reader.sha256 == hashlib.sha256(data).hexdigest()


def test_a_remembered_hash_is_dropped_when_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    memory = HashMemory(tmp_path / "hashes.json")
    for data in (b"one", b"two", b"longer"):
        path.write_bytes(data)
        assert memory.sha256(path) == hashlib.sha256(data).hexdigest() == sha256_of(path)


def test_a_file_replaced_by_another_of_its_size_and_date_is_hashed_again(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"one")
    second.write_bytes(b"two")
    date = (10**18, 10**18)
    os.utime(first, ns=date)
    os.utime(second, ns=date)
    memory = HashMemory(tmp_path / "hashes.json")
    memory.sha256(first)
    second.replace(first)
    assert memory.sha256(first) == hashlib.sha256(b"two").hexdigest()


@pytest.mark.parametrize("content", ["{", "[]", "3", '{"x": 1}'])
def test_a_damaged_memory_costs_time_and_nothing_else(tmp_path: Path, content: str) -> None:
    (tmp_path / "hashes.json").write_text(content)
    (tmp_path / "file").write_bytes(b"one")
    memory = HashMemory(tmp_path / "hashes.json")
    assert memory.sha256(tmp_path / "file") == hashlib.sha256(b"one").hexdigest()


def test_a_memory_with_the_wrong_shape_for_a_file_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    (tmp_path / "hashes.json").write_text(f'{{"{path.resolve()}": 5}}')
    assert HashMemory(tmp_path / "hashes.json").sha256(path) == hashlib.sha256(b"one").hexdigest()
