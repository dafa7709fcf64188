"""References: STM, RTTM, records and plain text, read by their extension."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from hattama.diarization.rttm import parse_rttm
from hattama.engine.document.json import from_json
from hattama.engine.scoring.speech import Phrase, Speech, SpokenWord, of_record, turns_of
from hattama.engine.scoring.stm import BadReferenceError, parse_stm

FORMATS = (".stm", ".rttm", ".json", ".txt")
"""Extensions that are read."""


def load(paths: Sequence[str | os.PathLike[str]]) -> Speech:
    """Read what is said and who speaks when.

    Several files add up: the words come from the one that has words, the turns from RTTM where it
    is given, else from the phrases.

    Parameters
    ----------
    paths
        `.stm` (words, speakers, times, languages), `.rttm` (turns), `.json` (a record), `.txt`
        (words alone, one phrase a line).

    Raises
    ------
    BadReferenceError
        Missing, not UTF-8, of another kind, or two files with words.
    RecordError, ShapeError, BadRttmError
        As the readers of records and RTTM.
    """
    read = [_load(Path(path)) for path in paths]
    with_words = [speech for speech in read if speech.phrases]
    if len(with_words) > 1:
        raise BadReferenceError("Two references have words; give one, and an .rttm for the turns.")
    turns_only = [speech for speech in read if speech.turns and not speech.phrases]
    if len(turns_only) > 1:
        raise BadReferenceError("Two references are .rttm; give one.")
    words = with_words[0] if with_words else Speech((), ())
    return Speech(words.phrases, turns_only[0].turns if turns_only else words.turns)


def _load(path: Path) -> Speech:
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise BadReferenceError(
            "{given} is of no kind that scoring reads; allowed: {allowed}.",
            given=path.name, allowed=", ".join(FORMATS),
        )  # fmt: skip
    text = _text(path)
    if suffix == ".json":
        return of_record(from_json(text, path.name))
    if suffix == ".rttm":
        return Speech((), tuple(sorted(parse_rttm(text))))
    if suffix == ".stm":
        phrases = parse_stm(text, path.name)
        return Speech(phrases, turns_of(phrases))
    lines = (line.split() for line in text.splitlines())
    return Speech(tuple(Phrase(tuple(map(SpokenWord, words))) for words in lines if words), ())


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise BadReferenceError(
            "{source} cannot be read ({reason}); give the path of a reference.",
            source=str(path), reason=error.strerror or type(error).__name__,
        ) from error  # fmt: skip
    except UnicodeDecodeError as error:
        raise BadReferenceError(
            "{source} is not UTF-8 (byte {position}); save it as UTF-8.",
            source=path.name, position=error.start,
        ) from error  # fmt: skip
