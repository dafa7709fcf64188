"""Plain values (of JSON, of TOML) into frozen dataclasses, strictly: every fault has its place."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from hattama.engine.errors import BadInputError

T = TypeVar("T")
_Decoder = Callable[[object], Any]


class ShapeError(BadInputError):
    """A file does not have the form that it should have; the message names the place."""


class UnknownKeyError(ShapeError):
    """A key that the form does not have."""


class MissingKeyError(ShapeError):
    """A key that the form needs."""


class WrongValueError(ShapeError):
    """A value of the wrong type, or outside what is allowed."""


class _Fault(Exception):  # noqa: N818  never leaves this module
    """A fault on its way up; every level adds its step to the path."""

    def __init__(self, error: type[ShapeError], **fields: object) -> None:
        super().__init__()
        self.error = error
        self.fields = fields
        self.steps: list[str | int] = []


def decode(kind: type[T], value: object, source: str, root: str = "") -> T:
    """Turn a plain value into `kind`.

    Parameters
    ----------
    kind
        A frozen dataclass whose fields are str, int, float, bool, date, Literal, Enum, dataclasses,
        `X | None`, `tuple[X, ...]`, `frozenset[X]` or `dict[str, object]`.
    value
        What a JSON or TOML reader gave.
    source
        Name of the file, for messages.
    root
        What the path in messages begins with: `$` for JSON.

    Raises
    ------
    ShapeError
        Unknown or missing key, or a wrong value; the message names its path.
    """
    try:
        return cast(T, _decoder(cast(Any, kind))(value))
    except _Fault as fault:
        path = format_path(root, tuple(reversed(fault.steps)))
        raise _error(fault, source, path) from None


def format_path(root: str, steps: tuple[str | int, ...]) -> str:
    """`("segments", 3, "start")` as `$.segments[3].start`."""
    path = root
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".") or "the file"


def _error(fault: _Fault, source: str, path: str) -> ShapeError:
    if fault.error is UnknownKeyError:
        return UnknownKeyError(
            "{source}: unknown key {path}; did you mean {nearest}? Allowed: {allowed}.",
            source=source, path=path, **fault.fields,
        )  # fmt: skip
    if fault.error is MissingKeyError:
        return MissingKeyError("{source}: {path} is missing; add it.", source=source, path=path)
    return WrongValueError(
        "{source}: {path} is {given}; it must be {wanted}.",
        source=source, path=path, **fault.fields,
    )  # fmt: skip


def shorten(value: object) -> str:
    """A value in at most 40 characters, for a message."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}…"  # noqa: PLR2004  the docstring's number


@cache
def _decoder(kind: Any) -> _Decoder:  # noqa: PLR0911  one line a kind
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _optional(next(_decoder(a) for a in arguments if a is not NoneType))
    if origin is Literal:
        return _choice({value: value for value in arguments})
    if origin is tuple:
        return _list(_decoder(arguments[0]))
    if origin is frozenset:
        return _set(_decoder(arguments[0]))
    if origin is dict:
        return _instance(dict, "object")
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _choice({member.value: member for member in kind})
    if is_dataclass(kind):
        return _object(cast(type, kind))
    return {str: _instance(str, "string"), bool: _instance(bool, "true or false"),
            int: _integer, float: _number, date: _date}[kind]  # fmt: skip


def _optional(inner: _Decoder) -> _Decoder:
    return lambda value: None if value is None else inner(value)


def _choice(allowed: Mapping[object, object]) -> _Decoder:
    def decode_choice(value: object) -> object:
        try:
            return allowed[value]
        except (KeyError, TypeError):
            raise _wrong(value, " | ".join(map(str, allowed))) from None

    return decode_choice


def _list(inner: _Decoder) -> _Decoder:
    def decode_list(value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise _wrong(value, "array")
        decoded = []
        for index, item in enumerate(value):
            try:
                decoded.append(inner(item))
            except _Fault as fault:
                fault.steps.append(index)
                raise
        return tuple(decoded)

    return decode_list


def _set(inner: _Decoder) -> _Decoder:
    decode_items = _list(inner)

    def decode_set(value: object) -> frozenset[object]:
        items = decode_items(value)
        unique = frozenset(items)
        if len(unique) < len(items):
            raise _wrong(value, "an array without repeats")
        return unique

    return decode_set


def _instance(kind: type, wanted: str) -> _Decoder:
    def decode_instance(value: object) -> object:
        if not isinstance(value, kind):
            raise _wrong(value, wanted)
        return value

    return decode_instance


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(value, "integer")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(value, "number")
    try:
        number = float(value)
    except OverflowError:
        raise _wrong(value, "number") from None
    if not math.isfinite(number):
        raise _wrong(value, "number")
    return number


def _date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]  # other types raise TypeError
    except (TypeError, ValueError):
        raise _wrong(value, "a date such as 2026-03-05") from None


def _object(kind: type) -> _Decoder:
    hints = get_type_hints(kind)
    decoders = {field.name: _decoder(hints[field.name]) for field in fields(kind)}
    required = [
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    ]

    def decode_object(value: object) -> object:
        if not isinstance(value, dict):
            raise _wrong(value, "object")
        decoded = {}
        for key, item in value.items():
            if key not in decoders:
                raise _unknown(key, decoders)
            try:
                decoded[key] = decoders[key](item)
            except _Fault as fault:
                fault.steps.append(key)
                raise
        for name in required:
            if name not in decoded:
                raise _at(name, _Fault(MissingKeyError))
        return kind(**decoded)

    return decode_object


def _at(step: str, fault: _Fault) -> _Fault:
    fault.steps.append(step)
    return fault


def _wrong(value: object, wanted: str) -> _Fault:
    return _Fault(WrongValueError, given=shorten(value), wanted=wanted)


def _unknown(key: object, allowed: Mapping[str, object]) -> _Fault:
    nearest = difflib.get_close_matches(str(key), allowed, n=1, cutoff=0.0)[0]
    listed = ", ".join(allowed)
    return _at(str(key), _Fault(UnknownKeyError, nearest=nearest, allowed=listed))
