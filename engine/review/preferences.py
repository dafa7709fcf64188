"""What the clerk chose for the page, kept for the next day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from hattama.engine.document.atomic import write_bytes


def default_path() -> Path:
    """The place for settings of this account."""
    return user_config_path("hattama") / "review.json"


class Preferences:
    """A small JSON file. A missing or damaged one is an empty one: nothing hangs on it.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Any]:
        """What was chosen."""
        try:
            value = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def write(self, values: dict[str, Any]) -> None:
        """Keep what was chosen; raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(self._path, json.dumps(values, ensure_ascii=False, indent=1).encode())
