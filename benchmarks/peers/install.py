"""Make the peers' environment: `python -m benchmarks.peers.install [FOLDER]`. Several GB."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from venv import create

from platformdirs import user_cache_path

HERE = Path(__file__).parent


def main(folder: Path) -> None:
    """Make it, or bring it up to the pins."""
    create(folder, with_pip=True)
    pip = (str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet")
    pins = ("--constraint", str(HERE / "constraints.txt"))
    wanted = ("--requirement", str(HERE / "requirements.txt"))
    subprocess.run((*pip, *pins, *wanted), check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else user_cache_path("hattama") / "peers")
