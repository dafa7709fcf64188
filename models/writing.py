"""A store's folder while it is written: one line for what the disk refuses."""

from __future__ import annotations

import errno
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hattama.models.errors import HattamaError, StoreNotWritableError

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRATCH = ".fetch-"
"""Prefix of the folders that a pull or import works in."""

_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def written(folder: Path) -> Iterator[None]:
    """Turn the system's refusals to write in `folder` into StoreNotWritableError."""
    try:
        yield
    except OSError as error:
        if isinstance(error, HattamaError):  # some are builtins as well; they say it already
            raise
        if error.errno in _FULL:
            raise _full(folder) from error
        raise StoreNotWritableError(
            "{folder} cannot be written ({reason}): set HATTAMA_MODELS to a folder that can, or "
            "ask whoever keeps it.",
            folder=folder,
            reason=error.strerror or error,
        ) from error


@contextmanager
def scratch_in(folder: Path) -> Iterator[Path]:
    """A folder for unchecked bytes, removed afterwards; those of killed runs go as well.

    The caller holds the store's lock, so that any such folder found was left behind.
    """
    for left in folder.glob(f"{SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    path = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=folder))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def need_room(folder: Path, size: int) -> None:
    """Raise StoreNotWritableError where fewer than `size` bytes are free."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise StoreNotWritableError(
            "The disk of {folder} has {free} MB free, {needed} MB are needed: make room, or set "
            "HATTAMA_MODELS to a folder on another disk.",
            folder=folder,
            free=free // 10**6,
            needed=-(-size // 10**6),
        )


def _full(folder: Path) -> StoreNotWritableError:
    return StoreNotWritableError(
        "The disk of {folder} is full: make room, or set HATTAMA_MODELS to a folder on another "
        "disk.",
        folder=folder,
    )
