from __future__ import annotations

import threading
import tracemalloc

import numpy as np
import pytest
from disguise_seams import BLOCK, PATIENT, Broken, feed, live_guard, voice, wait_for

from hattama.disguise.errors import CoreUnfitError, GuardError
from hattama.disguise.events import Event, EventRing, GuardState, Reason
from hattama.disguise.fake import FakeStream
from hattama.disguise.guard import Guard, GuardOptions


def test_silence_leaves_before_the_guard_is_armed() -> None:
    guard = Guard(FakeStream, PATIENT)
    assert guard.state is GuardState.OFF
    assert not feed(guard, voice(0.2)).any()


def test_silence_leaves_while_an_armed_core_proves_itself_and_then_the_disguise() -> None:
    with Guard(FakeStream, PATIENT) as guard:
        guard.arm()
        sound = voice(0.5)
        proving = PATIENT.prove_blocks * BLOCK
        assert not feed(guard, sound[:proving]).any()
        assert guard.state is GuardState.LIVE
        assert feed(guard, sound[proving:]).any()


def test_the_first_voice_that_leaves_is_what_the_core_made() -> None:
    with live_guard(FakeStream()) as guard:
        core = FakeStream()
        feed_core = np.zeros(PATIENT.prove_blocks * BLOCK, np.float32)
        core.process(feed_core)
        sound = voice(0.3)
        assert np.array_equal(feed(guard, sound), core.process(sound))


def test_disarming_takes_the_token_of_its_first_step() -> None:
    with live_guard(FakeStream()) as guard:
        with pytest.raises(GuardError):
            guard.confirm_disarm("000000")
        token = guard.request_disarm()
        with pytest.raises(GuardError):
            guard.confirm_disarm("x" + token)
        with pytest.raises(GuardError, match="still live"):
            guard.confirm_disarm(token)  # a wrong token spends the request
        assert guard.state is GuardState.LIVE
        guard.confirm_disarm(guard.request_disarm())
        assert guard.state is GuardState.OFF
        assert not feed(guard, voice(0.2)).any()


def test_a_late_second_step_does_not_disarm() -> None:
    now = [0]
    guard = Guard(FakeStream, PATIENT, clock=lambda: now[0])
    token = guard.request_disarm()
    now[0] += int(11e9)
    with pytest.raises(GuardError):
        guard.confirm_disarm(token)
    assert guard.ring.events[-1].reason is Reason.DISARM_REFUSED


def test_an_armed_guard_is_not_armed_again() -> None:
    with live_guard(FakeStream()) as guard, pytest.raises(GuardError, match="armed already"):
        guard.arm()


def test_a_core_that_copies_never_comes_near_a_witness() -> None:
    class Copy(FakeStream):
        def process(self, block: np.ndarray, /) -> np.ndarray:
            return block.copy()

    with Guard(Copy, PATIENT) as guard:
        with pytest.raises(CoreUnfitError, match="heard in the answer"):
            guard.arm()
        assert guard.state is GuardState.FAULTED
        assert guard.reason is Reason.SELF_TEST
        assert not feed(guard, voice(0.2)).any()


def test_a_silent_core_is_unfit() -> None:
    class Mute(FakeStream):
        def process(self, block: np.ndarray, /) -> np.ndarray:
            return np.zeros_like(block)

    with Guard(Mute, PATIENT) as guard, pytest.raises(CoreUnfitError, match="silent"):
        guard.arm()


def test_a_factory_that_fails_leaves_silence_and_a_reason() -> None:
    def factory() -> FakeStream:
        raise OSError("no table")

    with Guard(factory, PATIENT) as guard:
        with pytest.raises(CoreUnfitError, match="OSError"):
            guard.arm()
        assert guard.reason is Reason.SELF_TEST


def test_alarms_reach_the_callback_from_another_thread_in_order() -> None:
    told: list[tuple[Event, str]] = []
    core = Broken(lambda block: np.full_like(block, np.nan))
    guard = Guard(
        lambda: core, PATIENT, lambda event: told.append((event, threading.current_thread().name))
    )
    guard.arm()
    feed(guard, voice(0.3))
    core.broken = True
    feed(guard, voice(0.1))
    assert wait_for(lambda: len(told) == 3)
    guard.close()
    assert [e.reason for e, _ in told] == ["armed", "live", "not-finite", "disarmed"]
    assert {name for _, name in told[:3]} == {"hattama-watchdog"}
    times = [event.time_ns for event, _ in told]
    assert times == sorted(times)


def test_a_receiver_that_raises_does_not_stop_the_alarms() -> None:
    told: list[Reason] = []

    def receive(event: Event) -> None:
        told.append(event.reason)
        raise RuntimeError("deaf")

    with Guard(FakeStream, PATIENT, receive) as guard:
        guard.arm()
        feed(guard, voice(0.3))
        assert wait_for(lambda: len(told) == 2)


def test_int16_goes_in_and_comes_out_as_int16() -> None:
    with live_guard(FakeStream()) as guard:
        sound = np.round(voice(0.2) * 32767).astype(np.int16)
        left = feed(guard, sound)
        assert left.dtype == np.int16
        core = FakeStream()
        core.process(np.zeros(PATIENT.prove_blocks * BLOCK, np.float32))
        expected = core.process(sound.astype(np.float32) / 32768) * 32767
        assert np.abs(left - expected).max() <= 1


def test_channels_keep_their_places() -> None:
    with live_guard_stereo() as guard:
        sound = np.stack([voice(0.2), np.zeros_like(voice(0.2))], axis=1)
        left = np.concatenate([guard.process(b) for b in sound.reshape(-1, BLOCK, 2)])
        assert left[:, 0].any()
        assert not left[:, 1].any()


def live_guard_stereo() -> Guard:
    guard = Guard(FakeStream, GuardOptions(**{**_fields(PATIENT), "channels": 2}))
    guard.arm()
    for _ in range(guard.options.prove_blocks):
        guard.process(np.zeros((BLOCK, 2), np.float32))
    return guard


def _fields(options: GuardOptions) -> dict[str, object]:
    return {name: getattr(options, name) for name in options.__slots__}


def test_blocks_longer_than_the_cores_are_cut() -> None:
    with live_guard(FakeStream()) as guard, live_guard(FakeStream()) as other:
        sound = voice(0.3)
        assert np.array_equal(guard.process(sound), feed(other, sound))


def test_the_tone_is_soft_and_seamless_and_only_sounds_on_a_fault() -> None:
    with live_guard(FakeStream(), on_fault="tone") as guard:
        guard.fault(Reason.SHAPE)
        left = feed(guard, voice(3.0))
        assert abs(20 * np.log10(left.max()) + 40) < 0.1
        assert np.abs(np.diff(left)).max() < 0.01 * 2 * np.pi * 440 / 48_000 * 1.01
        guard.close()
        assert not feed(guard, voice(0.1)).any()


def test_the_audio_path_keeps_no_memory() -> None:
    class Still(FakeStream):
        """Allocates nothing either: gives the same noise for every block."""

        answer = np.random.default_rng(1).normal(0, 0.1, BLOCK).astype(np.float32)
        tried = False

        def process(self, block: np.ndarray, /) -> np.ndarray:  # noqa: ARG002  the seam
            return self.answer

    # the search for traces works in the watchdog's thread, whose memory would be counted too
    with live_guard(Still(), trace_limit=None) as guard:
        block, answer = voice(0.01), np.zeros(BLOCK, np.float32)
        guard.process_into(block, answer)
        tracemalloc.start()
        for _ in range(5):
            guard.process_into(block, answer)
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(500):
            guard.process_into(block, answer)
        after, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert after - before < 2_000
    assert peak - before < 8_000  # views and numbers, but no copy of a block beside the judge's


def test_the_ring_of_events_is_bounded() -> None:
    ring = EventRing(length=8)
    for n in range(20):
        ring.append(Event(n, GuardState.OFF, Reason.ARMED, n))
    assert [event.time_ns for event in ring.events] == list(range(12, 20))
    assert len(ring.unseen()) == 8
    assert ring.unseen() == []


def test_counters_tell_what_left() -> None:
    with live_guard(FakeStream()) as guard:
        feed(guard, voice(0.2))
        counters = guard.counters
    assert counters.blocks == counters.live + counters.silent
    assert counters.live == 20
    assert counters.faults == 0
    assert counters.worst_ns > 0
