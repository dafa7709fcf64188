"""What the guard's states, its reasons and its process's schedule are called before people."""

from __future__ import annotations

from hattama.disguise.events import GuardState, Reason
from hattama.disguise.schedule import Schedule
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


_NO_REAL_TIME = (
    "The system gave no real-time priority: on a busy machine blocks may come late, and silence "
    "leaves in their place. docs/recipes.md tells how to allow it."
)


def reason_words(reason: Reason) -> str:
    """A reason as a clause, in the interface's language."""
    return translate(_REASONS[reason])


def schedule_words(schedule: Schedule | None) -> str:
    """What the system gave to the sound's process, as a phrase in the interface's language."""
    if schedule is None:
        return translate("not asked for yet")
    locked = translate("memory locked" if schedule.memory_locked else "memory not locked")
    if schedule.real_time:
        name = {"fifo": "SCHED_FIFO", "round-robin": "SCHED_RR"}[schedule.policy]
        return f"{translate('real-time')} ({name} {schedule.priority}), {locked}"
    return f"{translate(schedule.policy)}, {locked}"


def schedule_line(schedule: Schedule) -> str:
    """The same as a sentence, with what to do where there is no real-time priority."""
    told = translate("Priority: {priority}.").format(priority=schedule_words(schedule))
    if schedule.real_time:
        return told
    return f"{told} {translate(_NO_REAL_TIME)}"


def state_words(state: GuardState) -> str:
    """A state with what leaves in it, in the interface's language."""
    return translate(_STATES[state])
