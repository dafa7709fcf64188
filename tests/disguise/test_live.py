from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from disguise_seams import PATIENT, RATE, alikeness, voice, wait_for

from hattama.disguise import devices, live, ports
from hattama.disguise.errors import AudioFormatError, DeviceError, DeviceLostError
from hattama.disguise.events import GuardState, Reason
from hattama.disguise.fake import FakeStream
from hattama.disguise.guard import Guard
from hattama.disguise.listening import listen
from hattama.disguise.live import LiveOptions, LiveSession
from hattama.disguise.ports import open_port
from hattama.disguise.rehearsal import rehearse
from hattama.disguise.stream import DisguiseStream

PULSE = LiveOptions(input="pulse:mouth", output="pulse:room")

RECORDER = """#!{python}
import sys, time
data = open({voice!r}, "rb").read()
step, began, n = 480 * 4, time.monotonic(), 0
while {seconds} == 0 or n < {seconds} * 100:
    at = n * step % len(data)
    sys.stdout.buffer.write(data[at : at + step])
    sys.stdout.buffer.flush()
    n += 1
    time.sleep(max(0.0, began + n / 100 - time.monotonic()))
"""

PLAYER = """#!{python}
import sys
with open({out!r}, "ab", buffering=0) as out:
    while data := sys.stdin.buffer.read1(65536):
        out.write(data)
"""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose `parec` speaks and whose `pacat` writes down what left."""
    return make_room(tmp_path, monkeypatch, seconds=0)


def make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int) -> Path:
    (tmp_path / "voice.raw").write_bytes(voice(2.0).tobytes())
    fields = {"python": sys.executable, "seconds": seconds}
    fields |= {"voice": str(tmp_path / "voice.raw"), "out": str(tmp_path / "out.raw")}
    for name, text in (("parec", RECORDER), ("pacat", PLAYER)):
        (tmp_path / name).write_text(text.format(**fields))
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def left(room: Path) -> np.ndarray:
    path = room / "out.raw"
    data = path.read_bytes() if path.exists() else b""
    return np.frombuffer(data[: len(data) // 4 * 4], "<f4")


def until(session: LiveSession, state: GuardState, seconds: float = 240) -> list[Reason]:
    """Follow the session until it is in a state."""
    reasons, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        reasons += [event.reason for event in session.events(0.05)]
        if session.snapshot and session.snapshot.state is state:
            time.sleep(0.2)  # the watchdog tells a moment later than the snapshot shows
            return [*reasons, *(event.reason for event in session.events(0.0))]
    raise AssertionError(f"never {state}: {reasons}")


def to_the_end(session: LiveSession) -> None:
    """Follow the session until it fails, for four minutes at most."""
    for _ in range(4800):
        session.events(0.05)


def raw_share(out: np.ndarray) -> float:
    heard = np.tile(voice(2.0), 1 + len(out) // (2 * RATE))
    return max(
        alikeness(heard[: 2 * RATE], out[at : at + RATE])
        for at in range(0, len(out) - RATE + 1, RATE)
    )


def test_a_session_goes_live_and_the_disguise_leaves(room: Path) -> None:
    with LiveSession(PULSE) as session:
        reasons = until(session, GuardState.LIVE)
        assert reasons[:2] == [Reason.ARMED, Reason.LIVE]
        assert wait_for(lambda: len(left(room)) > 2.5 * RATE)
        session.events(0.1)
        snapshot = session.snapshot
    assert 0 < snapshot.core_ms < 30
    assert snapshot.block_ms == 10
    assert snapshot.schedule.collector_off
    assert snapshot.schedule.policy in {"fifo", "round-robin", "raised", "normal"}
    out = left(room)
    assert np.abs(out).max() > 0.01
    assert raw_share(out) < 0.3
    assert not session.alive


def test_a_session_begins_with_the_secret_and_the_knowledge_of_a_sound_check(room: Path) -> None:
    spoken = np.tile(voice(2.0), 10)
    rehearsal = rehearse(spoken, RATE, "strong", {})
    begin = live._Begin(rehearsal.secret.reveal(), rehearsal.known)
    worker = live._Worker(None, PULSE, begin)
    for core in (worker._guard._factory(), worker._guard._factory()):  # made anew after a fault
        wanted = DisguiseStream(RATE, "strong", rehearsal.secret, known=rehearsal.known)
        np.testing.assert_array_equal(core.process(spoken), wanted.process(spoken))
    with LiveSession(PULSE, rehearsal) as session:
        assert until(session, GuardState.LIVE)[:2] == [Reason.ARMED, Reason.LIVE]
        assert wait_for(lambda: np.abs(left(room)).max(initial=0.0) > 0.01)


def test_a_sound_check_hears_the_microphone_while_nothing_leaves(room: Path) -> None:
    told: list[float] = []
    heard = listen(PULSE, 0.5, told.append)
    np.testing.assert_array_equal(heard, voice(2.0)[: RATE // 2])
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(left(room)) == 0


def test_a_microphone_that_goes_away_in_a_sound_check_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_room(tmp_path, monkeypatch, seconds=1)
    with pytest.raises(DeviceLostError, match="went away"):
        listen(PULSE, 5.0)


def test_a_sound_check_ends_when_the_operator_ends_it(room: Path) -> None:
    def give_up(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        listen(PULSE, 60.0, give_up)
    assert len(left(room)) == 0


def test_a_killed_worker_is_told_and_nothing_leaves_any_more(room: Path) -> None:
    with LiveSession(PULSE) as session:
        until(session, GuardState.LIVE)
        assert wait_for(lambda: len(left(room)) > RATE)
        os.kill(session.worker, signal.SIGKILL)
        with pytest.raises(DeviceLostError, match="without a word"):
            to_the_end(session)
    time.sleep(0.3)
    length = len(left(room))
    time.sleep(0.5)
    assert len(left(room)) == length
    assert raw_share(left(room)) < 0.3


def test_a_lost_microphone_ends_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_room(tmp_path, monkeypatch, seconds=1)
    with LiveSession(PULSE) as session, pytest.raises(DeviceLostError, match="went away"):
        to_the_end(session)


def test_a_session_is_disarmed_in_two_steps_and_armed_again(room: Path) -> None:
    with LiveSession(PULSE) as session:
        until(session, GuardState.LIVE)
        session.confirm_disarm("000000")
        session.request_disarm()
        assert wait_for(
            lambda: (bool(session.events(0.05)) and bool(session.token)) or bool(session.token)
        )
        assert session.snapshot.state is GuardState.LIVE
        session.confirm_disarm(session.token)
        until(session, GuardState.OFF)
        start = len(left(room)) + RATE // 4
        assert wait_for(lambda: len(left(room)) > start + RATE // 2)
        assert not left(room)[start : start + RATE // 2].any()
        session.arm()
        until(session, GuardState.LIVE)


def test_when_the_operators_process_dies_the_worker_ends(room: Path) -> None:
    script = """
import os, time
from hattama.disguise.fake import FakeStream
from hattama.disguise.guard import Guard
from hattama.disguise.live import LiveOptions, LiveSession
if __name__ == "__main__":
    session = LiveSession(LiveOptions(input="pulse:mouth", output="pulse:room"))
    session.start()
    while session.snapshot is None:
        session.events(0.05)
    print(session.worker, flush=True)
    os._exit(9)
"""
    (room / "operator.py").write_text(script)
    done = subprocess.run(
        [sys.executable, str(room / "operator.py")],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    worker = int(done.stdout)
    assert wait_for(lambda: not _runs(worker))


def _runs(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_two_sound_systems_are_not_mixed() -> None:
    with pytest.raises(DeviceError, match="different sound systems"):
        open_port(LiveOptions(input="pulse:mouth", output="3"))


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeviceError, match="parec"):
        open_port(PULSE)


@pytest.mark.parametrize("block_ms", [0.5, 200.0])
def test_an_impossible_block_is_refused(block_ms: float) -> None:
    with pytest.raises(AudioFormatError, match="1 to 100 ms"):
        LiveSession(LiveOptions(block_ms=block_ms))


def test_a_bad_profile_reaches_the_operator_as_it_was_said(room: Path) -> None:
    assert room.is_dir()
    options = LiveOptions(input="pulse:mouth", output="pulse:room", profile="loud")
    with LiveSession(options) as session, pytest.raises(ValueError, match="loud"):
        to_the_end(session)


def test_a_stall_is_caught_up_with_by_leaving_blocks_out(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While nothing is read, 300 ms pile up; afterwards no more waits than before."""
    assert room.is_dir()
    port, stop = ports.PulsePort(PULSE), threading.Event()
    waited: list[int] = []
    behind = port._behind

    def look(unread: int, unplayed: int, *, before: bool) -> bool:
        waited.append(unread)
        return behind(unread, unplayed, before=before)

    monkeypatch.setattr(port, "_behind", look)
    core = Stalling()
    with Guard(lambda: core, PATIENT) as guard:
        guard.arm()
        runner = threading.Thread(target=port.run, args=(guard, stop))
        runner.start()
        assert wait_for(lambda: len(waited) > 20)
        core.stall_s = 0.3
        assert wait_for(lambda: port.dropped > 10)
        start = len(waited)
        assert wait_for(lambda: len(waited) > start + 40)
        stop.set()
        runner.join(10)
    assert max(waited[-20:]) <= 4 * 480 * 4


class Stalling(FakeStream):
    """A core that stands still once, for as long as it is told."""

    stall_s = 0.0

    def process(self, block: np.ndarray, /) -> np.ndarray:
        pause, self.stall_s = self.stall_s, 0.0
        time.sleep(pause)
        return super().process(block)


def test_the_devices_of_pulse_are_read_from_its_own_list(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = (
        '[{"name": "witness", "description": "Witness",'
        ' "sample_specification": "s16le 1ch 48000Hz"}]'
    )
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(devices, "_pactl", lambda *a: entry if "sources" in a else "[]")
    (device,) = devices.pulse_devices()
    assert device.name == "pulse:witness"
    assert (device.inputs, device.outputs, device.rate) == (1, 0, 48_000)


SERVERS = {
    "PulseAudio": [
        (
            "pulseaudio -n --exit-idle-time=-1 --daemonize=no --use-pid-file=no"
            " --load=module-native-protocol-unix"
        )
    ],
    "PipeWire": ["pipewire", "dbus-run-session wireplumber", "pipewire-pulse"],
}
"""Commands of each sound system, which all speak PulseAudio's language."""


@pytest.fixture(params=SERVERS)
def pulse(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A sound system of its own with a witness's microphone and a room as virtual devices."""
    words = {word for command in SERVERS[request.param] for word in command.split()}
    programs = {word for word in words if word[0] != "-"} | {"pactl", "parec", "pacat"}
    missing = sorted(name for name in programs if not shutil.which(name))
    if missing:
        pytest.skip(f"not on this machine: {', '.join(missing)}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))  # not HOME: kernels are cached there
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    bus = "sink_name=bus rate=48000 channels=2 channel_map=front-left,front-right"
    one = "channels=1 channel_map=mono remix=no"
    left, right = "master_channel_map=front-left", "master_channel_map=front-right"
    modules = [
        f"module-null-sink {bus}",
        f"module-remap-source master=bus.monitor source_name=witness {one} {left}",
        f"module-remap-sink master=bus sink_name=mouth {one} {left}",
        f"module-remap-sink master=bus sink_name=disguised {one} {right}",
    ]
    servers = []
    try:
        for command in SERVERS[request.param]:
            servers.append(
                subprocess.Popen(command.split(), stderr=subprocess.DEVNULL, start_new_session=True)
            )
            time.sleep(0.5)
        if not wait_for(lambda: _pactl("info"), 15):
            pytest.skip(f"{request.param} does not start here")
        for module in modules:
            assert _pactl("load-module", *module.split()), module
        yield request.param
    finally:
        for server in reversed(servers):
            os.killpg(server.pid, signal.SIGTERM)  # dbus-run-session leaves its daemon behind
            server.wait()


def _pactl(*arguments: str) -> bool:
    done = subprocess.run(["pactl", *arguments], capture_output=True, check=False)
    return done.returncode == 0


def test_through_null_sinks_a_voice_goes_in_and_the_disguise_comes_out(
    pulse: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bus's left channel is the microphone, its right one the room: one recording has both."""
    options = LiveOptions(input="pulse:witness", output="pulse:disguised")
    with LiveSession(options) as session:
        until(session, GuardState.LIVE)
        delays: list[float] = []
        seen: list[object] = []  # what a failure has to tell
        until_s = time.monotonic() + 60
        while len(delays) < 2 and time.monotonic() < until_s:
            both = record_bus(bursts(4))  # a busy machine is late, and then silence has to leave
            seen += [both.shape, abs(both).max(0, initial=0.0), *session.events(0.1)]
            if not len(both):
                continue
            delays += onsets(both)
            assert alikeness(both[:, 0], both[:, 1]) < 0.3
        stated = session.snapshot.latency_ms
    assert len(delays) >= 2, (seen, session.snapshot)
    with capsys.disabled():
        print(  # noqa: T201  the figure is what this test is for
            f"\nend to end through null sinks of {pulse}: {np.median(delays):.1f} ms from onset "
            f"to onset ({min(delays):.1f} to {max(delays):.1f}); the parts state {stated:.1f} ms"
        )


def bursts(seconds: int) -> np.ndarray:
    """A fifth of a second of noise at every second but the first."""
    sound = np.zeros(seconds * RATE, np.float32)
    for second in range(1, seconds):
        noise = np.random.default_rng(second).normal(0, 0.2, RATE // 5)
        sound[second * RATE : second * RATE + RATE // 5] = noise
    return sound


def record_bus(sound: np.ndarray) -> np.ndarray:
    """Play into the microphone and record microphone and room together, shape (n, 2)."""
    common = ["--raw", "--format=float32le", f"--rate={RATE}"]
    recorder = subprocess.Popen(
        ["parec", *common, "--device=bus.monitor", "--channels=2",
         "--channel-map=front-left,front-right"],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    subprocess.run(
        ["pacat", *common, "--device=mouth", "--channels=1"], input=sound.tobytes(), check=True
    )
    time.sleep(0.5)
    recorder.terminate()
    assert recorder.stdout
    data = recorder.stdout.read()
    recorder.wait()
    return np.frombuffer(data[: len(data) // 8 * 8], "<f4").reshape(-1, 2)


def onsets(both: np.ndarray) -> list[float]:
    """Delay from each onset of the left channel to the next one of the right, milliseconds."""
    left_level, right_level = (
        np.sqrt(np.convolve(channel**2, np.ones(48) / 48, "same")) for channel in both.T
    )
    found, last = [], -RATE
    for at in np.flatnonzero((left_level[1:] > 0.05) & (left_level[:-1] <= 0.05)):
        if at - last < RATE // 2:
            continue
        last = at
        answer = right_level[at : at + RATE // 4]
        if len(answer) and answer.max() > 0.01:
            found.append(float(np.argmax(answer > 0.1 * answer.max())) / RATE * 1000)
    return found


class FakeAudio:
    """What `ports` uses of the sounddevice module; its microphone speaks the test voice."""

    class PortAudioError(Exception):
        """As sounddevice's."""

    def __init__(self, blocks: int, channels: int) -> None:
        self.blocks, self.channels = blocks, channels
        self.out: list[np.ndarray] = []
        self.latency = (0.004, 0.005)
        self.active = True

    def check_input_settings(self, device: object, *_: object, **__: object) -> None:
        if device == "nothing":
            raise ValueError("no device")

    check_output_settings = check_input_settings

    def Stream(self, callback: object, finished_callback: object, **_: object) -> FakeAudio:  # noqa: N802  its name there
        self.callback, self.finished = callback, finished_callback
        return self

    def InputStream(self, callback: object, **options: object) -> FakeAudio:  # noqa: N802  likewise
        assert not isinstance(options["device"], tuple)  # a microphone, and no output
        return self.Stream(lambda indata, _out, *rest: callback(indata, *rest), **options)

    def __enter__(self) -> None:
        sound = np.repeat(voice(1.0)[:, None], self.channels, axis=1).reshape(
            -1, 480, self.channels
        )
        for n in range(self.blocks):
            out = np.full((480, self.channels), 9.0, np.float32)  # what was left in the memory
            self.callback(sound[n % 100].copy(), out, 480, None, n == 3)
            self.out.append(out)
        self.finished()

    def __exit__(self, *_: object) -> None:
        self.active = False


@pytest.mark.parametrize("channels", [1, 2])
def test_a_portaudio_stream_runs_the_guard_in_its_callback(
    monkeypatch: pytest.MonkeyPatch, channels: int
) -> None:
    audio = FakeAudio(100, channels)
    monkeypatch.setattr(ports, "load_sounddevice", lambda: audio)
    port = open_port(LiveOptions(channels=channels))
    with Guard(FakeStream, replace(PATIENT, channels=channels)) as guard:
        guard.arm()
        with pytest.raises(DeviceLostError, match="went away"):
            port.run(guard, threading.Event())
    out = np.concatenate(audio.out)
    assert port.dropped == 1
    assert port.latency_ms == pytest.approx(9)
    assert not out[: 20 * 480].any()
    assert out[20 * 480 :].any()
    assert alikeness(voice(1.0), out[:, 0]) < 0.3


@pytest.mark.parametrize("channels", [1, 2])
def test_a_sound_check_opens_the_microphone_of_portaudio_alone(
    monkeypatch: pytest.MonkeyPatch, channels: int
) -> None:
    audio = FakeAudio(60, channels)
    monkeypatch.setattr(ports, "load_sounddevice", lambda: audio)
    heard = listen(LiveOptions(channels=channels), 0.5)
    wanted = np.repeat(voice(1.0)[: RATE // 2, None], channels, axis=1)
    np.testing.assert_array_equal(heard.reshape(-1, channels), wanted)
    assert not audio.active


def test_a_device_that_portaudio_does_not_know_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "load_sounddevice", lambda: FakeAudio(1, 1))
    with pytest.raises(DeviceError, match="nothing"):
        open_port(LiveOptions(input="nothing"))
