"""The one door to pyannote.audio and torchaudio: telemetry off, no hub, a CPU torch is enough.

pyannote.audio sends usage figures unless `PYANNOTE_METRICS_ENABLED` says otherwise before it is
imported, and warns at length about decoders that are not used here. The torchaudio of the package
index is built for CUDA: beside a CPU torch its compiled extension raises `OSError` on import,
although only its pure-Python parts are needed. So the extension is answered "not available", which
is what torchaudio itself says when it is built without one. A torchaudio that works is left alone.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

EXTENSION = "torchaudio._extension"


def import_torchaudio() -> ModuleType:
    """Import torchaudio, without its compiled extension where that cannot be loaded.

    Raises
    ------
    ImportError
        torchaudio is not installed.
    """
    try:
        return importlib.import_module("torchaudio")
    except OSError:
        sys.modules[EXTENSION] = absent_extension()
        return importlib.import_module("torchaudio")


def import_pyannote(module: str) -> ModuleType:
    """Import a module of pyannote.audio, for example `pyannote.audio.core.model`.

    The process's environment gets `PYANNOTE_METRICS_ENABLED=0`, `HF_HUB_OFFLINE=1` and
    `HF_HUB_DISABLE_TELEMETRY=1` where the user has not set them: only local weights are used.
    """
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import_torchaudio()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(module)


def absent_extension() -> ModuleType:
    """Stand-in for `torchaudio._extension` that says that no compiled extension is there."""
    extension = ModuleType(EXTENSION, "No compiled extension is available.")
    members: dict[str, Any] = {
        "_IS_TORCHAUDIO_EXT_AVAILABLE": False,
        "_IS_ALIGN_AVAILABLE": False,
        "_check_cuda_version": _no_cuda_version,
        "fail_if_no_align": _refuse,
    }
    for name, value in members.items():
        setattr(extension, name, value)
    return extension


def _no_cuda_version() -> None:
    return None


def _refuse(function: Callable[..., Any]) -> Callable[..., Any]:
    """Replace a function that needs the compiled extension by one that says so."""

    def refused(*_arguments: object, **_options: object) -> None:
        msg = f"{function.__name__} needs torchaudio's compiled extension, which does not load here"
        raise RuntimeError(msg)

    return refused
