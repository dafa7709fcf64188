"""Silence through a pipe while a sound check listens to the witness and chooses a voice.

The programs on both sides of a pipe go on at their pace meanwhile: what comes in is read, and as
much silence leaves.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, BinaryIO, Self

from hattama.disguise.ear import Ear
from hattama.disguise.errors import TooLittleSpeechError
from hattama.disguise.pcm import read_frames, to_floats
from hattama.disguise.pipe import refuse_impossible

if TYPE_CHECKING:
    from types import TracebackType

    from hattama.disguise.pipe import PipeOptions
    from hattama.disguise.protocols import Floats, Progress

_LOG = logging.getLogger(__name__)


class Hush:
    """Reads a pipe and gives silence, from the first sample until `end`.

    With pace "live" it goes on in a thread of its own behind `listen`; with pace "free" the pipe
    waits, as nothing is lost by that.

    Parameters
    ----------
    options
        Of the pipe.
    source, sink
        Its two ends; a `Pipe` takes them over after `end`.

    Raises
    ------
    AudioFormatError
        As `Pipe` has it.

    Examples
    --------
    >>> with Hush(options, source, sink) as hush:  # doctest: +SKIP
    ...     found = rehearse(hush.listen(40.0), options.rate, options.profile, prints)
    ...     core = lambda: DisguiseStream(
    ...         options.rate,
    ...         options.profile,
    ...         found.secret,
    ...         options.block_size,
    ...         options.channels,
    ...         known=found.known,
    ...     )
    ...     Pipe(core, options, ready=hush.end).run(source, sink)
    """

    def __init__(self, options: PipeOptions, source: BinaryIO, sink: BinaryIO) -> None:
        refuse_impossible(options)
        self._options, self._source, self._sink = options, source, sink
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def listen(self, seconds: float, progress: Progress | None = None) -> Floats:
        """What comes in, for so long; again where a sound check has to be repeated.

        Parameters
        ----------
        seconds
            How long.
        progress
            Told the share of the time that is over. An exception that it raises ends the listening.

        Returns
        -------
        Floats
            Shape (n,) for one channel, else (n, channels).

        Raises
        ------
        TooLittleSpeechError
            When the sound ends before.
        BrokenPipeError
            When the reader behind went away.
        """
        self.end()
        tell = progress or (lambda _share: None)
        options = self._options
        ear = Ear(options.rate, options.channels, seconds)
        while not ear.full.is_set():
            data = self._read()
            if not data:
                raise TooLittleSpeechError(
                    "the sound ended after {heard:.1f} s, before the sound check of {seconds:g} s "
                    "was over; let it go on until the end of the testimony",
                    heard=ear.share * seconds,
                    seconds=seconds,
                )
            ear.take(to_floats(data, options.format, options.channels))
            self._silence(len(data))
            tell(ear.share)
        if options.pace == "live":
            self._over.clear()
            self._thread = threading.Thread(target=self._go_on, daemon=True)
            self._thread.start()
        return ear.sound

    def end(self) -> None:
        """Let go of both ends, between two blocks."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _go_on(self) -> None:
        try:
            while not self._over.is_set():
                data = self._read()
                if not data:
                    return
                self._silence(len(data))
        except OSError:  # the pipe that takes over finds it too, and tells
            _LOG.debug("the pipe broke while silence was given", exc_info=True)

    def _read(self) -> bytes:
        return read_frames(self._source, self._options.block_size, self._options.frame_bytes)

    def _silence(self, length: int) -> None:
        self._sink.write(bytes(length))
        self._sink.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()
