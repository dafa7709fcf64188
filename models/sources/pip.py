"""One `pip download`, watched, cancellable, with its failure as one line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hattama.models.watch import Meter

_POLL_S = 0.1
_NO_WHEEL = re.compile(r"No matching distribution found|Could not find a version that satisfies")
_NO_NETWORK = re.compile(
    r"Retrying \(|Max retries exceeded|connection broken|Network is unreachable"
)


class PipFailed(Exception):  # noqa: N818  the name says what happened; callers turn it into SourceError
    """pip ended with an error.

    Parameters
    ----------
    reason
        pip's last error line.
    no_wheel
        The index was reached and has no wheel for the platform asked for.
    """

    def __init__(self, reason: str, *, no_wheel: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.no_wheel = no_wheel


def pip_download(requirement: str, folder: Path, only: tuple[str, ...], meter: Meter) -> None:
    """Download one wheel into `folder` with this Python's pip and the user's configuration.

    Parameters
    ----------
    requirement
        Pinned requirement.
    folder
        Existing folder; pip's own temporary files go there too, so that a full disk shows early.
    only
        Further options, such as a platform.
    meter
        Told the bytes on disk so far; pip gives no finer account.

    Raises
    ------
    PipFailed
        pip ended with an error.
    PullCancelledError
        The meter was cancelled; pip was stopped.
    """
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
        "--dest",
        str(folder),
        *only,
        requirement,
    ]
    log = folder / "pip.log"
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(temporary), "TEMP": str(temporary)}
    with log.open("wb") as output:
        pip = subprocess.Popen(  # noqa: S603  our own interpreter, arguments from the catalogue
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment,
        )
        try:
            _wait(pip, folder, meter)
        except BaseException:
            _stop(pip)
            raise
    if pip.returncode:
        raise _failure(log.read_text("utf-8", "replace"))


def _wait(pip: subprocess.Popen[bytes], folder: Path, meter: Meter) -> None:
    while pip.poll() is None:
        meter.report(bytes_in(folder))
        time.sleep(_POLL_S)
    meter.check()


def _stop(pip: subprocess.Popen[bytes]) -> None:
    pip.terminate()
    try:
        pip.wait(5)
    except subprocess.TimeoutExpired:
        pip.kill()
        pip.wait()


def bytes_in(folder: Path) -> int:
    """Bytes of the files under `folder`; a file or folder that vanishes meanwhile counts nothing.

    `os.walk` passes over a folder that is gone when its turn comes, where `Path.rglob` raises: pip
    removes its own all the time.
    """
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(parent, name).stat().st_size
    return total


def _failure(output: str) -> PipFailed:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR:")]
    reason = (errors or lines or ["no message"])[-1]
    no_wheel = bool(_NO_WHEEL.search(output)) and not _NO_NETWORK.search(output)
    return PipFailed(reason, no_wheel=no_wheel)
