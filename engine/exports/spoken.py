"""Names of protected people that others say aloud: they stand in the words of the record."""

from __future__ import annotations

from hattama.engine.document.model import Transcript, Word
from hattama.engine.exports.plain import plain
from hattama.engine.hearing import Hearing
from hattama.engine.scoring.normalise import fold

SHORTEST = 4
"""Letters of the shortest part of a name that is looked for; initials are not."""
ENDING = 2
"""Letters at the end that may change with the case of the noun."""


def spoken_names(transcript: Transcript, hearing: Hearing | None = None) -> tuple[Word, ...]:
    """Words that may be a protected person's name, in any case of the noun.

    An export prints no name of a protected speaker as a label, but the words of the hearing are
    printed as they were said. This finds the ones to look at; it can miss a name that was
    recognised wrongly, and it can find an ordinary word that begins like a name.
    """
    names = [speaker.name for speaker in transcript.speakers if speaker.protected]
    names += [person.name for person in hearing.people if person.protected] if hearing else []
    parts = {fold(part.strip(".,")) for name in names for part in plain(name).split()}
    stems = tuple(part[: max(3, len(part) - ENDING)] for part in parts if len(part) >= SHORTEST)
    return tuple(word for word in transcript.words if _bare(word).startswith(stems or ("\n",)))


def _bare(word: Word) -> str:
    return fold(plain(word.text).strip("«»\"'(),.;:!?…–—-"))
