"""The `hattama` command: sub-commands are imported when they are called."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console

from hattama.engine.cli.language import translate
from hattama.models.errors import HattamaError

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130

app = App(
    name="hattama",
    help="Draft records of court hearings, and voice disguise for protected witnesses.",
    version=lambda: version("hattama"),
    default_parameter=Parameter(negative_iterable=()),
    suppress_keyboard_interrupt=False,  # `run` answers it
)
for _name, _target, _help in (
    ("transcribe", "transcribe:transcribe", "Make a draft record from a recording."),
    ("diarize", "diarize:diarize", "Find who speaks when."),
    ("probe", "probe:probe", "Say what a recording holds: streams, channels, timecode, gaps."),
    ("export", "export:export", "Write a record in other forms: DOCX, TXT, SRT, VTT and more."),
    ("align", "align:align", "Find when the words that a person wrote were said."),
    ("review", "review:review", "Correct and sign a record at the desk in the browser."),
    ("compare", "compare:compare", "Write what was changed in the machine's draft."),
    ("verify", "verify:verify", "Check that a record and its journal were not changed."),
    ("score", "score:score", "Measure a record against a reference."),
    ("models", "models:app", "List, fetch, check and carry the models."),
    ("disguise", "disguise:app", "Disguise a protected witness's voice."),
):
    app.command(f"hattama.engine.cli.{_target}", name=_name, help=_help)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 failure, 2 bad input, 130 interrupted."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; every error becomes one line on stderr."""
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    logging.basicConfig(level=logging.DEBUG if debug else logging.ERROR)
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        outcome = app(
            arguments, exit_on_error=False, print_error=False, result_action="return_value"
        )
    except BrokenPipeError:
        # Whoever read the output has closed it, as `head` does: nothing is left to say. Python
        # would complain when it flushes stdout at exit, so that goes nowhere from here.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        errors.print(translate("Interrupted; what was done is kept."), markup=False)
        return INTERRUPTED
    except Exception as error:
        if debug:
            raise
        line, status = _explained(error)
        errors.print(line, markup=False)
        return status
    return outcome if isinstance(outcome, int) else 0


def _explained(error: Exception) -> tuple[str, int]:
    """The error's one line, and the exit status it stands for."""
    # Cyclopts wraps what an option's own check raises.
    cause = error.__cause__ if isinstance(error, CycloptsError) else error
    match cause:
        case HattamaError():
            return translate(cause.template).format(**cause.fields), cause.exit_code
        case OSError():
            line = translate(
                "{path}: {reason}; check the path, the permissions and the free space."
            )
            return line.format(path=cause.filename or "", reason=cause.strerror or cause), FAILED
    if isinstance(error, CycloptsError):
        return f"{error} (hattama --help)", BAD_INPUT
    line = translate("A fault of the program: {error}; --debug shows where. Please report it.")
    return line.format(error=f"{type(error).__name__}: {error}"), FAILED
