from __future__ import annotations

import io
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from disguise_seams import Broken, alikeness, fail, voice

from hattama.disguise.errors import AudioFormatError, CoreUnfitError
from hattama.disguise.events import Event, Reason
from hattama.disguise.fake import FakeStream
from hattama.disguise.pcm import to_bytes, to_floats
from hattama.disguise.pipe import Pipe, PipeOptions

FREE = PipeOptions(pace="free")
LATENCY = FakeStream().input_latency + FakeStream().output_latency


class Sink(io.BytesIO):
    """Keeps what was written after `close`, and breaks after `limit` bytes."""

    def __init__(self, limit: int = 1 << 40) -> None:
        super().__init__()
        self.limit = limit

    def write(self, data: bytes) -> int:
        if self.tell() + len(data) > self.limit:
            raise BrokenPipeError
        return super().write(data)


def _run(core: FakeStream, data: bytes, options: PipeOptions = FREE) -> tuple[bytes, object]:
    sink = Sink()
    outcome = Pipe(lambda: core, options).run(io.BytesIO(data), sink)
    return sink.getvalue(), outcome


def test_as_much_leaves_as_came_in_and_the_delays_tail_behind_it() -> None:
    sound = voice(0.505)[:-7]
    left, outcome = _run(FakeStream(), to_bytes(sound, "s16le"))
    assert len(left) == 2 * (len(sound) + LATENCY)
    assert outcome.fault is None
    assert not outcome.broken
    samples = to_floats(left, "s16le", 1)[:, 0]
    assert np.any(samples[: 48 * 100])  # the first tenth of a second is not lost
    assert alikeness(sound, samples) < 0.3


def test_an_aligned_pipe_gives_exactly_as_much_as_it_got() -> None:
    sound = voice(0.3)
    late, _ = _run(FakeStream(), to_bytes(sound, "s16le"))
    aligned, _ = _run(
        FakeStream(), to_bytes(sound, "s16le"), PipeOptions(pace="free", aligned=True)
    )
    assert len(aligned) == 2 * len(sound)
    assert aligned == late[2 * LATENCY :]


@pytest.mark.parametrize("pcm", ["s16le", "s24le", "s32le", "f32le"])
def test_every_format_goes_through_with_two_channels(pcm: str) -> None:
    sound = np.stack([voice(0.2), 0 * voice(0.2)], axis=1)
    options = PipeOptions(pace="free", format=pcm, channels=2)
    left, _ = _run(FakeStream(), to_bytes(sound, pcm), options)
    samples = to_floats(left, pcm, 2)
    assert samples[:, 0].any()
    assert not samples[:, 1].any()


def test_a_torn_frame_at_the_end_is_left_out() -> None:
    left, _ = _run(FakeStream(), bytes(481 * 2 + 1))
    assert len(left) == 2 * (481 + LATENCY)


def test_nothing_in_gives_only_the_tail() -> None:
    left, outcome = _run(FakeStream(), b"")
    assert left == bytes(2 * LATENCY)
    assert outcome.fault is None


def test_after_a_fault_silence_keeps_the_pace_to_the_end() -> None:
    core = Broken(fail(RuntimeError()))
    sound = voice(1.0)

    class Source(io.BytesIO):
        def read(self, size: int = -1) -> bytes:
            core.broken = self.tell() >= len(sound)  # half of the bytes
            return super().read(size)

    sink = Sink()
    outcome = Pipe(lambda: core, FREE).run(Source(to_bytes(sound, "s16le")), sink)
    samples = to_floats(sink.getvalue(), "s16le", 1)[:, 0]
    assert outcome.fault.reason is Reason.EXCEPTION
    assert len(samples) == len(sound) + LATENCY
    assert samples[: len(sound) // 2].any()
    assert not samples[len(sound) // 2 :].any()


def test_a_core_that_hangs_is_replaced_by_silence_at_the_same_pace() -> None:
    """On a busy machine the guard may stop it for being late before it hangs: then the end of the
    stream is the usual one, with the delay of the core."""
    release = threading.Event()
    events: list[Event] = []

    def hang(block: np.ndarray) -> np.ndarray:
        release.wait(30)
        return block.copy()

    core = Broken(hang)
    sound = voice(1.0)

    class Source(io.BytesIO):
        def read(self, size: int = -1) -> bytes:
            core.broken = self.tell() >= len(sound)
            return super().read(size)

    sink = Sink()
    pipe = Pipe(lambda: core, PipeOptions(), events.append)
    outcome = pipe.run(Source(to_bytes(sound, "s16le")), sink)
    release.set()
    samples = to_floats(sink.getvalue(), "s16le", 1)[:, 0]
    assert outcome.fault.reason in {Reason.HUNG, Reason.LATE}
    hung = any(event.reason is Reason.HUNG for event in events)
    assert len(samples) == len(sound) + (0 if hung else outcome.latency)
    assert not samples[len(sound) // 2 :].any()


def test_a_reader_that_goes_away_ends_the_pipe() -> None:
    outcome = Pipe(FakeStream, FREE).run(io.BytesIO(bytes(48_000)), Sink(limit=10_000))
    assert outcome.broken


def test_an_unfit_core_writes_nothing() -> None:
    class Copy(FakeStream):
        def process(self, block: np.ndarray, /) -> np.ndarray:
            return block.copy()

    sink = Sink()
    with pytest.raises(CoreUnfitError):
        Pipe(Copy, FREE).run(io.BytesIO(bytes(9600)), sink)
    assert sink.getvalue() == b""


@pytest.mark.parametrize("options", [PipeOptions(channels=0), PipeOptions(block_ms=0.2)])
def test_an_impossible_format_is_refused(options: PipeOptions) -> None:
    with pytest.raises(AudioFormatError, match="at least one channel"):
        Pipe(FakeStream, options)


def _command(*arguments: str, data: bytes) -> subprocess.CompletedProcess[bytes]:
    hattama = Path(sys.executable).with_name("hattama")
    return subprocess.run(
        [hattama, "disguise", "pipe", *arguments], input=data, capture_output=True, check=False
    )


def test_the_command_disguises_a_voice_from_end_to_end() -> None:
    sound = voice(2.0)
    done = _command("--pace", "free", "--aligned", data=to_bytes(sound, "s16le"))
    assert done.returncode == 0, done.stderr
    samples = to_floats(done.stdout, "s16le", 1)[:, 0]
    assert len(samples) == len(sound)
    assert np.sqrt(np.mean(samples**2)) > 0.1 * np.sqrt(np.mean(sound**2))
    assert alikeness(sound, samples) < 0.3


def test_the_command_refuses_an_unknown_profile_in_one_line() -> None:
    done = _command("--profile", "loud", data=b"")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1
