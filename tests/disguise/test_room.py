"""The room's sound, taken out of pauses."""

from __future__ import annotations

import numpy as np
import pytest

from hattama.disguise.cepstra import CEPSTRA
from hattama.disguise.profiles import Profile
from hattama.disguise.room import clear_room, room_state
from hattama.disguise.secret import Secret
from hattama.disguise.stream import DisguiseStream

RATE_HZ = 16_000
MEAN = np.linspace(1.0, -1.0, CEPSTRA)


def cleared(frames: np.ndarray, share: float, amount: float = 1.0) -> np.ndarray:
    """Frames after one room has gone through them."""
    state, result = room_state(), frames.copy()
    for frame in result:
        clear_room(state, frame, MEAN, share, amount)
    return result


def test_a_pause_in_a_room_not_heard_before_has_no_shape() -> None:
    frame = MEAN + np.random.default_rng(1).normal(size=CEPSTRA)
    assert np.allclose(cleared(frame[None], 0.0)[0, 1:], MEAN[1:], atol=0.03)


def test_a_long_pause_comes_to_everybodys_mean_shape() -> None:
    generator = np.random.default_rng(2)
    room = generator.normal(size=CEPSTRA)
    frames = MEAN + room + 0.3 * generator.normal(size=(2500, CEPSTRA))
    late = cleared(frames, 0.0)[1500:]
    assert np.max(np.abs(np.mean(late, axis=0) - MEAN)[1:]) < 0.05


def test_a_quiet_sound_keeps_what_sets_it_apart_from_the_room() -> None:
    generator = np.random.default_rng(3)
    room, sound = generator.normal(size=(2, CEPSTRA))
    frames = np.repeat((MEAN + room)[None], 2500, axis=0)
    frames[-1] += sound
    assert np.allclose(cleared(frames, 0.0)[-1, 1:], (MEAN + sound)[1:], atol=0.15)


def test_speech_is_left_alone_and_so_is_the_level() -> None:
    frames = MEAN + np.random.default_rng(4).normal(size=(100, CEPSTRA))
    assert np.allclose(cleared(frames, 1.0), frames)
    assert np.array_equal(cleared(frames, 0.0)[:, 0], frames[:, 0])


@pytest.mark.parametrize("amount", [0.0, 0.5])
def test_the_amount_says_how_much_of_the_room_goes(amount: float) -> None:
    frames = MEAN + np.random.default_rng(5).normal(size=(300, CEPSTRA))
    wholly, partly = cleared(frames, 0.3), cleared(frames, 0.3, amount)
    assert np.allclose(partly, frames + amount * (wholly - frames))


def pauses(tilt: float) -> np.ndarray:
    """Log spectrum of the disguise's pauses, for speech-like bursts in a room of a colour."""
    generator = np.random.default_rng(5)
    count = 12 * RATE_HZ
    time = np.arange(count) / RATE_HZ
    noise = np.fft.rfft(generator.normal(size=count))
    hz = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    noise *= np.maximum(hz, 50.0) ** tilt
    room = np.fft.irfft(noise, count)
    buzz = np.sign(np.sin(2.0 * np.pi * 120.0 * time)) * (time % 1.5 < 1.0)
    sound = 0.2 * buzz + 0.004 * room / np.std(room)
    stream = DisguiseStream(RATE_HZ, Profile("test"), Secret(bytes(range(32))))
    said = np.concatenate([stream.process(sound.astype(np.float32)), stream.flush()])
    said = said[stream.latency :][: len(sound)]
    pieces = [said[int((1.5 * k + 1.2) * RATE_HZ) :][: RATE_HZ // 5] for k in range(4, 8)]
    power = np.mean([np.abs(np.fft.rfft(p * np.hanning(len(p)))) ** 2 for p in pieces], axis=0)
    return np.array([np.log(np.mean(part)) for part in np.array_split(power[20:], 12)])


def test_the_colour_of_the_room_does_not_come_through() -> None:
    dark, bright = pauses(-1.0), pauses(0.5)
    apart = (dark - np.mean(dark)) - (bright - np.mean(bright))
    assert np.max(np.abs(apart)) < 1.5  # the rooms themselves are apart by up to 6.8
