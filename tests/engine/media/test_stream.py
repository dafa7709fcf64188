"""Streams that change on the way: sample rate, channels, the clock itself."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.media.decode import decode
from hattama.engine.media.errors import NoAudioError
from hattama.engine.media.probe import probe
from hattama.engine.media.stream import nearest_sample

if TYPE_CHECKING:
    from pathlib import Path


def joined(path: Path, *parts: Path) -> Path:
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def adts(kit: Any, path: Path, rate_hz: int, channels: int) -> Path:
    signal = np.stack([kit.chirps(2.0, [1.0], rate_hz)] * channels, axis=1)
    sound = kit.Sound(signal, rate_hz, "aac", bit_rate=96_000 * channels)
    return kit.encode(path, [sound], container_format="adts")


@pytest.mark.parametrize(
    ("first", "second"), [((48_000, 1), (16_000, 1)), ((16_000, 1), (44_100, 2))]
)
def test_sample_rate_and_channels_may_change_on_the_way(
    kit: Any, tmp_path: Path, first: tuple[int, int], second: tuple[int, int]
) -> None:
    parts = [adts(kit, tmp_path / "1.aac", *first), adts(kit, tmp_path / "2.aac", *second)]
    lone = [decode(part, tmp_path / "w") for part in parts]
    both = decode(joined(tmp_path / "a.aac", *parts), tmp_path / "w")
    assert len(both.tracks) == max(first[1], second[1])
    change_s = lone[0].duration
    expected = [kit.found(lone[0].tracks[0], [1.0])[0]]
    expected.append(change_s + kit.found(lone[1].tracks[0], [1.0])[0])
    assert kit.found(both.tracks[0], expected) == pytest.approx(expected, abs=0.002)
    assert both.duration == pytest.approx(sum(one.duration for one in lone), abs=0.001)


def test_a_channel_that_comes_later_is_silent_until_then(kit: Any, tmp_path: Path) -> None:
    parts = [adts(kit, tmp_path / "1.aac", 16_000, 1), adts(kit, tmp_path / "2.aac", 16_000, 2)]
    both = decode(joined(tmp_path / "a.aac", *parts), tmp_path / "w")
    left, right = both.tracks
    assert len(left) == len(right)
    assert not right.read(0, 30_000).any()
    assert kit.found(right, [3.1]) == pytest.approx(kit.found(left, [3.1]), abs=0.001)


def test_a_recorder_that_restarts_its_clock_makes_one_recording(kit: Any, tmp_path: Path) -> None:
    sound = kit.Sound(kit.chirps(4.0, [1.0, 3.0]), codec="aac", bit_rate=128_000)
    part = kit.encode(tmp_path / "part.ts", [sound])
    recording = decode(joined(tmp_path / "a.ts", part, part), tmp_path / "w")
    single = decode(part, tmp_path / "w")
    times = kit.found(single.mix, [1.0, 3.0])
    expected = [*times, *(time + single.duration for time in times)]
    assert kit.found(recording.mix, expected) == pytest.approx(expected, abs=0.035)
    assert any("was set anew 1 times" in str(notice) for notice in recording.warnings)


def test_a_form_that_nobody_can_decode_is_said(kit: Any, tmp_path: Path) -> None:
    path = kit.broadcast_wave(tmp_path / "a.wav", kit.chirps(1.0, [0.5]), 16_000, 0)
    content = bytearray(path.read_bytes())
    form = content.index(b"fmt ") + 8
    content[form : form + 2] = (0x0BAD).to_bytes(2, "little")
    path.write_bytes(content)
    assert probe(path).audio[0].codec == "unknown"
    with pytest.raises(NoAudioError, match=r"cannot be decoded \(unknown\); export it"):
        decode(path, tmp_path / "w")


@settings(deadline=None)
@given(
    stamp=st.integers(-(10**12), 10**12),
    base=st.fractions(Fraction(1, 10**7), 1),
    origin=st.fractions(-1000, 1000, max_denominator=90_000),
    rate=st.sampled_from([8000, 16_000, 44_100, 48_000]),
)
def test_the_nearest_sample_is_exact_at_any_length(
    stamp: int, base: Fraction, origin: Fraction, rate: int
) -> None:
    exact = (stamp * base - origin) * rate
    assert abs(nearest_sample(stamp, base, origin, rate) - exact) <= Fraction(1, 2)
