"""Recordings with one channel a microphone: roles, bleed, overlap, shared seats, faults."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

from hattama.diarization.campplus import CampplusEmbedder
from hattama.diarization.channels import compare_channels
from hattama.diarization.fake import FakeDiarizer, FakeEmbedder, FakeSamples
from hattama.diarization.microphones import MicrophoneDiarizer, one_at_a_time
from hattama.diarization.room import BadRoomError, Microphone, Room, room_of_roles
from hattama.diarization.rttm import read_rttm
from hattama.diarization.turns import Turn
from hattama.models.store import ModelStore

RATE = 16_000
Signal = NDArray[np.float32]


def voice(seconds: float, low_hz: float, seed: int) -> Signal:
    """Syllables of noise in a band an octave and a half wide: 4 a second, 20 dB deep."""
    rng = np.random.default_rng(seed)
    n = int(seconds * RATE)
    band = butter(2, [low_hz, 2.8 * low_hz], "bandpass", fs=RATE, output="sos")
    syllables = 10 ** ((np.sin(2 * np.pi * 4 * np.arange(n) / RATE) - 1) / 2)
    sound = sosfilt(band, rng.standard_normal(n)) * syllables
    return (0.1 * sound / np.abs(sound).max()).astype(np.float32)


def record(
    turns: list[tuple[float, float, int]],
    microphones: int,
    *,
    bleed_db: float = -14.0,
    gains_db: tuple[float, ...] = (),
    reverberation_s: float = 0.0,
    seconds: float = 30.0,
) -> list[FakeSamples]:
    """Each turn (start, end, microphone) at its microphone and, `bleed_db` lower, at the others."""
    rng = np.random.default_rng(77)
    tracks = 3e-4 * rng.standard_normal((microphones, int(seconds * RATE)))
    tail_length = int(max(reverberation_s, 0.01) * RATE)
    decay = 10 ** (-3 * np.arange(tail_length) / tail_length)
    for number, (start, end, own) in enumerate(turns):
        sound = voice(end - start, 300 + 250 * own, number)
        first = int(start * RATE)
        for microphone in range(microphones):
            heard = sound
            if microphone != own:
                heard = sound * 10 ** (bleed_db / 20)
                if reverberation_s:
                    tail = rng.standard_normal(tail_length) * decay
                    heard = fftconvolve(heard, tail / np.linalg.norm(tail))
            stop = min(first + len(heard), tracks.shape[1])
            tracks[microphone, first:stop] += heard[: stop - first]
    for microphone, gain in enumerate(gains_db):
        tracks[microphone] *= 10 ** (gain / 20)
    return [FakeSamples(track.astype(np.float32)) for track in tracks]


def error_rate(turns: tuple[Turn, ...], reference: list[tuple[float, float, str]]) -> float:
    """DER without collar, overlap scored; labels must match, they are not mapped."""
    wrong = total = 0.0
    grid = np.arange(0, 110, 0.01)
    labels = {label for *_, label in reference} | {turn.speaker for turn in turns}
    for label in labels:
        said = np.zeros(len(grid), bool)
        found = np.zeros(len(grid), bool)
        for start, end, who in reference:
            said |= (who == label) & (grid >= start) & (grid < end)
        for turn in turns:
            found |= (turn.speaker == label) & (grid >= turn.start) & (grid < turn.end)
        wrong += float((said != found).sum())
        total += float(said.sum())
    return wrong / total


ROLES = ("judge", "secretary", "claimant")
TURNS = [(1.0, 7.0, 0), (7.5, 11.0, 1), (12.0, 18.0, 2), (17.0, 20.0, 0), (21.0, 24.0, 1)]
REFERENCE = [(start, end, ROLES[own]) for start, end, own in TURNS]


@pytest.mark.parametrize("gains_db", [(), (0.0, -10.0, 6.0)])
@pytest.mark.parametrize("reverberation_s", [0.0, 0.4])
def test_each_turn_goes_to_its_role_whatever_the_gains_and_the_room(
    gains_db: tuple[float, ...], reverberation_s: float
) -> None:
    tracks = record(TURNS, 3, gains_db=gains_db, reverberation_s=reverberation_s)
    found = MicrophoneDiarizer(room_of_roles(ROLES)).diarize(tracks)
    assert set(found.speakers) == set(ROLES)
    assert error_rate(found.turns, REFERENCE) < 0.1


def test_two_people_at_once_overlap_and_the_exclusive_view_has_one() -> None:
    found = MicrophoneDiarizer(room_of_roles(ROLES)).diarize(record(TURNS, 3))
    overlap = [t for t in found.turns if t.start < 19.5 and t.end > 17.5]
    assert {turn.speaker for turn in overlap} == {"judge", "claimant"}
    assert all(a.end <= b.start for a, b in pairwise(found.exclusive))


def test_a_microphone_nobody_speaks_into_gives_no_turn() -> None:
    tracks = record(TURNS, 4)
    found = MicrophoneDiarizer(room_of_roles([*ROLES, "witness"])).diarize(tracks)
    assert "witness" not in found.speakers
    assert error_rate(found.turns, REFERENCE) < 0.1


def test_a_dead_microphone_is_named_and_left_out() -> None:
    tracks = record(TURNS, 3)
    tracks.append(FakeSamples(np.zeros(len(tracks[0]), np.float32)))
    found = MicrophoneDiarizer(room_of_roles([*ROLES, "witness"])).diarize(tracks)
    assert [str(notice) for notice in found.notices] == [
        "Microphone witness is silent and was left out."
    ]
    assert error_rate(found.turns, REFERENCE) < 0.1


def test_copies_of_one_sound_fall_back_to_the_mix_and_say_so() -> None:
    mono = record(TURNS, 1)[0]
    copies = [mono, FakeSamples(0.5 * mono.read(0, len(mono)))]
    mix = FakeDiarizer([Turn(1, 2, "SPEAKER_00")])
    found = MicrophoneDiarizer(room_of_roles(ROLES[:2]), mix_diarizer=lambda: mix).diarize(copies)
    assert found.speakers == ("SPEAKER_00",)
    assert "same sound" in str(found.notices[0])


def test_copies_of_one_sound_are_refused_where_nothing_can_diarize_a_mix() -> None:
    mono = record(TURNS, 1)[0]
    with pytest.raises(BadRoomError, match="leave --microphones out"):
        MicrophoneDiarizer(room_of_roles(ROLES[:2])).diarize([mono, mono])


def test_one_copied_channel_among_real_ones_is_left_out() -> None:
    tracks = record(TURNS, 3)
    found = MicrophoneDiarizer(room_of_roles([*ROLES, "spare"])).diarize([*tracks, tracks[1]])
    assert "spare" not in found.speakers
    assert "same sound as secretary" in str(found.notices[0])
    assert error_rate(found.turns, REFERENCE) < 0.1


def test_an_inverted_copy_is_still_a_copy() -> None:
    mono = record(TURNS, 1)[0].read(0, 10**9)
    assert compare_channels([FakeSamples(mono), FakeSamples(-mono)]).all_the_same


def _shared() -> tuple[list[FakeSamples], Room]:
    """One microphone for a low and a high voice, 10 s and 6 s; another one for a third."""
    sounds = [voice(5, 300, 1), voice(3, 1500, 2), voice(5, 300, 3), voice(3, 1500, 4)]
    table = np.zeros(30 * RATE, np.float32)
    for start, sound in zip((1, 7, 11, 17), sounds, strict=True):
        table[start * RATE : start * RATE + len(sound)] += sound
    other = np.zeros_like(table)
    other[22 * RATE : 26 * RATE] = voice(4, 700, 5)
    noise = 3e-4 * np.random.default_rng(8).standard_normal((2, len(table))).astype(np.float32)
    tracks = [
        FakeSamples(table + 0.2 * other + noise[0]),
        FakeSamples(other + 0.2 * table + noise[1]),
    ]
    return tracks, Room((Microphone(0, "defence"), Microphone(1, "judge")))


def test_two_people_at_one_microphone_are_told_apart_by_voice() -> None:
    tracks, room = _shared()
    found = MicrophoneDiarizer(room, FakeEmbedder()).diarize(tracks)
    assert found.speakers == ("defence", "defence-2", "judge")
    second = [round(turn.start) for turn in found.turns if turn.speaker == "defence-2"]
    assert second == [7, 17]


def test_a_microphone_with_one_seat_is_one_person() -> None:
    tracks, _ = _shared()
    room = Room((Microphone(0, "defence", seats=1), Microphone(1, "judge")))
    found = MicrophoneDiarizer(room, FakeEmbedder()).diarize(tracks)
    assert found.speakers == ("defence", "judge")


def test_a_second_person_never_takes_a_label_that_the_room_uses() -> None:
    tracks, _ = _shared()
    room = Room((Microphone(0, "defence"), Microphone(1, "defence-2")))
    found = MicrophoneDiarizer(room, FakeEmbedder()).diarize(tracks)
    assert set(found.speakers) == {"defence", "defence-2", "defence-3"}
    second = [round(turn.start) for turn in found.turns if turn.speaker == "defence-3"]
    assert second == [7, 17]


def test_a_room_with_more_channels_than_the_recording_is_refused() -> None:
    with pytest.raises(BadRoomError, match=r"channel 2 \(claimant\).*has 2 channels"):
        MicrophoneDiarizer(room_of_roles(ROLES)).diarize(record(TURNS[:2], 2))


def test_silence_has_no_turns() -> None:
    tracks = [FakeSamples(np.zeros(RATE * 5, np.float32)) for _ in range(2)]
    found = MicrophoneDiarizer(room_of_roles(ROLES[:2])).diarize(tracks)
    assert found.turns == ()
    assert len(found.notices) == 2


def test_progress_rises_to_one_and_can_cancel() -> None:
    shares: list[float] = []
    MicrophoneDiarizer(room_of_roles(ROLES)).diarize(record(TURNS, 3), shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def cancel(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        MicrophoneDiarizer(room_of_roles(ROLES)).diarize(record(TURNS, 3), cancel)


def test_the_exclusive_view_keeps_who_began_first() -> None:
    turns = [Turn(0, 5, "a"), Turn(4, 8, "b"), Turn(6, 7, "c")]
    assert one_at_a_time(turns) == (Turn(0, 5, "a"), Turn(5, 8, "b"))


@pytest.mark.weights
def test_the_sample_hearing_by_microphones_is_within_four_percent(
    samples: Path, store: ModelStore
) -> None:
    sound, rate = sf.read(samples / "civil-ru-kk-mics.flac", dtype="float32")
    assert rate == RATE
    tracks = [FakeSamples(np.ascontiguousarray(channel)) for channel in sound.T]
    room = room_of_roles(["judge", "secretary", "claimant", "defendant", "interpreter"])
    found = MicrophoneDiarizer(room, CampplusEmbedder(store)).diarize(tracks)
    reference = read_rttm(samples / "civil-ru-kk.rttm")
    assert error_rate(found.turns, [(t.start, t.end, t.speaker) for t in reference]) <= 0.04
