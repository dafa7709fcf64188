"""Change of sample rate."""

from __future__ import annotations

import numpy as np
import pytest

from hattama.disguise.resample import conversion, interpolate, remember, twice


@pytest.mark.parametrize(
    ("source_hz", "target_hz"),
    [(48_000, 16_000), (44_100, 16_000), (16_000, 44_100), (16_000, 192_000), (8000, 16_000)],
)
def test_a_tone_keeps_its_place_and_height(source_hz: int, target_hz: int) -> None:
    tone_hz = 997.0
    ring = np.tile(np.sin(2 * np.pi * tone_hz * np.arange(1 << 15) / source_hz), 2)
    plan = conversion(source_hz, target_hz)
    phases = plan.taps.shape[0]
    for n in range(400, 600):
        position, phase = divmod(n * plan.step, phases)
        value = interpolate(ring, position, phase, plan.taps, plan.reach)
        assert abs(value - np.sin(2 * np.pi * tone_hz * n / target_hz)) < 2e-3


def test_what_the_lower_rate_cannot_hold_is_gone() -> None:
    ring = np.tile(np.sin(2 * np.pi * 11_000.0 * np.arange(1 << 15) / 48_000), 2)
    plan = conversion(48_000, 16_000)
    values = [interpolate(ring, 3 * n, 0, plan.taps, plan.reach) for n in range(300, 600)]
    assert np.max(np.abs(values)) < 2e-3


def test_a_ring_gives_the_last_samples_wherever_they_end() -> None:
    """Against the same sum over all samples; also before the first one, where there is silence."""
    plan = conversion(44_100, 16_000)
    size = 1 << (2 * plan.reach).bit_length()
    ring, sound = twice(size), np.random.default_rng(1).standard_normal(5 * size)
    whole = np.concatenate([np.zeros(size), sound])
    for at, value in enumerate(sound):
        remember(ring, at, value)
        first = at + 1 - 2 * plan.reach
        wanted = whole[size + first : size + at + 1] @ plan.taps[7]
        assert interpolate(ring, at - plan.reach, 7, plan.taps, plan.reach) == pytest.approx(
            wanted, abs=1e-12
        )
