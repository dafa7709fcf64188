"""Every part of the chain is broken in turn; the raw voice must not leave in any of them."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from disguise_seams import (
    BLOCK,
    PATIENT,
    RATE,
    Broken,
    alikeness,
    fail,
    feed,
    live_guard,
    voice,
    wait_for,
)

from hattama.diarization.campplus import CampplusEmbedder
from hattama.disguise.events import GuardState, Reason
from hattama.disguise.fake import FakeStream
from hattama.disguise.guard import Guard, GuardOptions
from hattama.disguise.secret import Secret
from hattama.disguise.similarity import crowd
from hattama.disguise.stream import DisguiseStream
from hattama.disguise.watchdog import WatchdogOptions
from hattama.models.store import ModelStore

CHANCE = 0.3
"""Correlation under which two voices are alike by chance; the raw voice itself gives 1."""


def _poison(value: float) -> object:
    def fault(block: np.ndarray) -> np.ndarray:
        bad = block.copy()
        bad[len(bad) // 2] = value
        return bad

    return fault


FAULTS = {
    "exception": (fail(RuntimeError("broken")), Reason.EXCEPTION),
    "assertion": (fail(AssertionError()), Reason.EXCEPTION),
    "memory": (fail(MemoryError()), Reason.MEMORY),
    "not-a-number": (_poison(np.nan), Reason.NOT_FINITE),
    "infinity": (_poison(np.inf), Reason.NOT_FINITE),
    "minus-infinity": (_poison(-np.inf), Reason.NOT_FINITE),
    "short": (lambda block: block[:-1].copy(), Reason.SHAPE),
    "long": (lambda block: np.tile(block, 2), Reason.SHAPE),
    "double": (lambda block: block.astype(np.float64), Reason.SHAPE),
    "nothing": (lambda _: None, Reason.EXCEPTION),
    "input-itself": (lambda block: block, Reason.LIKENESS),
    "view-of-input": (lambda block: block[:], Reason.LIKENESS),
    "copy": (lambda block: block.copy(), Reason.LIKENESS),
    "quiet-copy": (lambda block: 0.05 * block, Reason.LIKENESS),
    "turned-copy": (lambda block: -block, Reason.LIKENESS),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_core_lets_no_raw_voice_out(name: str) -> None:
    fault, reason = FAULTS[name]
    core = Broken(fault)
    with live_guard(core) as guard:
        sound = voice(2.0)
        half = len(sound) // 2
        before = feed(guard, sound[:half])
        core.broken = True
        after = feed(guard, sound[half:])
        assert guard.state is GuardState.FAULTED
        assert guard.reason is reason
    assert before.any()
    assert not after.any()
    assert alikeness(sound, np.concatenate([before, after])) < CHANCE


@pytest.mark.parametrize("delay", [1, 37, 480, 1500, 2300])
def test_a_delayed_copy_is_stopped_before_it_can_be_heard(delay: int) -> None:
    past = np.zeros(delay, np.float32)

    def delayed(block: np.ndarray) -> np.ndarray:
        nonlocal past
        line = np.concatenate([past, block])
        past = line[len(block) :]
        return line[: len(block)]

    core = Broken(delayed)
    with live_guard(core) as guard:
        core.broken = True
        sound = voice(1.0)
        left = feed(guard, sound)
        assert guard.reason is Reason.LIKENESS
    assert not left.any()


def test_a_raw_voice_under_the_disguise_is_found_within_a_second() -> None:
    core = FakeStream()
    mixed = Broken(lambda block: core.process(block) * 0.7 + 0.7 * block)
    with live_guard(mixed) as guard:
        mixed.broken = True
        left = feed(guard, voice(2.0))
        assert guard.reason is Reason.LIKENESS
    assert not left[RATE:].any()


def test_one_late_block_is_silent_by_itself_and_several_make_a_fault() -> None:
    options = GuardOptions(
        deadline=1.0, late_blocks=3, prove_blocks=1, watchdog=WatchdogOptions(stall_s=None)
    )
    now = [0]
    slow = [False]

    class Slow(FakeStream):
        def process(self, block: np.ndarray, /) -> np.ndarray:
            now[0] += 11_000_000 if slow[0] else 100_000
            return super().process(block)

    guard = Guard(Slow, options, clock=lambda: now[0])
    guard._watchdog = _NoWatchdog()
    guard.arm()
    sound = voice(0.2)
    feed(guard, sound[: 3 * BLOCK])
    assert guard.state is GuardState.LIVE
    slow[0] = True
    assert not feed(guard, sound[:BLOCK]).any()
    slow[0] = False
    assert guard.state is GuardState.LIVE
    assert feed(guard, sound[BLOCK : 4 * BLOCK]).any()
    slow[0] = True
    assert not feed(guard, sound[: 2 * BLOCK]).any()
    assert guard.reason is Reason.LATE
    assert guard.counters.late == 3


class _NoWatchdog:
    def start(self) -> None:
        """The test moves the clock itself."""

    stop = start

    def absent(self, _now: int) -> bool:
        return False


def test_a_device_that_is_lost_raises_the_alarm() -> None:
    told = []
    options = GuardOptions(deadline=None, watchdog=WatchdogOptions(stall_s=0.1))
    with Guard(FakeStream, options, lambda event: told.append(event.reason)) as guard:
        guard.arm()
        guard.process(voice(0.01))
        assert wait_for(lambda: Reason.STALLED in told)
        assert not guard.process(voice(0.01)).any()


def test_a_core_that_hangs_raises_the_alarm_and_its_late_answer_is_dropped() -> None:
    release = threading.Event()

    def hang(block: np.ndarray) -> np.ndarray:
        release.wait(20)
        return np.random.default_rng(3).normal(0, 0.1, block.shape).astype(np.float32)

    core = Broken(hang)
    options = WatchdogOptions(stall_s=None, hang_s=0.1)
    with live_guard(core, watchdog=options) as guard:
        core.broken = True
        left: list[np.ndarray] = []
        worker = threading.Thread(target=lambda: left.append(guard.process(voice(0.01))))
        worker.start()
        assert wait_for(lambda: guard.reason is Reason.HUNG)
        release.set()
        worker.join(10)
        assert not left[0].any()


@pytest.mark.parametrize("jump", ["stands", "back"])
def test_a_clock_that_stands_still_or_runs_backwards_is_a_fault(jump: str) -> None:
    offset, frozen = [0], [None]

    def clock() -> int:
        return frozen[0] if frozen[0] is not None else time.monotonic_ns() + offset[0]

    with Guard(FakeStream, PATIENT, clock=clock) as guard:
        guard.arm()
        feed(guard, voice(0.3))
        if jump == "stands":
            frozen[0] = clock()
        else:
            offset[0] = -int(5e9)
        assert wait_for(lambda: guard.counters.faults > 0)
        assert guard.ring.events[2].reason is Reason.CLOCK


def test_a_clock_that_leaps_forward_silences_the_block_it_leaps_in() -> None:
    offset = [0]

    class Leap(FakeStream):
        def process(self, block: np.ndarray, /) -> np.ndarray:
            offset[0] += leap[0]
            return super().process(block)

    leap = [0]
    options = GuardOptions(watchdog=WatchdogOptions(stall_s=60, hang_s=60))
    with Guard(Leap, options, clock=lambda: time.monotonic_ns() + offset[0]) as guard:
        guard.arm()
        for _ in range(200):
            guard.process(voice(0.01))
            if guard.state is GuardState.LIVE:
                break
        leap[0] = int(3600e9)
        assert not guard.process(voice(0.01)).any()


def test_a_watchdog_that_died_is_a_fault() -> None:
    offset = [0]
    options = replace(PATIENT, recovery="always")
    with Guard(FakeStream, options, clock=lambda: time.monotonic_ns() + offset[0]) as guard:
        guard.arm()
        feed(guard, voice(0.3))
        guard._watchdog._stop.set()  # as when its thread is killed
        guard._watchdog._thread.join(10)
        offset[0] = int(6e9)
        assert not guard.process(voice(0.01)).any()
        assert guard.reason is Reason.WATCHDOG


def test_a_block_of_the_wrong_shape_gives_silence_of_that_shape() -> None:
    with live_guard(FakeStream()) as guard:
        stereo = np.stack([voice(0.01)] * 2, axis=1)
        left = guard.process(stereo)
        assert left.shape == stereo.shape
        assert not left.any()
        assert guard.reason is Reason.SHAPE


def test_input_that_is_no_number_does_not_blind_the_judge() -> None:
    core = Broken(lambda block: block.copy())
    with live_guard(core) as guard:
        guard.process(np.full(BLOCK, np.nan, np.float32))
        assert guard.reason is Reason.NOT_FINITE


def test_an_interrupt_in_the_core_leaves_silence_behind() -> None:
    core = Broken(fail(KeyboardInterrupt()))
    with live_guard(core) as guard:
        core.broken = True
        answer = voice(0.01)
        with pytest.raises(KeyboardInterrupt):
            guard.process_into(voice(0.01), answer)
        assert not answer.any()


def test_after_a_fault_of_timing_the_guard_proves_the_core_anew() -> None:
    with live_guard(FakeStream(), recover_s=0.0) as guard:
        guard.fault(Reason.LATE)
        assert wait_for(lambda: guard.state is GuardState.ARMED)
        left = feed(guard, voice(1.0))
        assert guard.state is GuardState.LIVE
        assert not left[: guard.options.prove_blocks * BLOCK].any()


def test_after_a_fault_of_the_core_only_the_operator_starts_again() -> None:
    core = Broken(fail(RuntimeError()))
    with live_guard(core, recover_s=0.0) as guard:
        core.broken = True
        guard.process(voice(0.01))
        assert not wait_for(lambda: guard.state is not GuardState.FAULTED, 0.3)
        core.broken = False
        guard.arm()
        assert feed(guard, voice(0.5)).any()


def test_recovery_by_itself_makes_a_new_core_when_that_was_chosen() -> None:
    made = []

    def factory() -> Broken:
        made.append(Broken(fail(RuntimeError())))
        return made[-1]

    with Guard(factory, replace(PATIENT, recovery="always", recover_s=0.0)) as guard:
        guard.arm()
        feed(guard, voice(0.3))
        made[0].broken = True
        guard.process(voice(0.01))
        assert wait_for(lambda: guard.state is GuardState.ARMED)
        assert len(made) == 2


def test_a_likeness_is_never_recovered_from_by_itself() -> None:
    core = Broken(lambda block: block)
    with live_guard(core, recovery="always", recover_s=0.0) as guard:
        core.broken = True
        guard.process(voice(0.01))
        core.broken = False
        assert not wait_for(lambda: guard.state is not GuardState.FAULTED, 0.3)


@pytest.mark.weights
def test_a_speaker_verifier_does_not_know_the_witness_in_what_left_around_a_fault(
    store: ModelStore, samples: Path
) -> None:
    """A real voice, the real core, and what is left of it when the core turns into a leak."""
    sound, rate = soundfile.read(samples / "civil-ru-kk.flac", dtype="float32")
    judge = sound[round(1.6 * rate) : round(15.6 * rate)]
    first, second = judge[: 7 * rate], judge[7 * rate : 14 * rate]
    left = [
        _around_a_fault(second, rate, fault)
        for fault in (
            lambda block: block.copy(),
            lambda block: 0.9 * block,
            fail(RuntimeError()),
        )
    ]
    prints = CampplusEmbedder(store)
    witness, control, *after = prints.embed([first, second, *left])
    himself = float(witness @ control)
    stranger, _ = crowd("campplus").score(witness.astype(np.float64))
    for vector in after:
        assert float(witness @ vector) < 0.5 * (himself + stranger)


def _around_a_fault(voice_: np.ndarray, rate: int, fault: object) -> np.ndarray:
    core = Turncoat(rate, fault)
    block = rate // 100
    options = replace(PATIENT, sample_rate=rate, block_size=block)
    with Guard(lambda: core, options) as guard:
        guard.arm()
        for _ in range(options.prove_blocks):
            guard.process(np.zeros(block, np.float32))
        left = []
        for n, piece in enumerate(voice_.reshape(-1, block)):
            core.turned = n > 500
            left.append(guard.process(piece))
        assert guard.state is GuardState.FAULTED
    heard, said = voice_[501 * block :], np.concatenate(left)[501 * block :]
    assert alikeness(heard, said) < CHANCE
    return np.concatenate(left)


class Turncoat(DisguiseStream):
    """The real core until it turns."""

    turned = False

    def __init__(self, rate: int, fault: object) -> None:
        # A session that hides this voice well, so that what a fault adds would show.
        super().__init__(rate, "strong", Secret(bytes([3] * 32)))
        self.fault = fault

    def process(self, block: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        return self.fault(block) if self.turned else super().process(block, out)
