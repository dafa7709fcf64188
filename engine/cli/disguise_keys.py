"""Keys of the operator's terminal, one at a time and without waiting."""

from __future__ import annotations

import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Keys:
    """Reads keys while the terminal is in its one-key mode; nothing where there is no terminal."""

    def __init__(self, *, active: bool) -> None:
        self._active = active

    @property
    def active(self) -> bool:
        """Whether there is a terminal to read from."""
        return self._active

    def pressed(self) -> str:
        """Keys since the last call."""
        found = ""
        while self._active and select.select([sys.stdin], [], [], 0)[0]:
            key = sys.stdin.read(1)
            if not key:
                self._active = False
                break
            found += key
        return found


@contextmanager
def terminal_keys() -> Iterator[Keys]:
    """Put the terminal into its one-key mode while the block runs."""
    if not sys.stdin.isatty():
        yield Keys(active=False)
        return
    import termios  # noqa: PLC0415  not on Windows
    import tty  # noqa: PLC0415  likewise

    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    try:
        tty.setcbreak(handle)
        yield Keys(active=True)
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)
