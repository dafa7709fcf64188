"""One part of a file, as the Range header asks (RFC 9110, section 14)."""

from __future__ import annotations

import re

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


class RangeError(ValueError):
    """A range that the file does not have."""


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None where the whole is wanted.

    Several ranges at once, which players do not ask for, give the whole.

    Raises
    ------
    RangeError
        The file has no such part: answer 416.
    """
    if header is None:
        return None
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(size - int(last[:18]), 0), size
    else:
        start = int(first[:18])
        end = min(int(last[:18]) + 1, size) if last else size
    if start >= size or end <= start:
        raise RangeError(header)
    return start, end
