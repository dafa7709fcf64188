"""The bass that is everybody's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hattama.disguise.bands import centres
from hattama.disguise.bass import without_bass
from hattama.disguise.cepstra import CEPSTRA, cosines
from hattama.disguise.core import make_core
from hattama.disguise.profiles import NATURAL, STRONG
from hattama.disguise.secret import Secret
from hattama.disguise.stream import DisguiseStream
from hattama.disguise.voice import draw_voice

RATE = 16_000
SECRET = Secret(bytes(range(32)))
AS_IT_IS = replace(
    NATURAL,
    name="as it is",
    normalisation=0.0,
    voicing=0.0,
    pitch_contour=0.0,
    warp=0.0,
    bend=0.0,
    lowest_pitch_hz=100.0,
    highest_pitch_hz=100.0,
)
"""All sound has a voice at 100 Hz; nothing else is changed."""


def smooth_shapes(count: int) -> np.ndarray:
    """Cepstra of envelopes without detail, which a step between bands does not disturb."""
    shapes = np.random.default_rng(5).normal(size=(count, CEPSTRA))
    shapes[:, 0] = 0.0
    shapes[:, 7:] = 0.0
    return shapes


def test_without_a_limit_everything_stays() -> None:
    np.testing.assert_allclose(without_bass(0.0), np.eye(CEPSTRA), atol=1e-12)


def test_the_level_neither_gives_nor_takes() -> None:
    matrix = without_bass(270.0)
    assert np.array_equal(matrix[0], np.eye(CEPSTRA)[0])
    assert np.array_equal(matrix[:, 0], np.eye(CEPSTRA)[0])


def test_under_the_limit_an_envelope_goes_on_as_it_is_there() -> None:
    """The definition, computed by interpolation of the bands and not by a matrix."""
    limit = 300.0
    for given in smooth_shapes(20):
        bands = given @ cosines()
        wanted = np.interp(np.maximum(centres(), limit), centres(), bands)
        found = (without_bass(limit) @ given) @ cosines()
        # The level stays, so the whole may be moved; cepstra round the step's edge.
        off = (found - np.mean(found)) - (wanted - np.mean(wanted))
        assert np.max(np.abs(off)) < 0.15 * np.ptp(bands)


def test_envelopes_that_differ_in_the_bass_alone_come_out_alike() -> None:
    apart = cosines() @ (centres() < 180.0).astype(float)
    apart[0] = 0.0
    left = without_bass(330.0) @ apart
    assert np.linalg.norm(left) < 0.05 * np.linalg.norm(apart)


def test_it_is_taken_away_before_the_secret_mixes_and_nothing_brings_it_back() -> None:
    voice = draw_voice(STRONG, SECRET)
    kept = np.linalg.matrix_rank(without_bass(STRONG.bass_from_hz), tol=0.05)
    mixed = np.linalg.matrix_rank(make_core(STRONG, voice).mixing, tol=0.05)
    assert mixed <= kept < CEPSTRA


@pytest.mark.parametrize(("limit", "low", "high"), [(0.0, 8.0, 12.0), (270.0, -1.0, 1.0)])
def test_a_louder_bass_is_heard_without_a_limit_only(limit: float, low: float, high: float) -> None:
    """Noise, and the same with 12 dB more below 110 Hz, where the band at 270 Hz does not reach."""
    noise = np.random.default_rng(6).normal(0.0, 0.02, 3 * RATE)
    spectrum, hz = np.fft.rfft(noise), np.fft.rfftfreq(len(noise), 1.0 / RATE)
    louder = np.fft.irfft(spectrum * np.where(hz < 110.0, 4.0, 1.0), len(noise))
    ratios = []
    for sound in (noise, louder):
        stream = DisguiseStream(RATE, replace(AS_IT_IS, bass_from_hz=limit), SECRET)
        made = stream.process(sound.astype(np.float32))[RATE:]
        power, at = np.abs(np.fft.rfft(made)) ** 2, np.fft.rfftfreq(len(made), 1.0 / RATE)
        bass, middle = (power[(at > a) & (at < b)].sum() for a, b in ((60, 150), (400, 900)))
        ratios.append(10.0 * np.log10(bass / middle))
    assert low < ratios[1] - ratios[0] < high
