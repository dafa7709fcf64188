"""The time at which a recording began, from its file name.

Patterns, each anywhere in the name and not inside a longer number:

- `2024-03-05_10-02-15`, `2024-03-05T10-02-15`, `2024-03-05 10.02.15`, `2024_03_05_10_02_15`
- `20240305_100215`, `20240305-100215`, `20240305T100215`, `20240305100215`
- `20240305-1002`, `2024-03-05_10-02` (seconds 0), as ForTheRecord names its files
- `05.03.2024_10-02-15`, `05-03-2024 10-02` (day first, as in Kazakhstan and Russia)
"""

from __future__ import annotations

import re
from datetime import datetime

_BETWEEN = r"[-_. T]{1,3}"
# Numbers of the clock stand together or are parted by one and the same sign, so that the part
# number or the hash which recorders put behind the minutes is not taken for seconds.
_CLOCKS = (
    r"(?P<hour>\d\d)(?P<sign>[-_.:])(?P<minute>\d\d)(?:(?P=sign)(?P<second>\d\d))?",
    r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?",
)
_DATES = (
    (r"(?P<year>(?:19|20)\d\d)[-_.](?P<month>\d\d)[-_.](?P<day>\d\d)", _BETWEEN),
    (r"(?P<day>\d\d)[-_.](?P<month>\d\d)[-_.](?P<year>(?:19|20)\d\d)", _BETWEEN),
    (r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)", rf"(?:{_BETWEEN})?"),
)
_PATTERNS = tuple(
    re.compile(rf"(?<!\d){date}{between}{clock}(?!\d)")
    for date, between in _DATES
    for clock in _CLOCKS
)


def time_in_name(name: str) -> str | None:
    """ISO 8601 time found in a file name, without zone; None where there is none."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(name):
            text = "{year}-{month}-{day}T{hour}:{minute}:{seconds}".format(
                **match.groupdict(), seconds=match["second"] or "00"
            )
            try:
                return datetime.fromisoformat(text).isoformat()
            except ValueError:
                continue
    return None
