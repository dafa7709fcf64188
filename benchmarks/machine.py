"""Facts of the machine that figures were taken on, and how results are written down."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def facts(packages: Sequence[str] = ()) -> dict[str, object]:
    """Processor, memory, system and versions; no host name, no path."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in ("hattama", "numpy", *packages)},
    }


def load_line() -> str:
    """How busy other programs keep the processor now, and what that means for speeds."""
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    if load < 0.25 * cores:
        return f"The machine was quiet when the run began (load {load:.1f} on {cores} cores)."
    return (
        f"Other work kept the machine busy when the run began (load {load:.1f} on {cores} cores), "
        "so the speeds are lower bounds; processor seconds suffer less."
    )


def write(
    name: str,
    rows: Sequence[Mapping[str, object]],
    notes: str,
    *packages: str,
    counts: Sequence[Mapping[str, object]] = (),
) -> Path:
    """Write `results/NAME.json` and `results/NAME.md`: the rows with the machine's facts.

    Parameters
    ----------
    name
        File name without its ending.
    rows
        One mapping a row, all with the same keys.
    notes
        What was measured, on what, and what the columns mean: Markdown.
    *packages
        Packages whose versions matter.
    counts
        What each row was made of, for the JSON alone.
    """
    RESULTS.mkdir(exist_ok=True)
    machine = facts(packages)
    table = {"machine": machine, "notes": notes, "rows": list(rows)}
    if counts:
        table["counts"] = list(counts)
    content = json.dumps(table, ensure_ascii=False, indent=1) + "\n"
    (RESULTS / f"{name}.json").write_text(content, encoding="utf-8")
    path = RESULTS / f"{name}.md"
    path.write_text(f"{notes.strip()}\n\n{markdown(rows)}\n\n{_line(machine)}\n", encoding="utf-8")
    return path


def earlier(name: str, key: str = "system") -> dict[str, dict[str, object]]:
    """Rows of an earlier run of the same results, by one of their columns; empty without any.

    For tables whose rows are too costly to be taken all again when one of them changes. The
    caller's notes have to hold for the old rows too.
    """
    path = RESULTS / f"{name}.json"
    if not path.exists():
        return {}
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return {str(row[key]): row for row in rows}


def markdown(rows: Sequence[Mapping[str, object]]) -> str:
    """The rows as a Markdown table."""
    if not rows:
        return "(nothing was measured)"
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(str(row[head]) for head in heads) + " |" for row in rows]
    return "\n".join(lines)


def _line(machine: Mapping[str, object]) -> str:
    versions = machine["versions"]
    told = ", ".join(f"{k} {v}" for k, v in versions.items()) if isinstance(versions, dict) else ""
    return (
        f"Machine: {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"{machine['system']}, Python {machine['python']}, {told}. Date: {machine['date']}."
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
