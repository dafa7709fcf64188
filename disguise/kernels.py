"""How every compiled kernel of the disguise is built."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numba
from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

# Everything but "no NaN, no infinity": the check of the input must survive the optimiser.
_SAFE_FAST_MATH = {"reassoc", "contract", "arcp", "nsz"}


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` on its first call; keep the machine code on disk; free the GIL.

    Parameters
    ----------
    function
        A function over arrays and numbers that Numba can compile.

    Returns
    -------
    Callable
        The compiled function, with the same signature.
    """
    # Numba sets its options' names at run time, so that mypy cannot know them.
    settings: Any = numba.config
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(cache_folder(before))
    try:
        compiled: Callable[P, R] = numba.njit(
            cache=True, nogil=True, fastmath=_SAFE_FAST_MATH, error_model="numpy"
        )(function)
    finally:
        settings.CACHE_DIR = before
    return compiled


@cache
def cache_folder(asked: str = "") -> Path:
    """Where the machine code of this very source is kept.

    Numba looks for changes in a kernel's own file only, and would go on using a caller compiled
    with what the called kernel was before. So each state of the source has a folder of its own.

    Parameters
    ----------
    asked
        Folder that the user gave by NUMBA_CACHE_DIR, if any; else the user's cache folder.
    """
    base = Path(asked) if asked else user_cache_path("hattama", appauthor=False)
    return base / f"kernels-{source_digest(Path(__file__).parent)}"


def source_digest(folder: Path) -> str:
    """Short hash over the files of `folder` that have to do with kernels."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(folder.glob("*.py")):
        text = path.read_bytes()
        if b"disguise.kernels" in text or path.name in {"kernels.py", "framing.py"}:
            digest.update(path.name.encode() + b"\0" + text + b"\0")
    return digest.hexdigest()
