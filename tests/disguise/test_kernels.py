"""Compiled kernels and where their machine code is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from hattama.disguise.kernels import cache_folder, kernel, source_digest

if TYPE_CHECKING:
    from pathlib import Path


def test_a_change_in_any_kernel_s_file_gives_another_cache_folder(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from hattama.disguise.kernels import kernel\nX = 1\n")
    (tmp_path / "b.py").write_text("nothing to do with it")
    first = source_digest(tmp_path)
    (tmp_path / "b.py").write_text("nothing to do with it, changed")
    assert source_digest(tmp_path) == first
    (tmp_path / "a.py").write_text("from hattama.disguise.kernels import kernel\nX = 2\n")
    assert source_digest(tmp_path) != first


def test_the_folder_that_the_user_asks_for_is_used(tmp_path: Path) -> None:
    assert cache_folder(str(tmp_path)).parent == tmp_path


def test_numba_s_own_setting_is_left_as_it_was() -> None:
    before = numba.config.CACHE_DIR
    kernel(_sum)
    assert before == numba.config.CACHE_DIR


def test_a_kernel_still_sees_what_is_not_a_number() -> None:
    assert kernel(_sum)(np.array([1.0, np.nan, 2.0, np.inf])) == 3.0


def _sum(values: np.ndarray) -> float:
    total = 0.0
    for value in values:
        if np.isfinite(value):
            total += value
    return total
