from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from hattama.models.store import ModelStore

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def load(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Loads an example by its name, as a reader would run it who has the models."""
    monkeypatch.setenv("HATTAMA_MODELS", str(store.root))

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
