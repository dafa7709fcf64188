from __future__ import annotations

import numpy as np
import pytest
from disguise_seams import BLOCK, RATE, voice
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.disguise.likeness import Likeness, LikenessOptions
from hattama.disguise.likeness_kernels import compare, deal


def _noise(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, (n, 1)).astype(np.float32)


def test_the_kernel_agrees_with_numpy() -> None:
    lags = 40
    line = _noise(400, 1)[:, 0]
    said = _noise(100, 2)[:, 0]
    rows = np.zeros((1, lags + 100), np.float32)
    deal(line, 400, rows, lags + 100, 1)
    newest_first = said[::-1].copy()
    sums = np.zeros((2, 1, lags))
    here, running, total = compare(rows, newest_first, 100, sums, 0.0, 0.0, 1e-12)
    expected = max(abs(_cosine(line[300 - lag : 400 - lag], said)) for lag in range(lags))
    without_edge = max(abs(_cosine(line[301 - lag : 400 - lag], said[1:])) for lag in range(lags))
    assert here == pytest.approx(without_edge, rel=1e-4)
    assert running == pytest.approx(expected, rel=1e-4)
    assert total == pytest.approx(float(np.sum(said.astype(float) ** 2)), rel=1e-4)


def _cosine(x: np.ndarray, y: np.ndarray) -> float:
    return float(x @ y / np.sqrt((x @ x) * (y @ y)))


@settings(max_examples=25, deadline=None)
@given(
    rate=st.sampled_from([8_000, 16_000, 44_100, 48_000, 96_000]),
    delay_ms=st.floats(0, 49),
    gain=st.sampled_from([-1.0, 0.1, 1.0]),
    seed=st.integers(0, 100),
)
def test_a_copy_is_found_at_every_rate_delay_and_level(
    rate: int, delay_ms: float, gain: float, seed: int
) -> None:
    block, delay = rate // 100, int(delay_ms * rate / 1000)
    heard = _noise(40 * block, seed)
    said = gain * np.concatenate([np.zeros((delay, 1), np.float32), heard])[: len(heard)]
    judge = Likeness(rate, 1, block, LikenessOptions())
    verdicts = [
        judge.judge(heard[i : i + block], said[i : i + block].astype(np.float32))
        for i in range(0, len(heard), block)
    ]
    assert not any(verdicts[delay // block + 1 :])


def test_independent_noise_is_clean() -> None:
    judge = Likeness(RATE, 1, BLOCK, LikenessOptions())
    heard, said = _noise(RATE, 1), _noise(RATE, 2)
    for i in range(0, RATE, BLOCK):
        assert judge.judge(heard[i : i + BLOCK], said[i : i + BLOCK])
    assert judge.running < 0.1


def test_silence_is_clean_beside_a_voice() -> None:
    judge = Likeness(RATE, 1, BLOCK, LikenessOptions())
    sound = voice(0.5)[:, None]
    for i in range(0, len(sound), BLOCK):
        assert judge.judge(sound[i : i + BLOCK], np.zeros((BLOCK, 1), np.float32))


def test_a_copy_in_blocks_of_any_size_is_found() -> None:
    judge = Likeness(RATE, 1, BLOCK, LikenessOptions())
    sound, sizes = voice(1.0)[:, None], np.random.default_rng(5).integers(1, BLOCK, 400)
    at = 0
    for size in sizes:
        judge.judge(sound[at : at + size], sound[at : at + size])
        at += int(size)
    assert judge.leaks


@pytest.mark.parametrize(("source", "target"), [(0, 0), (1, 1), (0, 1), (1, 0)])
def test_a_copy_is_found_in_either_channel(source: int, target: int) -> None:
    judge = Likeness(RATE, 2, BLOCK, LikenessOptions())
    heard = np.concatenate([_noise(RATE, 1), _noise(RATE, 2)], axis=1)
    said = np.concatenate([_noise(RATE, 3), _noise(RATE, 4)], axis=1)
    said[:, target] = heard[:, source]
    verdicts = [
        judge.judge(heard[i : i + BLOCK], said[i : i + BLOCK]) for i in range(0, RATE, BLOCK)
    ]
    assert not verdicts[-1]


def test_resetting_forgets() -> None:
    judge = Likeness(RATE, 1, BLOCK, LikenessOptions())
    sound = voice(0.5)[:, None]
    for i in range(0, len(sound), BLOCK):
        judge.judge(sound[i : i + BLOCK], sound[i : i + BLOCK])
    judge.reset()
    assert judge.judge(_noise(BLOCK, 1), _noise(BLOCK, 2))
