"""JSON Schemas of what the API takes and gives, made from the operations' own fields."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hattama.engine.editing.operations import OPERATIONS

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "number"}
INTEGER: Json = {"type": "integer"}
FLAG: Json = {"type": "boolean"}
DESK: Json = {"type": "string", "maxLength": 64}
"""A page's own name."""


def obj(required: dict[str, Json], optional: dict[str, Json] | None = None) -> Json:
    """An object with these keys and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def array(items: Json) -> Json:
    """An array."""
    return {"type": "array", "items": items}


def nullable(schema: Json) -> Json:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def of(kind: Any) -> Json:
    """Schema of a field's type, or of a frozen dataclass."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return nullable(of(next(a for a in arguments if a is not NoneType)))
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return array(of(arguments[0]))
    if is_dataclass(kind):
        return _of_dataclass(kind)
    return {str: TEXT, bool: FLAG, int: INTEGER, float: NUMBER}[kind]


def _of_dataclass(kind: Any) -> Json:
    hints = get_type_hints(kind)
    required: dict[str, Json] = {}
    optional: dict[str, Json] = {}
    for item in fields(kind):
        left_out = item.default is not MISSING or item.default_factory is not MISSING
        (optional if left_out else required)[item.name] = of(hints[item.name])
    return obj(required, optional)


def operation() -> Json:
    """Any operation but `Sign`, which has an endpoint of its own; told apart by `kind`."""
    kinds = []
    for name, kind in OPERATIONS.items():
        if name == "Sign":
            continue
        schema = _of_dataclass(kind)
        schema["properties"] = {"kind": {"const": name}, **schema["properties"]}
        schema["required"] = ["kind", *schema["required"]]
        schema["title"] = name
        schema["description"] = (kind.__doc__ or "").split("\n")[0]
        kinds.append(schema)
    return {"oneOf": kinds}


SPEAKER = obj(
    {"id": TEXT, "name": TEXT, "role": TEXT, "channel": nullable(INTEGER), "protected": FLAG,
     "pseudonym": TEXT}
)  # fmt: skip
WORD: Json = {
    "description": "[text, start, end, confidence, language, source (0 machine, 1 person, 2 note,"
    " 3 unintelligible), doubts, alternatives]; the last two may be left out",
    "type": "array",
    "items": {"anyOf": [TEXT, NUMBER, {"type": "null"}, array(TEXT)]},
    "minItems": 6,
    "maxItems": 8,
}  # fmt: skip
SEGMENT = obj(
    {"id": TEXT, "start": NUMBER, "end": NUMBER, "speaker": nullable(TEXT), "doubts": array(TEXT),
     "words": array(WORD)}
)  # fmt: skip
STATE: Json = {"enum": ["draft", "edited", "signed"]}
SPLICE = obj({"at": INTEGER, "remove": INTEGER, "insert": array(SEGMENT)})
PATCHES = array(obj({"splices": array(SPLICE)}, {"speakers": array(SPEAKER), "state": STATE}))
STANDING = {"version": INTEGER, "can_undo": FLAG, "can_redo": FLAG, "state": STATE}
"""Where the record stands after an act."""
CHANGED = obj({**STANDING, "patches": PATCHES})
ERROR = obj({"error": TEXT, "message": TEXT})
CLOCK = obj(
    {"rate": TEXT, "start_timecode": TEXT, "timecode_source": TEXT, "wall_start": nullable(TEXT),
     "wall_source": nullable(TEXT)}
)  # fmt: skip
MEDIA = obj(
    {"name": TEXT, "sha256": TEXT, "duration": NUMBER, "channels": INTEGER, "clock": CLOCK,
     "gaps": array(obj({"start": NUMBER, "end": NUMBER}))}
)  # fmt: skip
ENTRY = obj(
    {"number": INTEGER, "time": TEXT, "author": TEXT,
     "act": {"enum": ["open", "do", "undo", "redo", "roll-back"]},
     "content": {"type": "object"}, "group": TEXT, "previous": TEXT, "hash": TEXT}
)  # fmt: skip
