"""What was done to a recording, for the file: a log without the secret, and the sealed secret.

Both are read again to prove what was done (`proof.py`).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from hattama.disguise.errors import LogError, MediaError
from hattama.disguise.file import FileOptions
from hattama.disguise.leak import TOTAL_LIMIT, WINDOW_LIMIT
from hattama.disguise.profiles import Profile, profile
from hattama.disguise.secret import Secret
from hattama.disguise.spans import Span
from hattama.disguise.undo import TURNED_BACK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hattama.disguise.check import CheckReport
    from hattama.disguise.file import FileReport

FORMAT = "hattama-disguise"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Logged:
    """What a log says was done."""

    input_sha256: str
    """Digest of the original."""
    output_sha256: str
    """Digest of the output."""
    spans: tuple[Span, ...]
    """When the witness speaks, container time."""
    beeps: tuple[Span, ...]
    """Tones, container time."""
    profile: Profile
    """How strongly the voice was disguised."""
    options: FileOptions
    """Everything else that was chosen; the profile is the one above."""
    left_out: tuple[int, ...]
    """Streams of the original that the output does not hold."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a sealed envelope holds."""

    secret: Secret
    """The secret."""
    bound: bool
    """Whether the voice was drawn from the secret and the original together (`Secret.bound`), so
    that the envelope tells nothing of it to somebody who has not the original, or from the secret
    alone."""
    output_sha256: str
    """Digest of the output that was made with it."""


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
                "start": span.start,
                "end": span.end,
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


def beside(output: Path) -> Path:
    """Where the log of an output stands."""
    return output.with_name(output.stem + ".disguise.json")


def read_log(path: Path) -> Logged:
    """Read a log.

    Raises
    ------
    LogError
        When the file cannot be read or is no log of this version.
    """
    try:
        content = _content(path, VERSION)
        return Logged(
            str(content["input"]["sha256"]),
            str(content["output"]["sha256"]),
            _spans(content["spans"]),
            _spans(content["beeps"]),
            Profile(**content["profile"]),
            FileOptions(**content["settings"]),
            tuple(int(number) for number in content["left_out_streams"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_log(path) from error


def read_spans(path: Path) -> tuple[Span, ...]:
    """The spans of a log, whatever else stands in it.

    Raises
    ------
    LogError
        When the file cannot be read or is no log.
    """
    try:
        return _spans(_content(path)["spans"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_log(path) from error


def _content(path: Path, version: int | None = None) -> dict[str, Any]:
    """Values of a log, of one version or of any; ValueError where it is something else."""
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if content["format"] != FORMAT or (version is not None and content["version"] != version):
        raise ValueError(path.name)
    return content


def _spans(places: Sequence[dict[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(float(place["start"]), float(place["end"])) for place in places)


def _no_log(path: Path) -> LogError:
    return LogError(
        "{name} cannot be read as a log of hattama disguise file; give the .disguise.json that was "
        "written beside the output, or to check without it, --span",
        name=path.name,
    )


def refuse_sealed(path: Path) -> None:
    """Raise MediaError where a file exists already, before any work is done for it."""
    if path.exists():
        raise _taken(path)


def _taken(path: Path) -> MediaError:
    return MediaError(
        "{name} exists already; a sealed secret is never replaced, give another name",
        name=path.name,
    )


def seal(path: Path, sealed: Sealed) -> None:
    """Write a secret to a new file that its owner alone may read (mode 0600).

    With it and the original, the disguise can be made again, which proves what was done
    (`proof.prove`).

    Raises
    ------
    MediaError
        When the file exists already: a sealed secret is never replaced.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise _taken(path) from error
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        content = {
            "secret": sealed.secret.reveal().hex(),
            "bound": sealed.bound,
            "output_sha256": sealed.output_sha256,
        }
        json.dump(content, stream)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())


def read_seal(path: Path) -> Sealed:
    """Open a sealed secret.

    Raises
    ------
    LogError
        When the file cannot be read or holds no sealed secret; what it holds is not told.
    """
    try:
        content = json.loads(path.read_text("ascii"))
        return Sealed(
            Secret(bytes.fromhex(content["secret"])),
            bool(content.get("bound", False)),
            str(content["output_sha256"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise LogError(
            "{name} cannot be read as a sealed secret; give the file that --seal wrote",
            name=path.name,
        ) from None
