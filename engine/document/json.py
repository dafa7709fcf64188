"""The record as JSON: written stably, read strictly, published as `record-1.schema.json`."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_type_hints

from hattama.engine.document.atomic import write_bytes
from hattama.engine.document.model import Segment, Transcript
from hattama.engine.document.strict import WrongValueError, decode, shorten
from hattama.engine.errors import BadInputError

FORMAT = "hattama-record"
VERSION = 1
"""Version of the form that is written; it rises when an older reader would misread."""


class RecordError(BadInputError):
    """A file that is not a record, or not a whole one."""


class NewerRecordError(RecordError):
    """A record that a later version of the program wrote."""


def to_json(transcript: Transcript) -> str:
    """The record as JSON text.

    Keys stand in the order of the fields, numbers with a fraction are rounded to three decimals
    (milliseconds), one word takes one line, so that two records compare well line by line.

    Raises
    ------
    WrongValueError
        The record contradicts itself (see `check`); nothing unreadable is ever written.
    """
    check(transcript, "record")
    value = {"format": FORMAT, "version": VERSION, **_encode(transcript)}
    return _layout(value, "") + "\n"


def from_json(text: str, source: str = "record") -> Transcript:
    """Read the JSON text of a record; the inverse of `to_json`.

    Parameters
    ----------
    text
        JSON, version 1.
    source
        Name of the file, for messages.

    Raises
    ------
    RecordError
        Not JSON, cut off, not a record; `NewerRecordError` where a later program wrote it.
    ShapeError
        Unknown or missing key, wrong value; the message names the JSON path.
    """
    value = _parse(text, source)
    if not isinstance(value, dict) or value.pop("format", None) != FORMAT:
        raise RecordError(
            "{source} is not a record of Hattama; give the .json that transcribe wrote.",
            source=source,
        )
    _check_version(value.pop("version", None), source)
    transcript = decode(Transcript, value, source, root="$")
    check(transcript, source)
    return transcript


def read(path: str | os.PathLike[str]) -> Transcript:
    """Read a record from a UTF-8 file; errors as `from_json`."""
    place = Path(path)
    try:
        return from_json(place.read_text("utf-8-sig"), place.name)
    except OSError as error:
        raise RecordError(
            "{source} cannot be read ({reason}); give the path of a record.",
            source=str(place), reason=error.strerror or type(error).__name__,
        ) from error  # fmt: skip
    except UnicodeDecodeError as error:
        raise RecordError(
            "{source} is not UTF-8 (byte {position}); a record is UTF-8 JSON.",
            source=place.name, position=error.start,
        ) from error  # fmt: skip


def write(path: str | os.PathLike[str], transcript: Transcript) -> None:
    """Write the record; the file is there whole or, after a failure, as it was before."""
    write_bytes(path, to_json(transcript).encode())


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema (2020-12) of the record."""
    text = (files("hattama.engine.document") / "record-1.schema.json").read_text("utf-8")
    return dict(json.loads(text))


def check(transcript: Transcript, source: str) -> None:
    """Check what types and the schema cannot say: unique ids, references, order of times.

    Raises
    ------
    WrongValueError
        The message names the JSON path.
    """
    speakers = [speaker.id for speaker in transcript.speakers]
    _check_unique(speakers, "$.speakers", source)
    _check_unique([segment.id for segment in transcript.segments], "$.segments", source)
    known = {None, *speakers}
    _check_number(transcript.media.duration, "$.media.duration", source)
    for index, gap in enumerate(transcript.media.gaps):
        _check_span(gap.start, gap.end, f"$.media.gaps[{index}]", source)
    for index, segment in enumerate(transcript.segments):
        _check_segment(segment, f"$.segments[{index}]", known, source)


def _check_segment(segment: Segment, path: str, known: set[str | None], source: str) -> None:
    _check_span(segment.start, segment.end, path, source)
    _check_speaker(segment.speaker, known, path, source)
    for index, word in enumerate(segment.words):
        place = f"{path}.words[{index}]"
        _check_span(word.start, word.end, place, source)
        _check_speaker(word.speaker, known, place, source)
        if not 0 <= word.confidence <= 1:
            _fail(f"{place}.confidence", word.confidence, "0 to 1", source)


def _check_unique(ids: list[str], path: str, source: str) -> None:
    seen: set[str] = set()
    for index, given in enumerate(ids):
        if given in seen:
            _fail(f"{path}[{index}].id", given, "unique", source)
        seen.add(given)


def _check_span(start: float, end: float, path: str, source: str) -> None:
    _check_number(start, f"{path}.start", source)
    _check_number(end, f"{path}.end", source)
    if end < start:
        _fail(f"{path}.end", end, f">= start ({start})", source)


def _check_number(value: float, path: str, source: str) -> None:
    if not (math.isfinite(value) and value >= 0):
        _fail(path, value, ">= 0", source)


def _check_speaker(speaker: str | None, known: set[str | None], path: str, source: str) -> None:
    if speaker not in known:
        _fail(f"{path}.speaker", speaker, "null | id of $.speakers", source)


def _fail(path: str, given: object, wanted: str, source: str) -> None:
    raise WrongValueError(
        "{source}: {path} is {given}; it must be {wanted}.",
        source=source, path=path, given=shorten(given), wanted=wanted,
    )  # fmt: skip


def _parse(text: str, source: str) -> object:
    try:
        value = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
        if "\\u" in text:  # only an escape can bring half of a surrogate pair
            json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError, _JsonFaultError) as error:
        raise RecordError(
            "{source} is not valid JSON: {fault}.", source=source, fault=str(error)
        ) from None
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            raise RecordError(
                "{source} is cut off at line {line}; take the file again from its origin.",
                source=source, line=error.lineno,
            ) from error  # fmt: skip
        raise RecordError(
            "{source} is not valid JSON: {fault} at line {line}, column {column}.",
            source=source, fault=error.msg, line=error.lineno, column=error.colno,
        ) from error  # fmt: skip
    else:
        return value


class _JsonFaultError(ValueError):
    """JSON that Python would let pass."""


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise _JsonFaultError(f"key {repeated!r} twice in one object")
    return value


def _no_constant(name: str) -> object:
    raise _JsonFaultError(f"{name} is not a number of JSON")


def _check_version(version: object, source: str) -> None:
    if isinstance(version, int) and version > VERSION:
        raise NewerRecordError(
            "{source} is a record of version {version}, this program reads version {supported};"
            " install a newer Hattama.",
            source=source, version=version, supported=VERSION,
        )  # fmt: skip
    if version is not True and version == VERSION:
        return
    _fail("$.version", version, str(VERSION), source)


def _encode(value: Any) -> Any:
    """Plain JSON values of dataclasses; what is plain already passes as it is."""
    if is_dataclass(value):
        return {name: encode(getattr(value, name)) for name, encode in _encoders(value.__class__)}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(_encode(item) for item in value)
    return value.value if isinstance(value, Enum) else value


@cache
def _encoders(kind: type) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """Name and encoder of every field, in order."""
    hints = get_type_hints(kind)
    return tuple(
        (field.name, _encode_number if hints[field.name] is float else _encode)
        for field in fields(kind)
    )


def _encode_number(value: float) -> float:
    """To the millisecond; an int that stands for a float becomes one, so that text is stable."""
    return round(float(value), 3)


def _layout(value: Any, indent: str) -> str:
    """Indented JSON in which whatever holds no object stays on one line."""
    items = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(items, list) or not any(_holds_object(item) for item in items):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    deeper = indent + " "
    parts = [_layout(item, deeper) for item in items]
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(key, ensure_ascii=False)}: {part}"
            for key, part in zip(value, parts, strict=True)
        ]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{deeper}" + f",\n{deeper}".join(parts) + f"\n{indent}{closing}"


def _holds_object(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(_holds_object(item) for item in value)
    )
