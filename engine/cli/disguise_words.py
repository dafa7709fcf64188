"""What the guard's states and reasons are called before people."""

from __future__ import annotations

from hattama.disguise.events import GuardState, Reason
from hattama.engine.cli.language import translate

_REASONS = {
    Reason.ARMED: "armed; the disguise proves itself, silence leaves",
    Reason.LIVE: "the disguised voice leaves",
    Reason.DISARM_ASKED: "disarming was asked for; confirm it",
    Reason.DISARMED: "disarmed; silence leaves",
    Reason.DISARM_REFUSED: "disarming was refused; nothing changed",
    Reason.RECOVERING: "the fault is over; the disguise proves itself again",
    Reason.SELF_TEST: "the disguise failed on the test voice",
    Reason.EXCEPTION: "the disguise broke down",
    Reason.MEMORY: "the machine is out of memory",
    Reason.NOT_FINITE: "a sample was not a number",
    Reason.SHAPE: "a block had the wrong shape",
    Reason.LATE: "the machine is too slow: blocks came late",
    Reason.HUNG: "the disguise hangs",
    Reason.STALLED: "no sound comes: the device is lost or stands still",
    Reason.CLOCK: "the machine's clock stood still or jumped",
    Reason.LIKENESS: "what would have left resembled the witness's own voice",
    Reason.WATCHDOG: "the watchdog does not answer",
}

_STATES = {
    GuardState.OFF: "OFF, silence leaves",
    GuardState.ARMED: "ARMED, silence leaves",
    GuardState.LIVE: "LIVE, the disguised voice leaves",
    GuardState.FAULTED: "FAULT, silence leaves",
}


def reason_words(reason: Reason) -> str:
    """A reason as a clause, in the interface's language."""
    return translate(_REASONS[reason])


def state_words(state: GuardState) -> str:
    """A state with what leaves in it, in the interface's language."""
    return translate(_STATES[state])
