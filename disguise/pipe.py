"""Raw PCM through the guard: bytes in, as many bytes out, block by block.

A worker thread reads, disguises and writes. When the core hangs in a block, another thread takes
its place and gives silence for everything that still comes, so that the chain behind keeps its
pace and nothing raw gets through.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, Literal

import numpy as np

from hattama.disguise.errors import AudioFormatError
from hattama.disguise.events import Counters, Event, Reason
from hattama.disguise.guard import Guard, GuardOptions
from hattama.disguise.pcm import SAMPLE_BYTES, PcmFormat, read_frames, to_bytes, to_floats
from hattama.disguise.watchdog import WatchdogOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from hattama.disguise.protocols import CoreFactory

_LOG = logging.getLogger(__name__)

_SHORTEST_MS, _LONGEST_MS = 1.0, 1000.0


@dataclass(frozen=True, slots=True)
class PipeOptions:
    """What comes through the pipe and how it is disguised."""

    profile: str = "strong"
    """Profile of the disguise: strong, whisper (hardest to recognise and to follow), natural (mild:
    with a sample of the voice, programs find the speaker, equal error rate 4 to 9 % where 50 is
    a coin and strong has 32 to 45), or a TOML file."""
    rate: int = 48_000
    """Samples a second, 8000 to 192000."""
    format: PcmFormat = "s16le"
    """Sample format, little-endian, channels interleaved."""
    channels: int = 1
    """Channels; each is disguised with the same secret."""
    block_ms: float = 10.0
    """Length of a block, milliseconds."""
    pace: Literal["live", "free"] = "live"
    """live: a block that takes longer than it lasts is silenced; free: files may take their
    time."""
    aligned: bool = False
    """Leave out the delay at the beginning, so that output and input begin together."""
    on_fault: Literal["silence", "tone"] = "silence"
    """What leaves on a fault."""

    @property
    def block_size(self) -> int:
        """Frames of a block."""
        return max(1, round(self.rate * self.block_ms / 1000))

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return SAMPLE_BYTES[self.format] * self.channels


def refuse_impossible(options: PipeOptions) -> None:
    """See that the blocks can be worked on.

    Raises
    ------
    AudioFormatError
        When there is no channel or the block is not of a length that can be worked on.
    """
    if not options.channels >= 1 or not _SHORTEST_MS <= options.block_ms <= _LONGEST_MS:
        raise AudioFormatError(
            "{channels} channels in blocks of {block_ms:g} ms were asked for; "
            "give at least one channel and 1 to 1000 ms",
            channels=options.channels,
            block_ms=options.block_ms,
        )


@dataclass(frozen=True, slots=True)
class PipeOutcome:
    """How the pipe ended."""

    counters: Counters
    """Blocks, faults and times, without the silence on which the core proved itself."""
    fault: Event | None
    """The first fault; None when there was none."""
    broken: bool
    """Whether the reader behind went away before the end."""
    latency: int
    """Delay of the disguise, samples."""


class Pipe:
    """Carries a stream of PCM through a guard.

    Parameters
    ----------
    core_factory
        Makes the core.
    options
        Format and manner.
    on_event
        Told of everything that the guard does, from the watchdog's thread.
    ready
        Called before the first block in the thread that carries the sound, for instance
        `hattama.disguise.schedule.take_schedule`.

    Raises
    ------
    AudioFormatError
        When there is no channel or the block is not of a length that can be worked on.
    """

    def __init__(
        self,
        core_factory: CoreFactory,
        options: PipeOptions,
        on_event: Callable[[Event], None] | None = None,
        ready: Callable[[], object] | None = None,
    ) -> None:
        refuse_impossible(options)
        self.options = options
        self._on_event, self._ready = on_event, ready
        live = options.pace == "live"
        self.guard = Guard(
            core_factory,
            GuardOptions(
                sample_rate=options.rate,
                channels=options.channels,
                block_size=options.block_size,
                deadline=1.0 if live else None,
                on_fault=options.on_fault,
                watchdog=WatchdogOptions(stall_s=None, hang_s=0.5 if live else 30.0),
            ),
            self._hear,
        )
        self._fault: Event | None = None
        self._broken = False
        self._taken_over = False
        self._primed = Counters()
        self._done = threading.Event()
        self._failure: BaseException | None = None

    def run(self, source: BinaryIO, sink: BinaryIO) -> PipeOutcome:
        """Carry everything from `source` to `sink`; returns at the end of `source`.

        Raises
        ------
        CoreUnfitError
            When the core fails its trial; nothing was read then.
        """
        self._source, self._sink = source, sink
        with self.guard:
            self.guard.arm()
            latency = self.guard.latency
            worker = threading.Thread(target=self._work, args=(latency,), daemon=True)
            worker.start()
            self._done.wait()
        if self._failure is not None:
            raise self._failure
        return PipeOutcome(self._counted(), self._fault, self._broken, latency)

    def _counted(self) -> Counters:
        """How the guard has fared since the first block that was read."""
        all_, before = self.guard.counters, self._primed
        return replace(
            all_,
            blocks=all_.blocks - before.blocks,
            silent=all_.silent - before.silent,
            late=all_.late - before.late,
        )

    def _prime(self) -> None:
        """Let the core prove itself on silence, so that the first word is not lost."""
        options = self.options
        quiet = np.zeros((options.block_size, options.channels), np.float32)
        for _ in range(10 * self.guard.options.prove_blocks):
            if self.guard.state == "live":
                break
            self.guard.process(quiet)
        self._primed = self.guard.counters

    def _work(self, latency: int) -> None:
        try:
            if self._ready:
                self._ready()
            self._prime()
            self._carry(latency)
        except BrokenPipeError:
            self._broken = True
        except BaseException as error:  # noqa: BLE001  `run` raises it in the caller's thread
            self._failure = error
        if not self._taken_over:
            self._done.set()

    def _carry(self, latency: int) -> None:
        skip = latency * self.options.frame_bytes if self.options.aligned else 0
        while data := self._read():
            skip = self._write(self._disguised(data), skip)
        tail = latency
        while tail > 0 and not self._taken_over:
            frames = min(tail, self.options.block_size)
            skip = self._write(self._disguised(bytes(frames * self.options.frame_bytes)), skip)
            tail -= frames

    def _read(self) -> bytes:
        """A block, or what is left of one, in whole frames; empty at the end."""
        return read_frames(self._source, self.options.block_size, self.options.frame_bytes)

    def _disguised(self, data: bytes) -> bytes:
        block = to_floats(data, self.options.format, self.options.channels)
        return to_bytes(self.guard.process(block), self.options.format)

    def _write(self, answer: bytes, skip: int) -> int:
        if self._taken_over:
            raise BrokenPipeError
        if len(answer) > skip:
            self._sink.write(answer[skip:])
            self._sink.flush()
        return max(0, skip - len(answer))

    def _hear(self, event: Event) -> None:
        if event.state == "faulted":
            self._fault = self._fault or event
        if event.reason is Reason.HUNG:
            self._taken_over = True
            threading.Thread(target=self._emit_silence, daemon=True).start()
        if self._on_event:
            self._on_event(event)

    def _emit_silence(self) -> None:
        """Silence for the block that hangs and for everything that follows."""
        try:
            self._sink.write(bytes(self.options.block_size * self.options.frame_bytes))
            while data := self._read():
                self._sink.write(bytes(len(data)))
                self._sink.flush()
        except OSError:
            _LOG.debug("the pipe broke while silence was given", exc_info=True)
            self._broken = True
        self._done.set()
