"""Text as it may stand in a line of any export."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = re.compile(r"(?:[^\S\u00a0]|\u00a0(?![\d%])|(?<![\d№])\u00a0)+")
"""White space, but for the no-break space that holds a number together: 1 200 000, № 7, 20 %."""


def plain(text: str) -> str:
    """One line without control, formatting and private characters, single spaces between words.

    Names and words come from people and machines; a line break, an override of the writing
    direction or a NUL in one of them must not change the form of a file.
    """
    kept = (c for c in _BREAKS.sub(" ", text) if unicodedata.category(c)[0] != "C")
    return _BREAKS.sub(" ", "".join(kept)).strip()


def token(text: str) -> str:
    """The same without spaces, for forms whose fields are parted by spaces."""
    return plain(text).replace(" ", "_")
