"""Runs a command from a process that is small, and writes down what it used.

    python launch.py USAGE.json COMMAND ...

Linux counts what a process held before it became another program into that program's largest
resident set. A benchmark that has read models and tables would lend its own size to each command
that it starts, so it starts this first. It imports nothing that is large.
"""

import json
import os
import sys


def main() -> None:
    """Run the command, write its usage, and end as it ended."""
    target, *command = sys.argv[1:]
    started = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(started, 0)
    measured = {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / 1024}
    with open(target, "w", encoding="utf-8") as file:  # noqa: PTH123  pathlib would double its size
        json.dump(measured, file)
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
