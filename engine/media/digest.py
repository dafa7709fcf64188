"""SHA-256 of a file, streaming."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BLOCK_BYTES = 4 << 20


def sha256(path: Path, progress: Callable[[float], None] | None = None) -> str:
    """Digest of a file in lower-case hexadecimal.

    Parameters
    ----------
    path
        The file.
    progress
        Called with the share that was read, 0 to 1; an exception that it raises cancels.
    """
    digest = hashlib.sha256()
    size = max(path.stat().st_size, 1)
    done = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            done += len(block)
            if progress is not None:
                progress(min(done / size, 1.0))
    return digest.hexdigest()
