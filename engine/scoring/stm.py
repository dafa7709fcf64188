"""STM, NIST's form of a reference: who says what from when to when.

`file channel speaker start end [<label>] words…`, comments after `;;`. Labels of a single language
(`<ru>`, `<kk>`, also among NIST's comma-separated ones) give the language of the phrase. Reference:
SCTK, `doc/infmts.htm`.
"""

from __future__ import annotations

import math

from hattama.engine.document.model import LANGUAGES, Language
from hattama.engine.errors import BadInputError
from hattama.engine.scoring.speech import Phrase, SpokenWord

IGNORED = "ignore_time_segment_in_scoring"
"""Words of a phrase that NIST's tools leave out of scoring."""


class BadReferenceError(BadInputError):
    """A reference that cannot be read."""


def parse_stm(text: str, source: str = "STM") -> tuple[Phrase, ...]:
    """Phrases by start.

    Raises
    ------
    BadReferenceError
        A line has too few fields or no times; the message names it.
    """
    phrases = [
        _phrase(line, number, source)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith(";;")
    ]
    kept = (p for p in phrases if [w.text.lower() for w in p.words] != [IGNORED])
    return tuple(sorted(kept, key=lambda phrase: (phrase.start or 0.0, phrase.end or 0.0)))


def _phrase(line: str, number: int, source: str) -> Phrase:
    fields = line.split()
    try:
        speaker, start, end = fields[2], float(fields[3]), float(fields[4])
        sound = 0 <= start <= end < math.inf
    except (IndexError, ValueError):
        sound = False
    if not sound:
        raise BadReferenceError(
            "{source}, line {line}: not STM; a line is: file channel speaker start end words.",
            source=source, line=number,
        )  # fmt: skip
    words = fields[5:]
    language = None
    if words and words[0].startswith("<") and words[0].endswith(">"):
        language = _language(words.pop(0))
    said = tuple(SpokenWord(word, language) for word in words)
    return Phrase(said, speaker, start, end, language)


def _language(label: str) -> Language | None:
    parts = label.strip("<>").lower().split(",")
    return next((language for language in LANGUAGES if language in parts), None)
