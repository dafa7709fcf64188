"""Speed of the trellis, and how exact word starts are on a constructed model.

Run: `python benchmarks/alignment.py`. Writes results/alignment.{json,md}.
"""

from __future__ import annotations

import time

import machine
import numpy as np
from numpy.typing import NDArray

from hattama.engine.alignment.trellis import align_tokens

VOCABULARY = 71
BLANK = 70
SPACE = 0
LETTERS_PER_S = 14
"""Fast speech; the slower, the shorter the trellis."""
REPEATS = 5


def constructed(
    seconds: float, frame_s: float, seed: int
) -> tuple[NDArray[np.float32], list[int], list[int]]:
    """Posteriors, tokens, and the true first frame of each token."""
    rng = np.random.default_rng(seed)
    frames = round(seconds / frame_s)
    count = round(min(seconds * LETTERS_PER_S, frames * 0.45))
    starts = np.sort(rng.choice(frames // 2, count, replace=False)) * 2
    tokens = rng.integers(1, BLANK, len(starts))
    tokens[::6] = SPACE
    path = np.full(frames, BLANK)
    path[starts] = tokens
    logits = rng.normal(0, 2.0, (frames, VOCABULARY))
    logits[np.arange(frames), path] += 6
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return log_probs.astype(np.float32), tokens.tolist(), starts.tolist()


def measure(seconds: float, frame_s: float) -> dict[str, object]:
    """One row: the fastest of the repeats, and the errors of word starts."""
    log_probs, tokens, starts = constructed(seconds, frame_s, seed=round(seconds))
    took = []
    for _ in range(REPEATS):
        begun = time.process_time()
        spans = align_tokens(log_probs, tokens, BLANK)
        took.append(time.process_time() - begun)
    words = [i + 1 for i, token in enumerate(tokens[:-1]) if token == SPACE]
    errors = [abs(spans[i].start - starts[i]) * frame_s * 1000 for i in words]
    return {
        "sound, s": seconds,
        "frame, ms": round(frame_s * 1000),
        "tokens": len(tokens),
        "trellis, ms": round(min(took) * 1000, 1),
        "seconds of sound a second": round(seconds / min(took)),
        "word start, median ms": round(float(np.median(errors)), 1),
        "word start, 95 % ms": round(float(np.percentile(errors, 95)), 1),
    }


if __name__ == "__main__":
    rows = [measure(s, f) for f in (0.04, 0.08) for s in (5.0, 20.0, 60.0)]
    notes = (
        "# Forced alignment\n\n"
        "Own Viterbi over CTC posteriors (`hattama.engine.alignment.trellis`), one core, processor "
        f"time, fastest of {REPEATS}. The posteriors are constructed: every token's true frame "
        "is known, noise is added. Frames of 40 ms are GigaAM's, of 80 ms FastConformer's. Windows "
        "of the pipeline are at most 20 s."
    )
    print(machine.markdown(rows))
    machine.write("alignment", rows, notes)
