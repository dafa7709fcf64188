"""Plain values into dataclasses: each kind of field, each kind of fault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import pytest

from hattama.engine.document.model import Doubt
from hattama.engine.document.strict import ShapeError, decode


@dataclass(frozen=True)
class Inner:
    number: float
    flag: bool = False


@dataclass(frozen=True)
class Outer:
    name: str
    inners: tuple[Inner, ...] = ()
    day: date | None = None
    kind: Literal["a", "b"] | None = None
    doubts: frozenset[Doubt] = frozenset()
    channel: int = 0


def test_every_kind_of_field_is_read() -> None:
    value = {
        "name": "x",
        "inners": [{"number": 1}, {"number": 2.5, "flag": True}],
        "day": "2026-03-05",
        "kind": "b",
        "doubts": ["overlap"],
        "channel": 3,
    }
    assert decode(Outer, value, "f") == Outer(
        "x",
        (Inner(1.0), Inner(2.5, flag=True)),
        date(2026, 3, 5),
        "b",
        frozenset({Doubt.OVERLAP}),
        3,
    )


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ([], "f: $ is []; it must be object."),
        ({}, "f: $.name is missing; add it."),
        ({"name": 1}, "f: $.name is 1; it must be string."),
        ({"name": "x", "inner": []}, "f: unknown key $.inner; did you mean inners?"),
        ({"name": "x", "inners": {}}, "f: $.inners is {}; it must be array."),
        ({"name": "x", "inners": [{"number": True}]}, "number is True; it must be number."),
        ({"name": "x", "inners": [{"number": 10**400}]}, "$.inners[0].number is 1000000"),
        ({"name": "x", "inners": [{"number": float("nan")}]}, "number is nan; it must be number."),
        ({"name": "x", "inners": [{"number": 1, "flag": 1}]}, "flag is 1; it must be true"),
        ({"name": "x", "channel": 1.0}, "$.channel is 1.0; it must be integer."),
        ({"name": "x", "kind": []}, "$.kind is []; it must be a | b."),
        ({"name": "x", "doubts": ["overlap", "overlap"]}, "it must be an array without repeats."),
        ({"name": "x", "day": datetime(2026, 3, 5, 10, 0)}, "must be a date such as 2026-03-05."),  # noqa: DTZ001  what TOML gives for a local time
        ({"name": "x", "day": "5 марта"}, "$.day is '5 марта'; it must be a date such as"),
    ],
)  # fmt: skip
def test_each_fault_names_its_place_and_what_is_allowed(value: object, line: str) -> None:
    with pytest.raises(ShapeError) as caught:
        decode(Outer, value, "f", root="$")
    assert line in str(caught.value)


def test_without_a_root_paths_begin_with_the_key() -> None:
    with pytest.raises(ShapeError, match=r"^f: inners\[1\] is 5; it must be object\.$"):
        decode(Outer, {"name": "x", "inners": [{"number": 1}, 5]}, "f")
    with pytest.raises(ShapeError, match=r"^f: the file is 5; it must be object\.$"):
        decode(Outer, 5, "f")


def test_long_values_are_shortened() -> None:
    with pytest.raises(ShapeError) as caught:
        decode(Outer, {"name": ["long"] * 500}, "f")
    assert len(str(caught.value)) < 100
