from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hattama.disguise.secret import Secret
from hattama.disguise.spans import Span

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType


@pytest.mark.weights
def test_a_recording_system_disguises_a_witness_and_proves_it(
    load: Callable[[str], ModuleType],
    samples: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The defendant, who speaks Kazakh; two more of his turns lie outside the spans."""
    seeds = iter(range(1, 100))
    monkeypatch.setattr(Secret, "fresh", lambda: Secret(bytes([next(seeds)]) * 32))
    output = tmp_path / "disguised.mp4"
    disguise = load("disguise_recording").main
    assert disguise(samples / "civil-ru-kk.mp4", output, [Span(78.0, 91.4)]) == 0
    assert output.stat().st_size > 100_000
    assert capsys.readouterr().out.startswith(("disguised.mp4: hidden", "disguised.mp4: doubtful"))
