"""`hattama disguise pipe`: raw PCM in, the disguised voice out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from hattama.disguise.hush import Hush
from hattama.disguise.pipe import Pipe, PipeOptions, PipeOutcome
from hattama.disguise.rehearsal import Rehearsal
from hattama.disguise.schedule import Schedule, take_schedule
from hattama.disguise.secret import Secret
from hattama.disguise.stream import DisguiseStream
from hattama.engine.cli.disguise_sound_check import check_sound
from hattama.engine.cli.disguise_verdict import SoundCheckOptions
from hattama.engine.cli.disguise_words import reason_words, schedule_line
from hattama.engine.cli.language import translate

_DEFAULTS = PipeOptions()
_NO_SOUND_CHECK = SoundCheckOptions()


def pipe(
    options: Annotated[PipeOptions, Parameter(name="*")] = _DEFAULTS,
    *,
    asked: Annotated[SoundCheckOptions, Parameter(name="*", group="Sound check")] = _NO_SOUND_CHECK,
) -> int:
    """Disguise raw PCM from standard input to standard output.

    Ends with status 1 when there was a fault (silence has left in its place), when the program
    behind went away before the end, or when the sound check found that programs recognise the
    voice. During a sound check silence leaves, as long as what comes in.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    had: list[Schedule] = []
    with Hush(options, source, sink) as hush:
        try:
            rehearsal = check_sound(console, hush.listen, options.rate, options.profile, asked)
        except BrokenPipeError:
            console.print(_reader_gone(), markup=False)
            raise

        def ready() -> None:
            hush.end()
            if options.pace == "live":
                had.append(take_schedule())

        outcome = Pipe(_cores(options, rehearsal), options, ready=ready).run(source, sink)
    for line in (*_told(outcome, options), *(schedule_line(schedule) for schedule in had)):
        console.print(line, markup=False)
    return 1 if outcome.fault or outcome.broken else 0


def _cores(options: PipeOptions, rehearsal: Rehearsal | None) -> Callable[[], DisguiseStream]:
    # one secret for the whole stream, however often the core is made anew
    secret = rehearsal.secret if rehearsal else Secret.fresh()
    known = rehearsal.known if rehearsal else ()
    return lambda: DisguiseStream(
        options.rate,
        options.profile,
        secret,
        options.block_size,
        options.channels,
        known=known,
    )


def _told(outcome: PipeOutcome, options: PipeOptions) -> list[str]:
    """How it ended, a sentence a line."""
    lines = []
    if outcome.fault:
        reason = reason_words(outcome.fault.reason)
        lines.append(
            translate("Silence left instead of the voice: {reason}.").format(reason=reason)
        )
    if outcome.broken:
        lines.append(_reader_gone())
    figures = translate(
        "{blocks} blocks, {silent} silent; delay of the disguise {delay:.1f} ms; "
        "longest block {worst:.1f} ms."
    ).format(
        blocks=outcome.counters.blocks,
        silent=outcome.counters.silent,
        delay=1000 * outcome.latency / options.rate,
        worst=outcome.counters.worst_ns / 1e6,
    )
    return [*lines, figures]


def _reader_gone() -> str:
    return translate("The program that reads the output went away.")
