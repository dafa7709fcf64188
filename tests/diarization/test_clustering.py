"""People from runs: seeds, bounds, blocks."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from hattama.diarization.agglomeration import unit
from hattama.diarization.clustering import BLOCK, choose_seeds, people
from hattama.diarization.options import DiarizationOptions


def speech(
    parts: list[int], spread: float = 0.06, seed: int = 5
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Runs of several people in random order: voices, and who each one is."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.standard_normal((len(parts), 64)))
    who = rng.permutation(np.repeat(np.arange(len(parts)), parts))
    return unit(centres[who] + spread * rng.standard_normal((len(who), 64))), who


def purity(
    voices: NDArray[np.float32], found: NDArray[np.float32], who: NDArray[np.int64]
) -> float:
    nearest = (voices @ found.T).argmax(axis=1)
    return float(sum(np.bincount(who[nearest == k]).max() for k in np.unique(nearest)) / len(who))


def test_everybody_is_found_without_being_counted() -> None:
    voices, who = speech([30, 20, 10, 5])
    found = people(voices, np.full(len(who), 2.0, np.float32), DiarizationOptions())
    assert len(found) == 4
    assert purity(voices, found, who) == 1.0


def test_short_runs_found_nobody() -> None:
    voices, who = speech([20, 20, 3])
    lengths = np.where(who == 2, 0.5, 2.0).astype(np.float32)
    assert len(people(voices, lengths, DiarizationOptions())) == 2


def test_where_all_runs_are_short_the_longest_found_people() -> None:
    assert choose_seeds(np.array([0.3, 0.9, 0.5], np.float32), 2).tolist() == [1, 2]
    voices, who = speech([1, 1, 1])
    options = DiarizationOptions(speakers=2)
    assert len(people(voices, np.full(len(who), 0.5, np.float32), options)) == 2


@pytest.mark.parametrize("speakers", [1, 2, 3, 5, 8])
def test_a_given_number_of_speakers_is_met_exactly(speakers: int) -> None:
    voices, who = speech([30, 20, 10])
    lengths = np.full(len(who), 2.0, np.float32)
    assert len(people(voices, lengths, DiarizationOptions(speakers=speakers))) == speakers


def test_bounds_are_kept_in_long_recordings_as_well() -> None:
    voices, who = speech([1500, 700, 300])
    lengths = np.full(len(who), 2.0, np.float32)
    for fewest, most in ((2, 2), (4, 6), (5, None)):
        found = people(voices, lengths, DiarizationOptions(min_speakers=fewest, max_speakers=most))
        assert fewest <= len(found) <= (most or len(who))


def test_a_long_recording_is_clustered_in_blocks_like_a_short_one() -> None:
    voices, who = speech([BLOCK * 3, BLOCK, BLOCK // 2])
    found = people(voices, np.full(len(who), 2.0, np.float32), DiarizationOptions())
    assert len(found) == 3
    assert purity(voices, found, who) == 1.0


def test_a_stray_sound_in_hours_of_speech_is_no_person() -> None:
    voices, who = speech([2500, 1500, 1])
    assert len(people(voices, np.full(len(who), 2.0, np.float32), DiarizationOptions())) == 2


def test_memory_grows_with_the_length_and_not_with_its_square() -> None:
    peaks = []
    for scale in (2, 8):
        voices, who = speech([BLOCK * scale, BLOCK * scale])
        lengths = np.full(len(who), 2.0, np.float32)
        tracemalloc.start()
        people(voices, lengths, DiarizationOptions())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 5 * peaks[0]
