"""The sound check of the benchmarks takes a secret that can be repeated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks import disguise_rehearsed
from benchmarks.disguise_rehearsed import SoundCheck
from benchmarks.disguise_systems import OURS, PEERS
from hattama.disguise import similarity
from hattama.disguise.similarity import Crowd

BEFORE = np.random.default_rng(1).normal(0.0, 0.1, 13 * 16_000).astype(np.float32)
STRONG = next(system for system in OURS if system.name == "hattama strong")


class Wary:
    """An embedding that takes the first disguises for the witness."""

    dimension = 2
    fooled_after = 2

    def __init__(self, _store: object) -> None:
        self._calls = 0

    def embed(self, signals: Sequence[np.ndarray]) -> np.ndarray:
        self._calls += 1
        same = self._calls <= 1 + self.fooled_after
        return np.tile(np.eye(2, dtype=np.float32)[int(not same)], (len(signals), 1))


@pytest.fixture(autouse=True)
def _prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(disguise_rehearsed.EMBEDDINGS, "wary", Wary)
    monkeypatch.setattr(similarity, "crowd", lambda _name: Crowd(np.zeros(2), 0.04 * np.eye(2)))


def test_seeds_are_tried_in_order_until_the_witness_is_a_stranger() -> None:
    assert SoundCheck(["wary"]).choose(STRONG, BEFORE, 7) == 7 + 2 * 1_000_000
    assert SoundCheck([]).choose(STRONG, BEFORE, 7) == 7


def test_a_system_without_a_sound_check_is_told() -> None:
    with pytest.raises(SystemExit, match="undisguised has no sound check"):
        SoundCheck([]).choose(PEERS[0], BEFORE, 7)
