from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from disguise_seams import BLOCK, PATIENT, RATE, Broken, live_guard, voice

from hattama.disguise import trace as trace_module
from hattama.disguise.events import GuardState, Reason
from hattama.disguise.fake import FakeStream
from hattama.disguise.guard import Guard
from hattama.disguise.trace import TRACE_LIMIT, WINDOW_S, Trace


def under(decibels: float, delay: int = 450) -> Broken:
    """A core that lets the raw voice through, `decibels` under its own sound and late."""
    core = FakeStream()
    past = np.zeros(delay, np.float32)

    def leak(block: np.ndarray) -> np.ndarray:
        nonlocal past
        line = np.concatenate([past, block])
        past = line[len(block) :]
        said = core.process(block)
        loud = np.std(said) / (np.std(block) + 1e-6)
        return np.asarray(said + line[: len(block)] * loud * 10 ** (decibels / 20), np.float32)

    return Broken(leak)


def heights(core: FakeStream, sound: np.ndarray, rate: int = RATE) -> list[float]:
    trace, found = Trace(rate, 1), []
    for block in sound[: len(sound) // 480 * 480].reshape(-1, 480):
        trace.take(block[:, None], core.process(block)[:, None])
        found.append(trace.look())
    return [height for height in found if height]


@pytest.mark.parametrize("decibels", [-6.0, -12.0, -18.0])
def test_a_raw_voice_under_the_disguise_is_found(decibels: float) -> None:
    core = under(decibels)
    core.broken = True
    assert max(heights(core, voice(8.0))) > TRACE_LIMIT


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000, 96_000])
def test_it_is_found_at_every_rate_and_nothing_is_found_without_it(rate: int) -> None:
    sound = voice(6.0, rate)
    core = under(-6.0, delay=rate // 100)
    core.broken = True
    assert max(heights(core, sound, rate)) > TRACE_LIMIT
    assert max(heights(FakeStream(), sound, rate)) < TRACE_LIMIT


def test_music_hum_and_silence_are_no_voice() -> None:
    t = np.arange(6 * RATE) / RATE
    tones = sum(np.sin(2 * np.pi * hz * t) for hz in (50, 220, 440, 660, 1000))
    for sound in (0.05 * tones, 0 * t, 0.1 * np.sign(np.sin(2 * np.pi * 50 * t))):
        assert max(heights(FakeStream(), np.asarray(sound, np.float32)), default=0) < TRACE_LIMIT


def test_nothing_is_said_before_two_seconds_are_new() -> None:
    trace, core = Trace(RATE, 1), FakeStream()
    for n, block in enumerate(voice(4.0).reshape(-1, BLOCK)):
        trace.take(block[:, None], core.process(block)[:, None])
        looked = (n + 1) * BLOCK % round(WINDOW_S * RATE) == 0
        assert (trace.look() > 0) == looked


def test_resetting_forgets_what_was_added_up() -> None:
    core = under(0.0)
    core.broken = True
    trace = Trace(RATE, 1)
    for block in voice(2.0).reshape(-1, BLOCK):
        trace.take(block[:, None], core.process(block)[:, None])
    assert trace.look() > TRACE_LIMIT
    trace.reset()
    clean = FakeStream()
    for block in voice(2.0).reshape(-1, BLOCK):
        trace.take(block[:, None], clean.process(block)[:, None])
    assert trace.look() < TRACE_LIMIT


@pytest.mark.parametrize(("source", "target"), [(0, 1), (1, 0), (1, 1)])
def test_it_is_found_from_any_channel_in_any_channel(source: int, target: int) -> None:
    trace, core = Trace(RATE, 2), under(-6.0)
    core.broken = True
    generator = np.random.default_rng(5)
    for block in voice(4.0).reshape(-1, BLOCK):
        heard, said = generator.normal(0, 0.01, (2, BLOCK, 2)).astype(np.float32)
        heard[:, source], said[:, target] = block, core.process(block)
        trace.take(heard, said)
    assert trace.look() > TRACE_LIMIT


def test_the_guard_goes_silent_on_a_faint_trace() -> None:
    core = under(-12.0)
    with live_guard(core) as guard:
        core.broken = True
        for block in voice(10.0).reshape(-1, BLOCK):
            guard.process(block)
            guard.look_for_traces()
        assert guard.state is GuardState.FAULTED
        assert guard.reason is Reason.LIKENESS
        assert "trace" in guard.ring.events[-1].detail


def test_the_watchdog_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bool] = []
    monkeypatch.setattr(Trace, "look", lambda _self: float(not looked.append(True)))
    with Guard(FakeStream, PATIENT) as guard:
        guard.arm()
        for _ in range(1000):
            guard.process(voice(0.01))
            if looked:
                break
            guard._watchdog._stop.wait(0.01)
    assert looked


def test_the_audio_path_only_copies() -> None:
    """`take` calls nothing but `len` and `min`: what it is given goes into the two rings alone."""
    tree = ast.parse(Path(trace_module.__file__).read_text("utf-8"))
    (take,) = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "take")
    calls = {node.func.id for node in ast.walk(take) if isinstance(node, ast.Call)}
    assert calls == {"len", "min"}
