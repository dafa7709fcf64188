from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hattama.disguise.pcm import SAMPLE_BYTES, to_bytes, to_floats

STEP = {"s16le": 2**-15, "s24le": 2**-23, "s32le": 2**-24, "f32le": 2**-24}
"""Largest error of a sample that goes there and back (float32 keeps 24 bits)."""


@pytest.mark.parametrize("pcm", SAMPLE_BYTES)
@given(
    st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=40).filter(lambda x: len(x) % 2 == 0)
)
def test_samples_survive_the_way_there_and_back(pcm: str, values: list[float]) -> None:
    samples = np.array(values, np.float32).reshape(-1, 2)
    data = to_bytes(samples, pcm)
    assert len(data) == samples.size * SAMPLE_BYTES[pcm]
    assert np.abs(to_floats(data, pcm, 2) - samples).max() <= 2 * STEP[pcm]


def test_bytes_of_24_bits_are_little_endian() -> None:
    assert to_bytes(np.array([0.5, -0.5], np.float32), "s24le") == b"\x00\x00\x40\x00\x00\xc0"
    assert to_floats(b"\xff\xff\x7f\x00\x00\x80", "s24le", 1)[:, 0].tolist() == [1 - 2**-23, -1.0]


@pytest.mark.parametrize("pcm", ["s16le", "s24le", "s32le"])
def test_what_is_beyond_full_scale_is_clipped_and_does_not_wrap(pcm: str) -> None:
    back = to_floats(to_bytes(np.array([7.0, -7.0], np.float32), pcm), pcm, 1)[:, 0]
    assert back[0] == pytest.approx(1, abs=1e-4)
    assert back[1] == pytest.approx(-1, abs=1e-4)
