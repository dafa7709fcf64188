"""Lists in one word: `kk,ru` on the command line.

It stands beside the options, not in the command line's folder, because options are read from
their dataclasses and these name it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from cyclopts import Token

from hattama.engine.errors import BadInputError


class UnknownChoiceError(BadInputError):
    """A value that is none of those allowed."""


def comma_separated(hint: Any, tokens: Sequence[Token]) -> tuple[str, ...]:
    """Split values at commas and check each against the choices of the parameter's type.

    Parameters
    ----------
    hint
        `tuple[Literal[…], ...]` or `tuple[str, ...]`.
    tokens
        What was given.

    Raises
    ------
    UnknownChoiceError
        A value is not among the choices.
    """
    values = tuple(v.strip() for token in tokens for v in token.value.split(",") if v.strip())
    allowed = get_args(get_args(hint)[0])
    for value in values:
        if allowed and value not in allowed:
            raise UnknownChoiceError(
                "{option} {given} is not known; allowed: {allowed}.",
                option=tokens[0].keyword or "",
                given=value,
                allowed=", ".join(allowed),
            )
    return values
