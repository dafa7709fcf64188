"""The guard: the disguised voice leaves, or silence. There is no third way through it.

A stream that protects a witness fails closed. The guard runs the core, looks at every block that
the core gives and lets it out only in the state `live` and only when nothing is wrong with it.
Off, arming, faulted: silence (or a soft tone on a fault). No state and no option passes the input
on, so no bug in the states can; whoever wants the clean voice takes it from the microphone
himself, on another path. `tests/disguise/test_no_bypass.py` proves it on the source text and
`tests/disguise/test_faults.py` by breaking every part.

The audio path (`process_into`) takes no lock, logs nothing and allocates nothing of its own.
Threads share plain attributes and deques, which the interpreter reads and writes whole.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from hattama.disguise.errors import CoreUnfitError, DisguiseError, DisguiseInputError, GuardError
from hattama.disguise.events import Counters, Event, EventRing, GuardState, Reason
from hattama.disguise.gate import Gate, Verdict
from hattama.disguise.likeness import LikenessOptions
from hattama.disguise.trace import TRACE_LIMIT
from hattama.disguise.trial import SelfTest, try_core
from hattama.disguise.watchdog import Watchdog, WatchdogOptions

if TYPE_CHECKING:
    from types import TracebackType

    from hattama.disguise.protocols import Block, CoreFactory, Sound

_LOG = logging.getLogger(__name__)

Alarm = Callable[[Event], None]
"""Called from the watchdog's thread with every fault and every change of state."""


@dataclass(frozen=True, slots=True)
class GuardOptions:
    """How the guard judges and what it does on a fault."""

    sample_rate: int = 48_000
    """Hz."""
    channels: int = 1
    """Channels of the blocks."""
    block_size: int = 480
    """Most samples that the core is given at once; longer blocks are cut."""
    deadline: float | None = 1.0
    """Time that a block may take, as a share of its own length; None for sound that is not live."""
    late_blocks: int = 3
    """Late blocks within ten seconds that make a fault; each late block is silent by itself."""
    prove_blocks: int = 20
    """Clean blocks in a row before the disguised voice leaves; silence until then."""
    recovery: Literal["operator", "timing", "always"] = "timing"
    """Who ends a fault: the operator; the guard itself after faults of timing (late, stalled, hung,
    clock); or after every fault but a likeness, each time proving the core anew."""
    recover_s: float = 1.0
    """Silence before the guard tries again by itself, seconds."""
    on_fault: Literal["silence", "tone"] = "silence"
    """What leaves on a fault."""
    tone_hz: float = 440.0
    """Frequency of the tone, hertz."""
    tone_dbfs: float = -40.0
    """Level of the tone, decibels below full scale."""
    disarm_within_s: float = 10.0
    """Time between the two steps of disarming, seconds."""
    likeness: LikenessOptions = field(default_factory=LikenessOptions)
    """When the output counts as the raw voice."""
    trace_limit: float | None = TRACE_LIMIT
    """Height of the peak in the watchdog's closer search, every two seconds, at which a faint raw
    voice under the disguise makes a fault; standard deviations; None leaves the search out."""
    watchdog: WatchdogOptions = field(default_factory=WatchdogOptions)
    """How the watchdog watches."""


_TIMING = frozenset({Reason.LATE, Reason.STALLED, Reason.HUNG, Reason.CLOCK})
_LATE_WINDOW_NS = 10_000_000_000


class Guard:
    """Runs a core and lets its voice out only while everything is as it should be.

    Parameters
    ----------
    core_factory
        Makes the core; called by `arm`, never in the audio path.
    options
        Limits.
    on_alarm
        Told of every event, from the watchdog's thread.
    clock
        Monotonic clock, nanoseconds; never the time of day.

    Examples
    --------
    >>> from hattama.disguise.fake import FakeStream
    >>> with Guard(FakeStream) as guard:
    ...     guard.arm()
    ...     left = guard.process(np.zeros(480, np.float32))
    """

    def __init__(
        self,
        core_factory: CoreFactory,
        options: GuardOptions | None = None,
        on_alarm: Alarm | None = None,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.options = options or GuardOptions()
        self.ring = EventRing()
        """Last events."""
        self._factory = core_factory
        self._clock = clock
        self._gate = Gate(self.options, clock)
        self._state = GuardState.OFF
        self._reason: Reason | None = None
        self._blocks = self._live = self._late = self._faults = self._clean = 0
        self._late_times = [0] * self.options.late_blocks
        self._began = self._ended = self._faulted_at = clock()
        self._token: tuple[str, int] | None = None
        self._watchdog = Watchdog(self, on_alarm, self.options.watchdog, clock)

    # What others may know

    @property
    def state(self) -> GuardState:
        """What leaves at present."""
        return self._state

    @property
    def reason(self) -> Reason | None:
        """Reason of the present fault; None outside `faulted`."""
        return self._reason if self._state is GuardState.FAULTED else None

    @property
    def counters(self) -> Counters:
        """How the guard has fared."""
        silent = self._blocks - self._live
        return Counters(
            self._blocks, self._live, silent, self._late, self._faults, self._gate.worst_ns
        )

    @property
    def levels(self) -> tuple[float, float]:
        """Peaks of the last block, in and out, 0 to 1."""
        return self._gate.levels

    @property
    def likeness(self) -> float:
        """Likeness of the running window, 0 to 1."""
        return self._gate.likeness

    @property
    def latency(self) -> int:
        """Delay of the armed core, samples; 0 without one."""
        core = self._gate.core
        return core.input_latency + core.output_latency if core else 0

    @property
    def beats(self) -> tuple[int, int, int]:
        """Blocks so far and the times when the last one began and ended; for the watchdog."""
        return self._blocks, self._began, self._ended

    # What the operator does

    def arm(self) -> SelfTest:
        """Make the core, try it on a test voice, and let it prove itself; then it goes live.

        Returns
        -------
        SelfTest
            Figures of the trial.

        Raises
        ------
        GuardError
            When the guard is armed or live already.
        CoreUnfitError
            When the core fails on the test voice; the guard is `faulted` then.
        """
        if self._state in {GuardState.ARMED, GuardState.LIVE}:
            raise GuardError("the disguise is armed already; disarm it first")
        self._watchdog.start()
        result = self._make_core()
        self._enter(GuardState.ARMED, Reason.ARMED)
        return result

    def request_disarm(self) -> str:
        """Begin to disarm; the token that is returned has to be repeated in time.

        Disarming makes the guard silent. It takes two steps because a witness who has fallen
        silent in the middle of a sentence is a mistake too, and because whatever switches other
        microphones by the guard's state must not be led astray by one wrong key.
        """
        self._token = (secrets.token_hex(3), self._clock())
        self._note(Reason.DISARM_ASKED)
        return self._token[0]

    def confirm_disarm(self, token: str) -> None:
        """Finish disarming: silence from here on.

        Raises
        ------
        GuardError
            When the token is wrong, was not asked for or is too old; the state stays as it was.
        """
        asked, self._token = self._token, None
        within = self.options.disarm_within_s * 1e9
        right = asked is not None and secrets.compare_digest(asked[0].encode(), token.encode())
        if asked is None or not right or self._clock() - asked[1] > within:
            self._note(Reason.DISARM_REFUSED)
            raise GuardError(
                "disarming takes two steps within {seconds:g} s and the same token; still {state}",
                seconds=self.options.disarm_within_s,
                state=self._state.value,
            )
        self._enter(GuardState.OFF, Reason.DISARMED)

    def close(self) -> None:
        """Silence, and the end of the watchdog."""
        if self._state is not GuardState.OFF:
            self._enter(GuardState.OFF, Reason.DISARMED)
        self._watchdog.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # The audio path

    def process(self, block: Sound) -> Sound:
        """Like `process_into`, with a new array for the answer.

        Parameters
        ----------
        block
            Shape (n,) for one channel or (n, channels); float32 or int16.

        Returns
        -------
        Block
            The disguised voice or silence, of the shape and type of `block`, `latency` late.
        """
        answer = np.zeros_like(block)
        self.process_into(block, answer)
        return answer

    def process_into(self, block: Block, answer: Block) -> None:
        """Fill `answer` with the disguised voice that `block` gives, or with silence.

        Never raises for anything that the core does; `answer` is silent before anything else
        happens. May be called from a real-time callback.

        Parameters
        ----------
        block
            What came in, as for `process`.
        answer
            Same shape and type; overwritten.
        """
        answer.fill(0)
        self._began = self._clock()
        self._blocks += 1
        if self._watchdog.absent(self._began):
            self.fault(Reason.WATCHDOG)
        if self._state in {GuardState.ARMED, GuardState.LIVE}:
            try:
                self._live += self._work(block, answer)
            except MemoryError:
                answer.fill(0)
                self.fault(Reason.MEMORY)
            except Exception as error:  # noqa: BLE001  whatever the core raises, silence leaves
                answer.fill(0)
                self.fault(Reason.EXCEPTION, type(error).__name__)
        if self._state is GuardState.FAULTED and self.options.on_fault == "tone":
            self._gate.sound_tone(answer)
        self._ended = self._clock()

    def _work(self, block: Block, answer: Block) -> bool:
        """Run the block through the gate piece by piece; True when all of it left."""
        channels = 1 if block.ndim == 1 else block.shape[1]
        if channels != self.options.channels or block.shape != answer.shape:
            self.fault(Reason.SHAPE, str(block.shape))
            return False
        size, left = self.options.block_size, True
        for start in range(0, len(block), size):
            verdict = self._gate.run(block[start : start + size])
            if verdict is Verdict.CLEAN and self._state is GuardState.LIVE:
                self._gate.release(answer[start : start + size])
            else:
                left = False
                self._count(verdict)
        return left

    def _count(self, verdict: Verdict) -> None:
        """Act on a block that did not leave."""
        if verdict is Verdict.FAULT:
            self.fault(self._gate.reason, self._gate.detail)
        elif verdict is Verdict.LATE:
            self._count_late()
        elif verdict is Verdict.CLEAN and self._state is GuardState.ARMED:
            self._clean += 1
            if self._clean >= self.options.prove_blocks:
                self._enter(GuardState.LIVE, Reason.LIVE)
        if verdict is not Verdict.CLEAN:
            self._clean = 0

    def _count_late(self) -> None:
        now, times = self._clock(), self._late_times
        self._late += 1
        place = self._late % len(times)
        oldest, times[place] = times[(place + 1) % len(times)], now
        many = len(times) == 1 or (oldest and now - oldest < _LATE_WINDOW_NS)
        if many and self._state is GuardState.LIVE:
            self.fault(Reason.LATE, f"{self._late} late")

    # Faults and recovery

    def fault(self, reason: Reason, detail: str = "") -> None:
        """Go silent; safe from any thread, the audio path included."""
        if self._state in {GuardState.OFF, GuardState.FAULTED}:
            return
        self._faults += 1
        self._faulted_at = self._clock()
        self._enter(GuardState.FAULTED, reason, detail)

    def look_for_traces(self) -> None:
        """Search the last seconds for a faint raw voice; the watchdog's thread calls this."""
        limit = self.options.trace_limit
        if limit is None or self._state not in {GuardState.ARMED, GuardState.LIVE}:
            return
        height = self._gate.trace.look()
        if height >= limit:
            self.fault(Reason.LIKENESS, f"a trace, {height:.0f} standard deviations")

    def try_to_recover(self) -> None:
        """Prove the core anew where the options allow it; the watchdog's thread calls this."""
        mode, reason = self.options.recovery, self._reason
        timing = reason in _TIMING
        allowed = timing if mode == "timing" else mode == "always" and reason != Reason.LIKENESS
        waited = self._clock() - self._faulted_at > self.options.recover_s * 1e9
        inside = self._began > self._ended
        if self._state is not GuardState.FAULTED or inside or not (allowed and waited):
            return
        self._faulted_at = self._clock()
        try:
            if not timing:
                self._make_core()
        except DisguiseError:
            return
        self._enter(GuardState.ARMED, Reason.RECOVERING)

    def _make_core(self) -> SelfTest:
        """A new core, tried; CoreUnfitError leaves the guard faulted and without one."""
        self._gate.core = None
        try:
            core = self._factory()
            result = try_core(core, self.options.sample_rate, self.options.channels,
                              self.options.block_size, self.options.likeness)  # fmt: skip
        except Exception as error:
            self._faulted_at = self._clock()
            detail = str(error) if isinstance(error, CoreUnfitError) else type(error).__name__
            self._enter(GuardState.FAULTED, Reason.SELF_TEST, detail)
            _LOG.debug("the core is unfit", exc_info=True)
            if isinstance(error, DisguiseInputError):
                raise  # it says itself what was given wrongly
            raise CoreUnfitError(
                "the disguise is not fit for use ({detail}); silence leaves", detail=detail
            ) from error
        self._gate.core = core
        return result

    def _enter(self, state: GuardState, reason: Reason, detail: str = "") -> None:
        if state is GuardState.ARMED:
            self._clean = 0
            self._gate.reset()
            self._began = self._ended = self._clock()
            self._late_times = [0] * self.options.late_blocks
        self._reason = reason
        self._state = state
        self._note(reason, detail)

    def _note(self, reason: Reason, detail: str = "") -> None:
        self.ring.append(Event(self._clock(), self._state, reason, self._blocks, detail))
