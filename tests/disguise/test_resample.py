"""Change of sample rate."""

from __future__ import annotations

import numpy as np
import pytest

from hattama.disguise.resample import conversion, interpolate


@pytest.mark.parametrize(
    ("source_hz", "target_hz"),
    [(48_000, 16_000), (44_100, 16_000), (16_000, 44_100), (16_000, 192_000), (8000, 16_000)],
)
def test_a_tone_keeps_its_place_and_height(source_hz: int, target_hz: int) -> None:
    tone_hz = 997.0
    ring = np.sin(2 * np.pi * tone_hz * np.arange(1 << 15) / source_hz)
    plan = conversion(source_hz, target_hz)
    phases = plan.taps.shape[0]
    for n in range(400, 600):
        position, phase = divmod(n * plan.step, phases)
        value = interpolate(ring, position, phase, plan.taps, plan.reach)
        assert abs(value - np.sin(2 * np.pi * tone_hz * n / target_hz)) < 2e-3


def test_what_the_lower_rate_cannot_hold_is_gone() -> None:
    ring = np.sin(2 * np.pi * 11_000.0 * np.arange(1 << 15) / 48_000)
    plan = conversion(48_000, 16_000)
    values = [interpolate(ring, 3 * n, 0, plan.taps, plan.reach) for n in range(300, 600)]
    assert np.max(np.abs(values)) < 2e-3
