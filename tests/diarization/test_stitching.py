"""Turns from windows: votes, overlap, exclusive view, edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hattama.diarization.agglomeration import unit
from hattama.diarization.assignment import assign
from hattama.diarization.diarizer import turns_of
from hattama.diarization.options import DiarizationOptions
from hattama.diarization.runs import ACTIVE, Runs, alone, run_masks, run_places
from hattama.diarization.segmentation import FRAME_S, WINDOW_SAMPLES, window_starts
from hattama.diarization.stitching import find_turns
from hattama.diarization.turns import Diarization

FRAMES = 589
VOICES = unit(np.random.default_rng(11).standard_normal((4, 192)))
Script = list[tuple[float, float, int]]


def runs_of(script: Script, seconds: float, step_s: float = 2.5, seed: int = 0) -> Runs:
    """What perfect networks would say of a script; local speakers are shuffled in each window."""
    rng = np.random.default_rng(seed)
    starts = window_starts(int(seconds * 16_000), int(step_s * 16_000))
    scores = np.full((len(starts), FRAMES, 3), 0.02, np.float32)
    owners = np.full((len(starts), 3), -1)
    for window, first in enumerate(starts):
        at = first / 16_000 + np.arange(FRAMES) * FRAME_S
        present = [p for p in range(4) if any(speaks(script, p, at))]
        slots = rng.permutation(3)[: len(present)]
        for slot, person in zip(slots, present, strict=True):
            scores[window, speaks(script, person, at), slot] = 0.95
            owners[window, slot] = person
    active = scores > ACTIVE
    places = run_places(active)
    masks = run_masks(active, places)
    clean_s = (masks & alone(active)[places[:, 0]]).sum(axis=1) * FRAME_S
    voices = VOICES[owners[places[:, 0], places[:, 1]]]
    return Runs(
        starts, scores.astype(np.float16), places, clean_s.astype(np.float32), np.asarray(voices)
    )


def speaks(script: Script, person: int, at: NDArray[np.float64]) -> NDArray[np.bool_]:
    said = np.zeros(len(at), bool)
    for start, end, who in script:
        said |= (who == person) & (at >= start) & (at < end)
    return said


def found(script: Script, seconds: float, **options: float) -> Diarization:
    return turns_of(runs_of(script, seconds), seconds, DiarizationOptions(**options))  # type: ignore[arg-type]


def close(turns: tuple[object, ...], expected: Script) -> bool:
    """Whether turns are the expected ones within 40 ms, people named in order of appearance."""
    got = [(t.start, t.end, int(t.speaker.removeprefix("SPEAKER_"))) for t in turns]  # type: ignore[attr-defined]
    near = (
        abs(a[0] - b[0]) < 0.04 and abs(a[1] - b[1]) < 0.04 and a[2] == b[2]
        for a, b in zip(got, expected, strict=False)
    )
    return len(got) == len(expected) and all(near)


def test_people_keep_their_label_through_shuffled_windows() -> None:
    script = [(1.0, 9.0, 0), (9.5, 16.0, 1), (17.0, 24.0, 2), (25.0, 33.0, 0)]
    diarization = found(script, 35.0)
    assert close(diarization.turns, script)
    assert close(diarization.exclusive, script)


def test_overlap_is_kept_and_the_exclusive_view_has_one_person_at_a_time() -> None:
    diarization = found([(1.0, 9.0, 0), (8.0, 15.0, 1)], 17.0)
    assert close(diarization.turns, [(1.0, 9.0, 0), (8.0, 15.0, 1)])
    ends = [turn.end for turn in diarization.exclusive]
    starts = [turn.start for turn in diarization.exclusive]
    assert all(start >= end - 1e-6 for end, start in zip(ends, starts[1:], strict=False))
    assert sum(t.duration for t in diarization.exclusive) > 13.9


def test_labels_follow_the_first_appearance() -> None:
    diarization = found([(1.0, 6.0, 2), (7.0, 15.0, 0), (16.0, 20.0, 1)], 21.0)
    assert diarization.speakers == ("SPEAKER_00", "SPEAKER_01", "SPEAKER_02")


def test_turns_never_reach_past_the_end_of_a_recording() -> None:
    diarization = found([(1.0, 12.34, 0)], 12.0)
    assert diarization.turns[-1].end == 12.0


def test_short_pauses_are_bridged_and_blips_dropped() -> None:
    script = [(1.0, 4.0, 0), (4.08, 7.0, 0), (8.0, 8.06, 1), (9.0, 12.0, 1)]
    assert close(found(script, 14.0).turns, [(1.0, 7.0, 0), (9.0, 12.0, 1)])


def test_nobody_speaking_is_no_turn() -> None:
    assert found([], 20.0) == Diarization((), ())


def test_windows_that_disagree_about_the_person_do_not_lose_the_speech() -> None:
    runs = runs_of([(1.0, 9.0, 0)], 20.0)
    people = np.arange(len(runs.places)) % 2
    turns = find_turns(runs, people, 20.0, DiarizationOptions()).exclusive
    assert sum(turn.duration for turn in turns) > 7.8


def test_a_short_run_is_never_the_person_of_its_longer_neighbour() -> None:
    # Two local speakers follow each other; the short one's voice was misheard as the other's.
    places = np.array([[0, 0, 0, 160], [0, 1, 165, 205]], np.int32)
    voices = np.stack([VOICES[0], unit(0.6 * VOICES[0] + 0.4 * VOICES[1])])
    scores = np.zeros((1, FRAMES, 3), np.float16)
    runs = Runs(np.zeros(1, np.int64), scores, places, np.array([2.7, 0.67], np.float32), voices)
    assert assign(runs, VOICES[:2]).tolist() == [0, 1]
    apart = places + np.array([[0, 0, 0, 0], [0, 0, 60, 60]], np.int32)
    far = Runs(runs.starts, scores, apart, runs.clean_s, voices)
    assert assign(far, VOICES[:2]).tolist() == [0, 0]
    assert assign(runs, VOICES[:1]).tolist() == [0, 0]


def test_the_last_window_reaches_the_end() -> None:
    for samples in (1, 16_000, WINDOW_SAMPLES, WINDOW_SAMPLES + 1, 400_000, 400_001):
        starts = window_starts(samples, 40_000)
        assert starts[0] == 0
        assert starts[-1] + WINDOW_SAMPLES >= samples
        assert len(starts) == 1 or starts[-2] + WINDOW_SAMPLES < samples
