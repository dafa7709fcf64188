from __future__ import annotations

import numpy as np
import pytest

from benchmarks.disguise_systems import secret_of
from benchmarks.disguise_tones import disguised, excess, excess_db, harmonic, tone
from hattama.disguise.framing import FRAMES_PER_S
from hattama.disguise.profiles import STRONG
from hattama.disguise.voice import draw_voice


# A steady tone counts for a pause, and comes out as noise about itself: of a low one less shows.
@pytest.mark.parametrize(("hz", "leak_db"), [(220.0, -20.0), (1000.0, -30.0), (3100.0, -30.0)])
def test_a_tone_does_not_come_out_at_its_own_frequency(hz: float, leak_db: float) -> None:
    said = disguised("strong", hz)
    assert excess(said, hz) < 12.0
    assert excess(said, hz, mixed_db=leak_db) > excess(said, hz) + 6.0  # what a leak would add


def test_the_measure_finds_a_tone_in_noise_and_none_in_noise_alone() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, len(tone(1000.0))).astype(np.float32)
    assert abs(excess_db(noise, 1000.0)) < 6.0
    assert excess_db(noise + 0.1 * tone(1000.0), 1000.0) > 6.0


def test_a_sideband_of_the_session_s_own_pitch_is_not_taken_for_the_tone() -> None:
    pitches = [draw_voice(STRONG, secret_of(seed)).pitch_hz for seed in range(10)]
    # The beat with the frames, twice the tone's frequency less 250 Hz, leads from it to the pitch.
    seed, beside = next(
        (seed, hz)
        for seed, pitch_hz in enumerate(pitches)
        for hz in np.arange(100.0, 7000.0, 0.5)
        if abs(abs(hz - pitch_hz) - abs(2.0 * hz - FRAMES_PER_S)) < 1.0
        and abs(hz - pitch_hz) > 10.0
    )
    assert harmonic("strong", seed, beside)
