"""Fixtures that every folder's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from hattama.models.store import ModelStore

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture(scope="session")
def samples() -> Path:
    """Folder of the project's own small recordings."""
    return SAMPLES


@pytest.fixture(scope="session")
def store() -> ModelStore:
    """The real store, filled by `make models`."""
    return ModelStore.default()
