"""How the sound's process stands with the system's scheduler: real-time where it is allowed.

A block of 10 ms has to be back before the next one comes. Other programs cannot hold up a thread
of the real-time class, the swapping of memory cannot stop a process whose memory is locked, and
no garbage collection falls between two blocks once it is off. Each of the three is asked for by
itself, and what was had is told: nothing here fails.

Who may: on Linux a user with `rtprio` and `memlock` in limits.conf, or a service with
`LimitRTPRIO=` and `LimitMEMLOCK=` (docs/recipes.md); on Windows and macOS everybody gets less.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Literal

Policy = Literal["fifo", "round-robin", "raised", "normal"]
"""SCHED_FIFO or SCHED_RR, the real-time classes; a better place among ordinary programs; none."""

AUDIO_PRIORITY: Final = 20
"""Real-time priority that is asked for, 1 to 99: above every ordinary program, below the kernel's
own threads (50) and below what sound servers take for themselves (about 70 to 90)."""

_BEHIND: Final = 10
"""How far the other threads stand behind the one that carries the sound. They have to be in the
real-time class too: one of them that holds the interpreter's lock while an ordinary program has
pushed it aside would hold up the sound."""

_HAND_OVER_S: Final = 0.0005
"""How soon another thread gives the interpreter's lock up; Python's own 5 ms are half a block."""

_LIBRARY_THREADS: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the system gave."""

    policy: Policy = "normal"
    """Class of the thread that carries the sound."""
    priority: int = 0
    """Its real-time priority, 1 to 99; 0 outside the real-time classes."""
    memory_locked: bool = False
    """Whether the process's memory stays out of the swap, the session's secret included."""
    collector_off: bool = False
    """Whether the garbage collector is frozen and off."""

    @property
    def real_time(self) -> bool:
        """Whether ordinary programs cannot hold the sound up."""
        return self.priority > 0


def take_schedule(priority: int = AUDIO_PRIORITY) -> Schedule:
    """Make this process one that carries sound; call it in the thread that does.

    The calling thread gets a real-time class, the process's other Python threads a lower priority
    of the same class; memory is locked as it is now; the garbage collector is frozen and switched
    off; the interpreter's lock changes hands within half a millisecond. Where cores the process
    runs on is left to the system.

    Parameters
    ----------
    priority
        Real-time priority that is wanted, 1 to 99; a lower one is taken where the limit is lower.

    Returns
    -------
    Schedule
        What was had.
    """
    sys.setswitchinterval(_HAND_OVER_S)
    gc.collect()
    gc.freeze()
    gc.disable()
    policy, given = raise_thread(priority)
    if given:
        _raise_others(max(1, given - _BEHIND))
    return Schedule(policy, given, lock_memory(), collector_off=True)


def raise_thread(priority: int = AUDIO_PRIORITY) -> tuple[Policy, int]:
    """Ask for a real-time class for the calling thread alone, else for the next best.

    For recording systems that run the guard in a callback of their own. Threads and programs that
    this thread starts inherit what it got.

    Returns
    -------
    tuple
        What was given, and the real-time priority (0 outside those classes).
    """
    if sys.platform == "win32":
        return _raise_on_windows(), 0
    if sys.platform == "linux":
        for wanted in dict.fromkeys((priority, min(priority, _allowed_priority()))):
            if wanted < 1:
                continue
            if _set_class(0, os.SCHED_FIFO, wanted):
                return "fifo", wanted
            if _set_class(0, os.SCHED_RR, wanted):
                return "round-robin", wanted
    try:
        os.nice(-10)
    except OSError:
        return "normal", 0
    return "raised", 0


def lock_memory() -> bool:
    """Keep every page that the process has now out of the swap; True when the system agreed.

    Pages to come are left alone: with a limit on locked memory, an allocation beyond it would fail
    in the middle of a session.
    """
    if sys.platform == "win32":
        return False
    import ctypes  # noqa: PLC0415  importing costs what only the sound's process needs

    current = 1  # MCL_CURRENT on Linux, macOS and the BSDs
    try:
        return bool(ctypes.CDLL(None, use_errno=True).mlockall(current) == 0)
    except (OSError, AttributeError):
        return False


@contextmanager
def one_thread_libraries() -> Iterator[None]:
    """Let processes that are started in the block keep their libraries' thread pools at one.

    OpenBLAS and its like read their number of threads when they are loaded. The sound's path does
    not use them; a pool would only be in the way.
    """
    before = {name: os.environ.get(name) for name in _LIBRARY_THREADS}
    os.environ.update(dict.fromkeys(_LIBRARY_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _allowed_priority() -> int:
    """Highest real-time priority that the user's limit allows; 0 for none."""
    import resource  # noqa: PLC0415  not on Windows

    limit = resource.getrlimit(resource.RLIMIT_RTPRIO)[0]
    return 99 if limit == resource.RLIM_INFINITY else limit


def _set_class(thread: int, policy: int, priority: int) -> bool:
    try:
        os.sched_setscheduler(thread, policy, os.sched_param(priority))
    except OSError:
        return False
    return True


def _raise_others(priority: int) -> None:
    own = threading.get_native_id()
    for thread in threading.enumerate():
        if thread.native_id and thread.native_id != own:
            with suppress(OSError):  # it may have ended in between
                _set_class(thread.native_id, os.SCHED_FIFO, priority)


def _raise_on_windows() -> Policy:
    """High priority for the process, the highest ordinary one for the thread."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415  likewise

        high_class, time_critical = 0x80, 15
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.GetCurrentProcess.restype = kernel.GetCurrentThread.restype = ctypes.c_void_p
        kernel.SetPriorityClass.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
        kernel.SetThreadPriority.argtypes = [ctypes.c_void_p, ctypes.c_int]
        process = kernel.SetPriorityClass(kernel.GetCurrentProcess(), high_class)
        if process and kernel.SetThreadPriority(kernel.GetCurrentThread(), time_critical):
            return "raised"
    return "normal"
