"""A sound check chooses the secret of a live session and makes it know the witness."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import numpy as np
import pytest
from disguise_seams import voice

from hattama.disguise import similarity
from hattama.disguise.audition import DRAWS
from hattama.disguise.errors import RehearsalError, TooLittleSpeechError
from hattama.disguise.rehearsal import rehearse
from hattama.disguise.secret import Secret
from hattama.disguise.similarity import Crowd, Verdict
from hattama.disguise.stream import DisguiseStream

RATE = 16_000


class Deaf:
    """An embedding to which the disguise is nobody: what it has heard before, and all else."""

    dimension = 2

    def __init__(self, heard: int) -> None:
        self._left = heard

    def embed(self, signals: Sequence[np.ndarray]) -> np.ndarray:
        """The witness while calls are left, then somebody else."""
        self._left -= 1
        return np.tile(np.eye(2, dtype=np.float32)[int(self._left < 0)], (len(signals), 1))


@pytest.fixture(autouse=True)
def _crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "crowd", lambda _name: Crowd(np.zeros(2), 0.04 * np.eye(2)))


@pytest.fixture(scope="module")
def spoken() -> np.ndarray:
    return np.tile(voice(4.0, RATE), 5)


def test_a_secret_that_makes_a_stranger_is_taken_and_the_witness_known(spoken: np.ndarray) -> None:
    told: list[float] = []
    found = rehearse(spoken, RATE, "strong", {"d": Deaf(heard=1)}, progress=told.append)
    assert found.verdict is Verdict.STRANGER
    assert (found.words_lost, found.words, found.understood) == (None, 0, True)
    assert told == sorted(told)
    assert told[-1] == 1.0
    heard = DisguiseStream(RATE, "strong", found.secret)
    heard.process(spoken)
    (known,), (learnt,) = found.known, heard.acquaintances
    for one, other in zip(known.normaliser, learnt.normaliser, strict=True):
        np.testing.assert_allclose(one, other)


def test_no_session_begins_where_every_voice_is_recognised(spoken: np.ndarray) -> None:
    with pytest.raises(RehearsalError, match="still recognised") as failure:
        rehearse(spoken, RATE, "natural", {"d": Deaf(heard=10_000)}, draws=2)
    assert failure.value.similarities[0].verdict is Verdict.SAME


def test_without_embeddings_one_secret_is_drawn_blindly(
    spoken: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Secret] = []
    fresh = Secret.fresh
    monkeypatch.setattr(Secret, "fresh", lambda: drawn.append(fresh()) or drawn[-1])
    found = rehearse(spoken, RATE, "natural", {})
    assert found.secret is drawn[0]
    assert len(drawn) == 1 < DRAWS
    assert found.similarities == ()
    assert found.verdict is Verdict.STRANGER  # nobody said otherwise


def test_the_recogniser_reads_the_witness_and_the_chosen_voice(spoken: np.ndarray) -> None:
    class Ear:
        def words(self, heard: np.ndarray, said: np.ndarray, /) -> tuple[list[str], list[str]]:
            assert heard.shape == said.shape
            assert not np.array_equal(heard, said)
            return ["one", "two"], ["one", "too"]

    found = rehearse(spoken, RATE, "strong", {}, listener=Ear())
    assert found.words_lost == 0.5
    assert not found.understood


def test_every_channel_of_the_microphone_is_known(spoken: np.ndarray) -> None:
    both = np.stack([spoken, 0.1 * spoken], axis=1)
    first, second = rehearse(both, RATE, "strong", {}).known
    assert second.level[1] < first.level[1] - 2.0  # 20 dB are 4.6 in the logarithm of power


def test_too_short_a_sound_check_is_told() -> None:
    with pytest.raises(TooLittleSpeechError, match="at least 12 s"):
        rehearse(voice(8.0, RATE), RATE, "strong", {})


@pytest.mark.parametrize("level", [0.0, 0.01])
def test_a_microphone_that_hears_the_room_alone_is_told(level: float) -> None:
    room = np.random.default_rng(1).normal(0.0, level, 20 * RATE).astype(np.float32)
    with pytest.raises(TooLittleSpeechError, match="switched on"):
        rehearse(room, RATE, "strong", {})


def test_no_sound_at_all_is_told() -> None:
    with pytest.raises(TooLittleSpeechError, match="switched on"):
        rehearse(np.zeros(0, np.float32), RATE, "strong", {})


def test_what_is_known_of_the_witness_is_not_printed(spoken: np.ndarray) -> None:
    found = rehearse(spoken, RATE, "strong", {})
    assert "Acquaintance(hidden)" in repr(found)
    assert "array" not in repr(found)
    (copy,) = pickle.loads(pickle.dumps(found.known))  # noqa: S301  our own, for the worker
    np.testing.assert_array_equal(copy.tract[1], found.known[0].tract[1])
