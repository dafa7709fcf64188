"""The disguise as a stream."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from disguise_pitches import follow
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.disguise.errors import AudioFormatError
from hattama.disguise.framing import HOP
from hattama.disguise.pitch import SURELY_VOICED
from hattama.disguise.profiles import PROFILES
from hattama.disguise.secret import Secret
from hattama.disguise.stream import DisguiseStream

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEY = Secret(bytes(range(32)))
RATE = 16_000


def vowels(
    seconds: float, rate: int = RATE, seed: int = 1, *, whispered: bool = False
) -> NDArray[np.float32]:
    """A synthetic voice: gliding pulses through three resonances, in bursts, with hiss."""
    generator = np.random.default_rng(seed)
    n = int(seconds * rate)
    time = np.arange(n) / rate
    pitch = 120.0 + 25.0 * np.sin(2 * np.pi * 0.7 * time)
    phase = np.cumsum(pitch) / rate
    pulses = np.diff(np.floor(phase), prepend=0.0)
    signal = (0.0 if whispered else pulses) + 0.01 * generator.standard_normal(n)
    for formant, width in ((600.0, 80.0), (1400.0, 110.0), (2600.0, 160.0)):
        radius = np.exp(-np.pi * width / rate)
        a1, a2 = 2 * radius * np.cos(2 * np.pi * formant / rate), -(radius**2)
        out = np.zeros(n + 2)
        for i in range(n):
            out[i + 2] = signal[i] + a1 * out[i + 1] + a2 * out[i]
        signal = out[2:]
    signal = signal * (np.sin(2 * np.pi * 2.0 * time) > -0.5)
    return (0.2 * signal / np.max(np.abs(signal))).astype(np.float32)


VOICE = vowels(1.5)


def in_blocks(
    stream: DisguiseStream, sound: NDArray[np.float32], sizes: list[int]
) -> NDArray[np.float32]:
    pieces, at, turn = [], 0, 0
    while at < len(sound):
        size = sizes[turn % len(sizes)]
        pieces.append(stream.process(sound[at : at + size]))
        at, turn = at + size, turn + 1
    return np.concatenate(pieces)


@pytest.mark.parametrize("size", [1, 2, 157, 480, 24_000])
def test_every_block_size_gives_the_same_samples(size: int) -> None:
    whole = DisguiseStream(RATE, secret=KEY).process(VOICE)
    cut = in_blocks(DisguiseStream(RATE, secret=KEY, block_size=size), VOICE, [size])
    assert np.array_equal(whole, cut)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 3000), min_size=1, max_size=6), st.sampled_from([8000, 44_100]))
def test_any_run_of_block_sizes_gives_the_same_samples(sizes: list[int], rate: int) -> None:
    sound = VOICE[:8000]
    whole = DisguiseStream(rate, secret=KEY).process(sound)
    assert np.array_equal(whole, in_blocks(DisguiseStream(rate, secret=KEY), sound, sizes))


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_every_rate_gives_a_disguise_of_the_input_s_level(rate: int) -> None:
    sound = vowels(1.0, rate)
    out = DisguiseStream(rate, secret=KEY).process(sound)
    assert out.shape == sound.shape
    assert 0.2 < np.std(out) / np.std(sound) < 5.0


def test_no_secret_makes_the_voice_so_loud_that_it_is_clipped() -> None:
    levels = []
    for i in range(24):
        out = DisguiseStream(RATE, "strong", Secret(i.to_bytes(32, "big"))).process(VOICE)
        assert np.max(np.abs(out)) < 0.99
        levels.append(20.0 * np.log10(np.std(out)))
    assert np.ptp(levels) < 12.0  # 24 dB while a loud bass was not allowed for


def voiced_share(sound: NDArray[np.float32]) -> float:
    """Share of the frames that are not faint in which a pitch is surely heard."""
    frames = sound[: len(sound) // HOP * HOP].reshape(-1, HOP)
    loud = np.std(frames, axis=1) > 0.3 * np.std(sound)
    voicing = follow(sound)[1]
    return float(np.mean(voicing[loud[: len(voicing)]] > SURELY_VOICED))


def test_in_strong_a_whisper_is_voiced_like_any_speech() -> None:
    breathed = vowels(1.5, whispered=True)
    kept = replace(PROFILES["strong"], voicing=1.0)
    assert voiced_share(DisguiseStream(RATE, kept, KEY).process(breathed)) < 0.3
    assert voiced_share(DisguiseStream(RATE, "strong", KEY).process(breathed)) > 0.7


def test_the_same_secret_repeats_the_disguise_and_another_does_not() -> None:
    first = DisguiseStream(RATE, secret=KEY).process(VOICE)
    again = DisguiseStream(RATE, secret=Secret(bytes(range(32)))).process(VOICE)
    other = DisguiseStream(RATE, secret=Secret(bytes(32))).process(VOICE)
    fresh = DisguiseStream(RATE).process(VOICE)
    assert np.array_equal(first, again)
    assert not np.allclose(first, other, atol=0.01)
    assert not np.allclose(first, fresh, atol=0.01)


def test_reset_starts_the_same_stream_again() -> None:
    stream = DisguiseStream(RATE, secret=KEY)
    first = stream.process(VOICE)
    stream.reset()
    assert np.array_equal(first, stream.process(VOICE))


def test_flush_gives_what_is_still_to_come() -> None:
    stream = DisguiseStream(RATE, secret=KEY)
    padded = np.concatenate([VOICE, np.zeros(stream.latency, dtype=np.float32)])
    whole = stream.process(padded)
    stream.reset()
    parts = np.concatenate([stream.process(VOICE), stream.flush()])
    assert len(parts) == len(VOICE) + stream.input_latency + stream.output_latency
    assert np.array_equal(whole, parts)


def test_what_is_not_finite_does_no_harm_and_is_soon_forgotten() -> None:
    stream = DisguiseStream(RATE, secret=KEY)
    broken = VOICE.copy()
    broken[1000:1100] = np.nan
    broken[3000] = np.inf
    broken[5000:5010] = -np.inf
    broken[7000] = 3e38
    assert np.all(np.isfinite(stream.process(broken)))
    silence = stream.process(np.zeros(RATE, dtype=np.float32))
    assert np.max(np.abs(silence[RATE // 2 :])) < 1e-3


def test_silence_stays_near_silence() -> None:
    out = DisguiseStream(RATE, secret=KEY).process(np.zeros(RATE, dtype=np.float32))
    assert np.max(np.abs(out)) < 1e-3


@pytest.mark.parametrize("tone_hz", [211.0, 437.0, 1003.0, 2503.0])
def test_a_tone_does_not_come_out_at_its_own_frequency(tone_hz: float) -> None:
    time = np.arange(3 * RATE) / RATE
    tone = (0.3 * np.sin(2 * np.pi * tone_hz * time)).astype(np.float32)
    out = DisguiseStream(RATE, secret=KEY).process(tone)[RATE:]
    heard = tone[RATE:]
    spectrum = np.exp(-2j * np.pi * tone_hz * time[: len(out)])
    coherent = abs(np.mean(out * spectrum)) / np.std(out)
    assert coherent < 0.1 * abs(np.mean(heard * spectrum)) / np.std(heard)


def test_the_output_does_not_correlate_with_the_input_at_any_lag() -> None:
    out = DisguiseStream(RATE, secret=KEY).process(VOICE)
    size = 1 << 16
    cross = np.fft.irfft(np.fft.rfft(out, size) * np.conj(np.fft.rfft(VOICE, size)), size)
    bound = np.max(np.abs(cross)) / (np.linalg.norm(out) * np.linalg.norm(VOICE))
    assert bound < 0.25


def test_int16_gives_the_disguise_of_the_same_float_samples() -> None:
    whole = np.rint(VOICE * 32_768.0).astype(np.int16)
    from_int = DisguiseStream(RATE, secret=KEY).process(whole)
    from_float = DisguiseStream(RATE, secret=KEY).process((whole / 32_768.0).astype(np.float32))
    assert from_int.dtype == np.int16
    assert np.max(np.abs(from_int - 32_767.0 * from_float)) <= 0.51


def test_each_channel_is_disguised_by_itself() -> None:
    both = np.stack([VOICE, vowels(1.5, seed=2)], axis=1)
    out = DisguiseStream(RATE, secret=KEY, channels=2).process(both)
    alone = DisguiseStream(RATE, secret=KEY).process(np.ascontiguousarray(both[:, 1]))
    assert out.shape == both.shape
    assert np.array_equal(out[:, 1], alone)


def test_the_result_can_go_into_a_given_array() -> None:
    out = np.ones_like(VOICE)
    given_back = DisguiseStream(RATE, secret=KEY).process(VOICE, out=out)
    assert given_back is out
    assert np.array_equal(out, DisguiseStream(RATE, secret=KEY).process(VOICE))


def test_a_steady_stream_keeps_no_memory_per_block() -> None:
    stream = DisguiseStream(RATE, secret=KEY)
    block, out = VOICE[:48].copy(), np.zeros(48, dtype=np.float32)
    tracemalloc.start()
    for _ in range(2000):  # fills the interpreter's own free lists
        stream.process(block, out=out)
    before, whole = kept(), tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    for _ in range(4000):
        stream.process(block, out=out)
    peak = tracemalloc.get_traced_memory()[1]
    after = kept()
    tracemalloc.stop()
    assert after - before < 16_384
    assert peak - whole < 65_536


def kept() -> int:
    """Bytes that the disguise and its tests hold; threads of other tests may be at work as well."""
    ours = [tracemalloc.Filter(inclusive=True, filename_pattern="*disguise*")]
    return sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces(ours).traces)


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 48_000])
def test_a_burst_comes_out_after_the_stated_latency(rate: int) -> None:
    stream = DisguiseStream(rate, secret=KEY)
    sound = np.zeros(rate, dtype=np.float32)
    start = rate // 2
    burst = np.random.default_rng(3).standard_normal(rate // 4)
    sound[start : start + rate // 4] = 0.1 * burst
    out = stream.process(sound)
    smooth = np.convolve(out**2, np.ones(rate // 1000) / (rate // 1000), mode="same")
    onset = int(np.argmax(smooth > 0.25 * np.median(smooth[smooth > 1e-4])))
    assert abs(onset - start - stream.latency) <= 0.006 * rate


def test_no_sample_is_used_before_it_has_come() -> None:
    stream = DisguiseStream(48_000, secret=KEY)
    sound = vowels(0.5, 48_000)
    changed = sound.copy()
    changed[12_000:] = 0.0
    first = stream.process(sound)
    stream.reset()
    second = stream.process(changed)
    assert np.array_equal(first[:12_000], second[:12_000])


@pytest.mark.parametrize(
    ("settings_given", "word"),
    [({"sample_rate": 7999}, "7999"), ({"sample_rate": 16_000, "block_size": 0}, "at least 1")],
)
def test_a_stream_out_of_range_is_refused(settings_given: dict[str, int], word: str) -> None:
    with pytest.raises(AudioFormatError, match=word):
        DisguiseStream(**settings_given)


@pytest.mark.parametrize("block", [np.zeros(10), np.zeros((2, 2, 2), dtype=np.float32)])
def test_a_block_of_another_kind_is_refused(block: NDArray[np.float32]) -> None:
    with pytest.raises(AudioFormatError):
        DisguiseStream(RATE, secret=KEY).process(block)


def test_channels_do_not_change_within_a_stream() -> None:
    stream = DisguiseStream(RATE, secret=KEY)
    stream.process(VOICE)
    with pytest.raises(AudioFormatError, match="reset"):
        stream.process(np.zeros((10, 2), dtype=np.float32))
