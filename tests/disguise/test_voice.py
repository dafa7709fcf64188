"""What a secret draws."""

from __future__ import annotations

import numpy as np

from hattama.disguise.bands import centres
from hattama.disguise.cepstra import cosines
from hattama.disguise.people import people
from hattama.disguise.population import population
from hattama.disguise.profiles import STRONG, Profile
from hattama.disguise.secret import Secret
from hattama.disguise.voice import Voice, draw_voice


def voices(profile: Profile, count: int = 200) -> list[Voice]:
    return [draw_voice(profile, Secret(i.to_bytes(32, "big"))) for i in range(count)]


def test_secret_voices_differ_as_much_as_people_do() -> None:
    drawn = np.array([voice.twist for voice in voices(Profile("as people", twist=1.0))])
    assert abs(np.std(drawn) / np.sqrt(np.mean(np.sum(people().mixing ** 2, axis=0))) - 1.0) < 0.05
    twice = np.array([voice.twist for voice in voices(Profile("twice", twist=2.0))])
    assert np.allclose(twice, 2.0 * drawn)


def test_secret_voices_differ_only_in_the_ways_in_which_people_do() -> None:
    drawn = np.array([voice.twist.ravel() for voice in voices(STRONG)])
    known = people().mixing.reshape(len(people().mixing), -1)
    axes = np.linalg.qr(known.T)[0]
    assert np.allclose(drawn @ axes @ axes.T, drawn, atol=1e-9)
    assert np.linalg.matrix_rank(drawn) == len(known)


def test_the_level_is_everybody_s() -> None:
    for voice in voices(STRONG, 20):
        assert voice.colour[0] == 0.0
        assert not np.any(voice.twist[0])
        assert not np.any(voice.twist[:, 0])


def test_what_a_colour_adds_to_the_loudness_of_speech_is_taken_off_again() -> None:
    mean = population()[0].copy()
    mean[0] = 0.0
    width = np.gradient(centres())
    for voice in voices(STRONG, 20):
        plain = width @ np.exp(mean @ cosines())
        coloured = width @ np.exp((mean + voice.colour) @ cosines() + voice.loudness)
        assert np.isclose(coloured, plain)


def test_without_amounts_a_secret_changes_the_pitch_alone() -> None:
    one, two = voices(
        Profile("bare", warp=0.0, bend=0.0, twist=0.0, tilt=0.0, colour=0.0, shade=0.0, bass=0.0), 2
    )
    assert one.pitch_hz != two.pitch_hz
    assert not np.any(one.colour)
    assert np.all(one.warp == 1.0)
    assert not np.any(two.twist)


def test_tilt_moves_the_first_direction_of_spectra_and_colour_the_others() -> None:
    spectra = people().spectrum / np.linalg.norm(people().spectrum, axis=1, keepdims=True)
    for tilt, colour in ((1.0, 0.0), (0.0, 1.0)):
        profile = Profile(
            "spectra alone", twist=0.0, tilt=tilt, colour=colour, shade=0.5 * colour, bass=0.0
        )
        moved = np.abs(np.array([voice.colour for voice in voices(profile, 50)]) @ spectra.T)
        assert np.all((np.max(moved, axis=0) > 0.1) == ([tilt > 0.0] + [colour > 0.0] * 9))


def test_the_bass_is_louder_or_fainter_by_at_most_what_the_profile_says() -> None:
    profile = Profile("bass alone", twist=0.0, tilt=0.0, colour=0.0, shade=0.0, bass=12.0)
    shapes = np.array([voice.colour for voice in voices(profile)]) @ cosines()
    decibels = 10.0 / np.log(10.0) * shapes
    below, above = centres() < 230.0, centres() > 800.0
    apart = np.mean(decibels[:, below], axis=1) - np.mean(decibels[:, above], axis=1)
    assert np.max(np.abs(apart)) < 12.5
    assert np.min(apart) < -10.0 < 10.0 < np.max(apart)
    assert np.max(np.std(decibels[:, above], axis=1)) < 0.5


def test_the_main_way_in_which_spectra_differ_is_their_tilt() -> None:
    main = people().spectrum[0]
    assert abs(main[1]) > 0.9 * np.linalg.norm(main)


def test_high_voices_have_breath_and_low_ones_none() -> None:
    drawn = voices(Profile("breathing", breath=0.6, highest_pitch_hz=360.0))
    assert {v.breath for v in drawn if v.pitch_hz <= 130.0} == {0.0}
    assert {v.breath for v in drawn if v.pitch_hz >= 260.0} == {0.6}
    between = sorted((v.pitch_hz, v.breath) for v in drawn if 130.0 < v.pitch_hz < 260.0)
    assert all(0.0 < breath < 0.6 for _, breath in between)
    assert between == sorted(between, key=lambda pair: pair[1])
