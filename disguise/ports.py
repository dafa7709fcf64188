"""Where live sound comes in and goes out: PortAudio, or PulseAudio and PipeWire by their tools."""

from __future__ import annotations

import shutil
import subprocess
import threading
from typing import IO, TYPE_CHECKING, Any, Protocol

import numpy as np

from hattama.disguise.devices import PULSE, load_sounddevice
from hattama.disguise.errors import DeviceError, DeviceLostError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hattama.disguise.guard import Guard
    from hattama.disguise.live import LiveOptions
    from hattama.disguise.protocols import Floats

_SAMPLE_BYTES = 4
_BACKLOG_MS = 40.0
"""Sound that may wait in the pipes beyond what the devices' own pace leaves there; when there is
more, blocks are dropped until it is gone, so that a stall does not leave a longer delay behind."""


class Port(Protocol):
    """Carries sound from a microphone through the guard to an output."""

    @property
    def latency_ms(self) -> float:
        """Delay of the devices as they state it, in and out together, without the block."""
        ...

    @property
    def dropped(self) -> int:
        """Blocks that the devices lost or that came too late to be used."""
        ...

    def run(self, guard: Guard, stop: threading.Event) -> None:
        """Carry sound until `stop` is set.

        Raises
        ------
        DeviceLostError
            When a device went away.
        """
        ...

    def listen(self, take: Callable[[Floats], None], stop: threading.Event) -> None:
        """Give `take` what the microphone hears, block by block, until `stop` is set.

        The output is not opened: nothing leaves. A block is valid until `take` returns.

        Raises
        ------
        DeviceLostError
            When the microphone went away.
        """
        ...


def open_port(options: LiveOptions) -> Port:
    """The port for two devices.

    Raises
    ------
    DeviceError
        When one of them does not exist, or one is PulseAudio's and the other PortAudio's.
    """
    pulse = [str(name).startswith(PULSE) for name in (options.input, options.output)]
    if all(pulse):
        return PulsePort(options)
    if any(pulse):
        raise DeviceError(
            "{input} and {output} belong to different sound systems; give two pulse: devices "
            "or two others (hattama disguise devices)",
            input=options.input,
            output=options.output,
        )
    return PortAudioPort(options)


class PortAudioPort:
    """A full-duplex PortAudio stream; the guard runs in its callback.

    Parameters
    ----------
    options
        Devices, rate, channels and block.
    """

    def __init__(self, options: LiveOptions) -> None:
        self._options = options
        self._sounddevice = load_sounddevice()
        self._stream: Any = None
        self._lost = 0
        self._check()

    def _check(self) -> None:
        options, library = self._options, self._sounddevice
        try:
            library.check_input_settings(
                _numbered(options.input), options.channels, "float32", samplerate=options.rate
            )
            library.check_output_settings(
                _numbered(options.output), options.channels, "float32", samplerate=options.rate
            )
        except (library.PortAudioError, ValueError) as error:
            raise DeviceError(
                "{input} to {output} at {rate} Hz with {channels} channels does not work "
                "({reason}); see hattama disguise devices",
                input=options.input,
                output=options.output,
                rate=options.rate,
                channels=options.channels,
                reason=error,
            ) from error

    @property
    def latency_ms(self) -> float:
        """What PortAudio states for both directions; 0 before `run`."""
        return 1000 * sum(self._stream.latency) if self._stream else 0.0

    @property
    def dropped(self) -> int:
        """Overflows and underflows."""
        return self._lost

    def run(self, guard: Guard, stop: threading.Event) -> None:
        """Open the stream, and wait."""
        options, mono = self._options, self._options.channels == 1

        def callback(indata: Any, outdata: Any, _frames: int, _time: Any, status: Any) -> None:
            if mono:
                guard.process_into(indata[:, 0], outdata[:, 0])
            else:
                guard.process_into(indata, outdata)
            if status:
                self._lost += 1

        self._wait(
            self._sounddevice.Stream,
            (_numbered(options.input), _numbered(options.output)),
            callback,
            stop,
        )

    def listen(self, take: Callable[[Floats], None], stop: threading.Event) -> None:
        """Open the microphone alone, and wait."""

        def callback(indata: Any, _frames: int, _time: Any, status: Any) -> None:
            take(indata)
            if status:
                self._lost += 1

        self._wait(self._sounddevice.InputStream, _numbered(self._options.input), callback, stop)

    def _wait(
        self, stream: Any, device: Any, callback: Callable[..., None], stop: threading.Event
    ) -> None:
        options, ended = self._options, threading.Event()
        self._stream = stream(
            samplerate=options.rate,
            blocksize=options.block_size,
            device=device,
            channels=options.channels,
            dtype="float32",
            latency="low",
            callback=callback,
            finished_callback=ended.set,
        )
        with self._stream:
            while not stop.wait(0.1):
                if ended.is_set() or not self._stream.active:
                    raise DeviceLostError("the sound device went away; silence leaves")


class PulsePort:
    """`parec` and `pacat` as microphone and output, for PulseAudio and PipeWire.

    Parameters
    ----------
    options
        Devices (`pulse:NAME`), rate, channels and block.
    """

    def __init__(self, options: LiveOptions) -> None:
        self._options = options
        self._dropped = 0
        for program in ("parec", "pacat"):
            if shutil.which(program) is None:
                raise DeviceError(
                    "pulse: devices need {program}, which is missing; install it (Debian: "
                    "pulseaudio-utils)",
                    program=program,
                )

    @property
    def latency_ms(self) -> float:
        """What is asked of both programs."""
        return 2 * self._options.device_ms

    @property
    def dropped(self) -> int:
        """Blocks that were left out because too much sound waited."""
        return self._dropped

    def run(self, guard: Guard, stop: threading.Event) -> None:
        """Read, disguise and write block by block."""
        recorder = self._start_recorder(stop)
        player = self._start("pacat", self._options.output or "", None, subprocess.PIPE)
        try:
            self._carry(guard, stop, recorder, player)
        finally:
            _end(recorder, player)

    def listen(self, take: Callable[[Floats], None], stop: threading.Event) -> None:
        """Read block by block."""
        recorder = self._start_recorder(stop)
        try:
            while not stop.is_set():
                block = self._next_block(recorder, stop)
                if block is not None:
                    take(block)
        finally:
            _end(recorder)

    def _start_recorder(self, stop: threading.Event) -> subprocess.Popen[bytes]:
        recorder = self._start("parec", self._options.input or "", subprocess.PIPE, None)
        threading.Thread(target=_close_at, args=(stop, recorder), daemon=True).start()
        return recorder

    def _start(
        self, program: str, device: str, out: int | None, into: int | None
    ) -> subprocess.Popen[bytes]:
        options = self._options
        # bufsize 0: sound that waits in a buffer of Python's own would not be seen by _waiting
        return subprocess.Popen(  # noqa: S603  a program of the system, no shell
            [
                program,
                "--raw",
                f"--device={device.removeprefix(PULSE)}",
                f"--rate={options.rate}",
                f"--channels={options.channels}",
                "--format=float32le",
                f"--latency-msec={options.device_ms:g}",
                f"--process-time-msec={options.device_ms / 2:g}",
                "--client-name=hattama",
            ],
            stdout=out,
            stdin=into if into is not None else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )

    def _carry(
        self,
        guard: Guard,
        stop: threading.Event,
        recorder: subprocess.Popen[bytes],
        player: subprocess.Popen[bytes],
    ) -> None:
        heard, said = recorder.stdout, player.stdin
        if heard is None or said is None:
            raise DeviceLostError("the sound device went away; silence leaves")
        behind = False
        while not stop.is_set():
            block = self._next_block(recorder, stop)
            if block is None:
                return
            behind = self._behind(_waiting(heard.fileno()), _waiting(said.fileno()), before=behind)
            if behind:
                self._dropped += 1
                continue
            try:
                _write(said, guard.process(block).tobytes())
            except OSError as error:
                raise DeviceLostError("the sound device went away; silence leaves") from error

    def _next_block(
        self, recorder: subprocess.Popen[bytes], stop: threading.Event
    ) -> Floats | None:
        """What the microphone heard, shape (n,) or (n, channels); None once `stop` is set."""
        channels = self._options.channels
        wanted = self._options.block_size * channels * _SAMPLE_BYTES
        data = _read(recorder.stdout, wanted) if recorder.stdout else b""
        if stop.is_set():
            return None
        if len(data) < wanted:
            raise DeviceLostError("the sound device went away; silence leaves")
        block = np.frombuffer(data, "<f4")
        return block.reshape(-1, channels) if channels > 1 else block

    def _behind(self, unread: int, unplayed: int, *, before: bool) -> bool:
        """Whether so much sound waits in the two pipes that a block has to be left out."""
        options = self._options
        a_ms = options.rate / 1000 * options.channels * _SAMPLE_BYTES
        usual = options.device_ms + options.block_ms
        most = usual if before else usual + _BACKLOG_MS
        return max(unread, unplayed) > most * a_ms


def _end(*programs: subprocess.Popen[bytes]) -> None:
    for program in programs:
        program.kill()
        program.wait()


def _close_at(stop: threading.Event, recorder: subprocess.Popen[bytes]) -> None:
    """End the recorder when the session ends, so that a read which waits for it comes back."""
    stop.wait()
    recorder.terminate()


def _read(source: IO[bytes], wanted: int) -> bytes:
    """As many bytes as are wanted, fewer only where the sound ended; from an unbuffered pipe."""
    data = source.read(wanted)
    while 0 < len(data) < wanted:
        more = source.read(wanted - len(data))
        if not more:
            return data
        data += more
    return data


def _write(sink: IO[bytes], answer: bytes) -> None:
    """Write everything; a pipe that is nearly full takes it in pieces."""
    while answer:
        answer = answer[sink.write(answer) :]


def _waiting(handle: int) -> int:
    """Bytes that wait in a pipe; of either of its ends."""
    import fcntl  # noqa: PLC0415  not on Windows, where there is no PulseAudio either
    import struct  # noqa: PLC0415  likewise
    import termios  # noqa: PLC0415  likewise

    answer = fcntl.ioctl(handle, termios.FIONREAD, struct.pack("i", 0))
    return int(struct.unpack("i", answer)[0])


def _numbered(name: str | None) -> int | str | None:
    """A device as PortAudio takes it: number, name, or None for the system's own."""
    return int(name) if name is not None and name.isdigit() else name
