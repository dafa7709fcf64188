"""`hattama disguise pipe`: raw PCM in, the disguised voice out."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from hattama.disguise.pipe import Pipe, PipeOptions, PipeOutcome
from hattama.disguise.schedule import Schedule, take_schedule
from hattama.disguise.secret import Secret
from hattama.disguise.stream import DisguiseStream
from hattama.engine.cli.disguise_words import reason_words, schedule_line
from hattama.engine.cli.language import translate

_DEFAULTS = PipeOptions()


def pipe(options: Annotated[PipeOptions, Parameter(name="*")] = _DEFAULTS) -> int:
    """Disguise raw PCM from standard input to standard output.

    Ends with status 1 when there was a fault (silence has left in its place) or when the program
    behind went away before the end.
    """
    secret = Secret.fresh()  # one for the whole stream, however often the core is made anew
    had: list[Schedule] = []
    live = options.pace == "live"
    outcome = Pipe(
        lambda: _core(options, secret),
        options,
        ready=(lambda: had.append(take_schedule())) if live else None,
    ).run(sys.stdin.buffer, sys.stdout.buffer)
    _tell(outcome, options)
    for schedule in had:
        _say(schedule_line(schedule))
    return 1 if outcome.fault or outcome.broken else 0


def _core(options: PipeOptions, secret: Secret) -> DisguiseStream:
    return DisguiseStream(
        options.rate, options.profile, secret, options.block_size, channels=options.channels
    )


def _say(sentence: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(sentence, markup=False)


def _tell(outcome: PipeOutcome, options: PipeOptions) -> None:
    if outcome.fault:
        _say(
            translate("Silence left instead of the voice: {reason}.").format(
                reason=reason_words(outcome.fault.reason)
            )
        )
    if outcome.broken:
        _say(translate("The program that reads the output went away."))
    _say(
        translate(
            "{blocks} blocks, {silent} silent; delay of the disguise {delay:.1f} ms; "
            "longest block {worst:.1f} ms."
        ).format(
            blocks=outcome.counters.blocks,
            silent=outcome.counters.silent,
            delay=1000 * outcome.latency / options.rate,
            worst=outcome.counters.worst_ns / 1e6,
        )
    )
