"""What was done to a recording, for the file: a log without the secret, and the sealed secret."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from hattama.disguise.errors import MediaError
from hattama.disguise.leak import TOTAL_LIMIT, WINDOW_LIMIT
from hattama.disguise.profiles import profile
from hattama.disguise.undo import TURNED_BACK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hattama.disguise.check import CheckReport
    from hattama.disguise.file import FileOptions, FileReport
    from hattama.disguise.secret import Secret
    from hattama.disguise.spans import Span

FORMAT = "hattama-disguise"
VERSION = 1


def log(
    source: Path,
    target: Path,
    report: FileReport,
    options: FileOptions,
    timecode: Callable[[float], str],
) -> dict[str, Any]:
    """The log as JSON values: digests, spans, settings, what was copied, the checks.

    Parameters
    ----------
    source, target
        Their names alone are kept.
    timecode
        Label of a moment of the container's clock, seconds.
    """

    def places(spans: Sequence[Span]) -> list[dict[str, Any]]:
        return [
            {
                "start": round(span.start, 6),
                "end": round(span.end, 6),
                "start_timecode": timecode(span.start),
                "end_timecode": timecode(span.end),
            }
            for span in spans
        ]

    return {
        "format": FORMAT,
        "version": VERSION,
        "program": f"hattama {version('hattama')}",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "input": {"name": source.name, "sha256": report.input_sha256},
        "output": {"name": target.name, "sha256": report.output_sha256},
        "spans": places(report.spans),
        "beeps": places(report.beeps),
        "profile": asdict(profile(options.profile)),
        "settings": {key: value for key, value in asdict(options).items() if key != "profile"},
        "copied_streams": {str(index): digest for index, digest in report.copied.items()},
        "left_out_streams": list(report.left_out),
        "filled_samples": report.filled,
        "leak_check": {
            "windows": report.leak.windows,
            "channels": report.leak.channels,
            "highest_peak": round(report.leak.peak, 2),
            "peak_limit": WINDOW_LIMIT,
            "total_peak": round(report.leak.total, 2),
            "total_limit": TOTAL_LIMIT,
        },
        "voice_check": _voice_check(report.check) if report.check else None,
    }


def _voice_check(check: CheckReport) -> dict[str, Any]:
    """The verdict and its figures; None in the log means that nobody asked."""
    return {
        "outcome": check.outcome.value,
        "voice_prints": {
            one.name: {
                "score": round(one.after, 3),
                "limit": round(one.limit, 3),
                "turned_back": round(one.turned_back, 3),
                "turned_back_limit": round(one.limit_turned_back, 3),
                "witness_himself": round(one.before, 3),
            }
            for one in check.similarities
        },
        "heard_elsewhere": [[round(s.start, 3), round(s.end, 3)] for s in check.elsewhere],
        "pitch_turned_back": round(check.pitch.correlation, 3),
        "pitch_limit": TURNED_BACK,
        "words": check.words,
        "words_lost": None if check.words_lost is None else round(check.words_lost, 3),
    }


def write_log(path: Path, content: dict[str, Any]) -> None:
    """Write the log beside and rename it into place."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as stream:
            json.dump(content, stream, ensure_ascii=False, indent=2)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def seal(path: Path, secret: Secret, output_sha256: str) -> None:
    """Write the secret to a new file that its owner alone may read (mode 0600).

    With it and the input, the disguise can be made again bit for bit, which proves what was done.

    Raises
    ------
    MediaError
        When the file exists already: a sealed secret is never replaced.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise MediaError(
            "{name} exists already; a sealed secret is never replaced, give another name",
            name=path.name,
        ) from error
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        json.dump({"secret": secret.reveal().hex(), "output_sha256": output_sha256}, stream)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
