"""A live session: the guard and the devices in a process of their own, the operator in another.

The worker's process takes the real-time schedule that the system allows (`schedule.py`), so that
no pause of the operator's terminal and no other program reaches the sound. When either process
dies, the sound stops: the devices are the worker's, and the worker ends when the operator's end
of the line is closed.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from hattama.disguise.errors import AudioFormatError, DeviceLostError
from hattama.disguise.events import Counters, Event, GuardState, Reason
from hattama.disguise.guard import Guard, GuardOptions
from hattama.disguise.ports import Port, open_port
from hattama.disguise.schedule import Schedule, one_thread_libraries, take_schedule
from hattama.models.errors import HattamaError

if TYPE_CHECKING:
    from hattama.disguise.acquaintance import Acquaintance
    from hattama.disguise.rehearsal import Rehearsal

_REPORTS_S = 0.05
_LEAST_MS, _MOST_MS = 1.0, 100.0


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """Devices, disguise and manner of a live session."""

    input: str | None = None
    """Microphone: name or number from `hattama disguise devices`, or pulse:SOURCE; by default the
    system's own."""
    output: str | None = None
    """Where the disguised voice goes: name or number, or pulse:SINK; by default the system's
    own."""
    profile: str = "strong"
    """Profile of the disguise: strong, whisper (hardest to recognise and to follow), natural (mild:
    with a sample of the voice, programs find the speaker, equal error rate 4 to 9 % where 50 is
    a coin and strong has 32 to 45), or a TOML file."""
    rate: int = 48_000
    """Samples a second, 8000 to 192000."""
    channels: int = 1
    """Channels, in and out."""
    block_ms: float = 10.0
    """Length of a block, milliseconds; shorter is faster and leaves the machine less time."""
    device_ms: float = 10.0
    """Delay that is asked of each pulse: device, milliseconds."""
    on_fault: Literal["silence", "tone"] = "silence"
    """What leaves on a fault."""
    recovery: Literal["operator", "timing", "always"] = "timing"
    """Who ends a fault: the operator; the guard after faults of timing; or after every fault but
    a likeness of the voices."""

    @property
    def block_size(self) -> int:
        """Frames of a block."""
        return max(1, round(self.rate * self.block_ms / 1000))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The session at one moment."""

    state: GuardState
    """State of the guard."""
    reason: Reason | None
    """Reason of a fault."""
    levels: tuple[float, float]
    """Peaks of the last block, in and out, 0 to 1."""
    likeness: float
    """Likeness of input and output over the last second, 0 to 1."""
    counters: Counters
    """How the guard has fared."""
    dropped: int
    """Blocks that the devices lost."""
    core_ms: float
    """Delay of the disguise."""
    block_ms: float
    """Length of a block, which has to be full before it is worked on."""
    device_ms: float
    """Delay of the devices as they state it."""
    schedule: Schedule | None
    """How the worker stands with the system: real-time or not, memory locked or not; None until
    it has asked, just before the first block."""

    @property
    def latency_ms(self) -> float:
        """Whole delay from mouth to output as the parts state it."""
        return self.core_ms + self.block_ms + self.device_ms


class LiveSession:
    """The operator's end of a live session.

    Parameters
    ----------
    options
        What to do; the guard is armed at once.
    rehearsal
        A sound check with the witness, whose secret and knowledge the session begins with; None
        draws a secret blindly and begins with a stranger.

    Raises
    ------
    AudioFormatError
        When the block has an impossible length.

    Examples
    --------
    >>> with LiveSession(LiveOptions()) as session:  # doctest: +SKIP
    ...     while session.alive:
    ...         for event in session.events(timeout_s=0.1):
    ...             print(event.reason)
    """

    def __init__(self, options: LiveOptions, rehearsal: Rehearsal | None = None) -> None:
        if not _LEAST_MS <= options.block_ms <= _MOST_MS or options.channels < 1:
            raise AudioFormatError(
                "{channels} channels in blocks of {block_ms:g} ms were asked for; "
                "give at least one channel and 1 to 100 ms",
                channels=options.channels,
                block_ms=options.block_ms,
            )
        context = multiprocessing.get_context("spawn")
        begin = _Begin(rehearsal.secret.reveal(), rehearsal.known) if rehearsal else None
        self._line, self._far_end = context.Pipe()
        self._process = context.Process(
            target=_work, args=(self._far_end, options, begin), name="hattama-live", daemon=True
        )
        self._token = ""
        self.snapshot: Snapshot | None = None
        """The last one that came; None before the first."""

    def start(self) -> None:
        """Start the worker."""
        with one_thread_libraries():
            self._process.start()
        self._far_end.close()

    @property
    def alive(self) -> bool:
        """Whether the worker runs."""
        return self._process.is_alive()

    @property
    def worker(self) -> int | None:
        """Process number of the worker."""
        return self._process.pid

    def events(self, timeout_s: float) -> list[Event]:
        """What happened since the last call; waits at most `timeout_s` for something to come.

        Raises
        ------
        HattamaError
            What the worker ended with; DeviceLostError when it died without a word.
        """
        found: list[Event] = []
        wait = timeout_s
        try:
            while self._line.poll(wait):
                message = self._line.recv()
                wait = 0.0
                if isinstance(message, Event):
                    found.append(message)
                elif isinstance(message, Snapshot):
                    self.snapshot = message
                elif isinstance(message, _Failure):
                    raise message.error()
                elif isinstance(message, str):
                    self._token = message
        except (EOFError, ConnectionError) as error:
            raise DeviceLostError(
                "the process of the disguise ended without a word; silence leaves"
            ) from error
        return found

    def arm(self) -> None:
        """Arm the guard after it was disarmed or has faulted."""
        self._line.send(("arm", ""))

    def request_disarm(self) -> None:
        """First step of disarming; `token` is there a moment later."""
        self._token = ""
        self._line.send(("ask", ""))

    @property
    def token(self) -> str:
        """What has to be given to `confirm_disarm`; empty before it has come."""
        return self._token

    def confirm_disarm(self, token: str) -> None:
        """Second step of disarming."""
        self._line.send(("confirm", token))

    def stop(self, patience_s: float = 5.0) -> None:
        """End the session: silence, then the devices are closed."""
        with suppress(OSError):  # it may have ended already
            self._line.send(("stop", ""))
        if self._process.pid is not None:
            self._process.join(patience_s)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
        self._line.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


@dataclass(frozen=True, slots=True)
class _Begin:
    """What the worker begins with; it goes through a pipe of the system and stands on no disk."""

    secret: bytes = field(repr=False)
    known: tuple[Acquaintance, ...]


@dataclass(frozen=True, slots=True)
class _Failure:
    """An error on its way to the other process."""

    kind: type[HattamaError]
    template: str
    fields: dict[str, Any]

    @classmethod
    def of(cls, error: Exception) -> _Failure:
        if isinstance(error, HattamaError):
            fields = {
                key: value if isinstance(value, (int, float)) else str(value)
                for key, value in error.fields.items()
            }
            return cls(type(error), error.template, fields)
        return cls(
            DeviceLostError,
            "the process of the disguise failed ({detail}); silence leaves",
            {"detail": f"{type(error).__name__}: {error}"},
        )

    def error(self) -> HattamaError:
        return self.kind(self.template, **self.fields)


def _work(line: Connection[Any, Any], options: LiveOptions, begin: _Begin | None) -> None:
    """The worker's process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the operator's process decides
    try:
        _Worker(line, options, begin).run()
    except Exception as error:  # noqa: BLE001  the other process raises it again
        with suppress(OSError):  # nobody may be there any more
            line.send(_Failure.of(error))


class _Worker:
    """The guard, the devices, and the line to the operator."""

    def __init__(
        self, line: Connection[Any, Any], options: LiveOptions, begin: _Begin | None
    ) -> None:
        from hattama.disguise.secret import Secret  # noqa: PLC0415  the worker's alone
        from hattama.disguise.stream import DisguiseStream  # noqa: PLC0415  compiles kernels

        # one for the session, however often the core is made anew
        secret = Secret(begin.secret) if begin else Secret.fresh()
        known = begin.known if begin else ()
        self._line, self._options = line, options
        self._sending = threading.Lock()
        self._stop = threading.Event()
        self._port: Port = open_port(options)
        self._guard = Guard(
            lambda: DisguiseStream(
                options.rate,
                options.profile,
                secret,
                options.block_size,
                channels=options.channels,
                known=known,
            ),
            GuardOptions(
                sample_rate=options.rate,
                channels=options.channels,
                block_size=options.block_size,
                on_fault=options.on_fault,
                recovery=options.recovery,
            ),
            self._send,
        )
        self._schedule: Schedule | None = None

    def run(self) -> None:
        """Arm, and carry sound until the operator ends it or is gone."""
        with self._guard:
            self._guard.arm()
            listener = threading.Thread(target=self._listen, daemon=True)
            listener.start()
            self._schedule = take_schedule()
            try:
                self._port.run(self._guard, self._stop)
            finally:
                self._stop.set()
                listener.join(timeout=2)

    def _listen(self) -> None:
        """Follow the operator's wishes and tell how things stand."""
        next_report = 0.0
        while not self._stop.is_set():
            try:
                if self._line.poll(_REPORTS_S):
                    self._obey(*self._line.recv())
            except (EOFError, OSError):
                self._stop.set()  # nobody watches any more
                return
            if time.monotonic() >= next_report:
                next_report = time.monotonic() + _REPORTS_S
                self._send(self._snapshot())

    def _obey(self, command: str, token: str) -> None:
        try:
            if command == "arm":
                self._guard.arm()
            elif command == "ask":
                self._send(self._guard.request_disarm())
            elif command == "confirm":
                self._guard.confirm_disarm(token)
            else:
                self._stop.set()
        except HattamaError:
            return  # the guard's own event tells the operator

    def _send(self, message: object) -> None:
        with self._sending:
            try:
                self._line.send(message)
            except OSError:
                self._stop.set()

    def _snapshot(self) -> Snapshot:
        guard, options = self._guard, self._options
        return Snapshot(
            guard.state,
            guard.reason,
            guard.levels,
            guard.likeness,
            guard.counters,
            self._port.dropped,
            1000 * guard.latency / options.rate,
            options.block_ms,
            self._port.latency_ms,
            self._schedule,
        )
