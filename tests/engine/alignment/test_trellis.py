from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hattama.engine.alignment.errors import TextTooLongError
from hattama.engine.alignment.trellis import align_tokens, needed_frames

BLANK = 0


def collapsed(path: tuple[int, ...]) -> tuple[int, ...]:
    """What CTC reads from a path: repeats merged, then blanks removed."""
    merged = [symbol for i, symbol in enumerate(path) if i == 0 or path[i - 1] != symbol]
    return tuple(symbol for symbol in merged if symbol != BLANK)


def best_by_brute_force(
    log_probs: NDArray[np.float32], tokens: tuple[int, ...]
) -> tuple[float, set[tuple[int, ...]]]:
    """Every path there is, tried: the independent reference."""
    scores: dict[tuple[int, ...], float] = {}
    for path in product(range(log_probs.shape[1]), repeat=len(log_probs)):
        if collapsed(path) == tokens:
            scores[path] = float(sum(log_probs[t, symbol] for t, symbol in enumerate(path)))
    best = max(scores.values())
    return best, {path for path, score in scores.items() if score > best - 1e-4}


@given(
    frames=st.integers(1, 6),
    tokens=st.lists(st.integers(1, 2), min_size=1, max_size=4),
    seed=st.integers(0, 2**16),
)
@settings(deadline=None, max_examples=60)
def test_the_path_is_the_best_of_all_paths(frames: int, tokens: list[int], seed: int) -> None:
    if needed_frames(tokens) > frames:
        return
    logits = np.random.default_rng(seed).normal(0, 2, (frames, 3)).astype(np.float32)
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    spans = align_tokens(log_probs, tokens, BLANK)
    path = [BLANK] * frames
    for span, token in zip(spans, tokens, strict=True):
        path[span.start : span.stop] = [token] * (span.stop - span.start)
    best, paths = best_by_brute_force(log_probs, tuple(tokens))
    assert collapsed(tuple(path)) == tuple(tokens)
    assert sum(log_probs[t, s] for t, s in enumerate(path)) == pytest.approx(best, abs=1e-4)
    assert tuple(path) in paths


def test_spans_follow_each_other_and_each_holds_a_frame() -> None:
    rng = np.random.default_rng(1)
    tokens = rng.integers(1, 8, 60).tolist()
    spans = align_tokens(np.log(rng.dirichlet(np.ones(8), 200)), tokens, BLANK)
    assert all(span.stop > span.start for span in spans)
    assert all(after.start >= before.stop for before, after in pairwise(spans))


def test_equal_tokens_are_parted_by_a_blank() -> None:
    log_probs = np.log(np.full((3, 2), 0.5))
    first, second = align_tokens(log_probs, [1, 1], BLANK)
    assert (first.start, first.stop, second.start, second.stop) == (0, 1, 2, 3)


def test_text_that_just_fits_is_aligned_and_one_token_more_is_refused() -> None:
    log_probs = np.log(np.full((4, 3), 1 / 3))
    assert len(align_tokens(log_probs, [1, 2, 2], BLANK)) == 3
    with pytest.raises(TextTooLongError, match="needs 5 frames of sound and there are 4"):
        align_tokens(log_probs, [1, 2, 2, 1], BLANK)


def test_what_the_model_excludes_is_still_aligned() -> None:
    with np.errstate(divide="ignore"):
        log_probs = np.log(np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]))
    (span,) = align_tokens(log_probs, [1], BLANK)
    assert span.stop - span.start == 1


def test_no_text_needs_no_sound() -> None:
    assert align_tokens(np.zeros((0, 3)), [], BLANK) == ()


def test_the_confidence_is_the_posterior() -> None:
    log_probs = np.log(np.array([[0.9, 0.1], [0.2, 0.8], [0.9, 0.1]]))
    (span,) = align_tokens(log_probs, [1], BLANK)
    assert (span.start, span.stop) == (1, 2)
    assert np.exp(span.log_prob) == pytest.approx(0.8)
