"""Sets of speech with a text to compare with, read from folders of the usual forms.

FLEURS      `test.tsv` without a head (id, file, text as written, text, …), sound in `audio/test/`,
            `test/` or beside it
Common Voice `test.tsv` with the columns `path` and `sentence`, sound in `clips/`
STM         `NAME.stm` beside `NAME.flac` or another recording, turns in `NAME.rttm` where there
            is one; each is a set of its own
phrases     recordings whose text stands in a README.md beside or above them: `NAME` «text»
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from hattama.engine.document.model import LANGUAGES, Language
from hattama.engine.scoring.reference import load
from hattama.engine.scoring.speech import Phrase, Speech, SpokenWord
from hattama.models.errors import HattamaError

SOUND = (".flac", ".wav", ".mp3", ".m4a", ".ogg", ".opus", ".sph", ".mp4", ".mkv", ".mxf")
_QUOTED = re.compile(r"`([\w-]+)` «([^»]+)»")
_FLEURS_COLUMNS = 7


class BadSetError(ValueError):
    """A folder that cannot be read as a set; one line says why."""


@dataclass(frozen=True)
class Spoken:
    """One recording and what is said in it."""

    sound: Path
    """The recording."""
    reference: Speech
    """What is said."""


@dataclass(frozen=True)
class SpeechSet:
    """Recordings that are measured together."""

    name: str
    """As the table shows it."""
    recordings: tuple[Spoken, ...]
    """At least one."""
    language: Language | None = None
    """The one language of all of them; None where there are several."""
    hearing: bool = False
    """Whether speakers and times are known, so that the whole pipeline can be measured."""
    notes: tuple[str, ...] = ()
    """What was left out, and why: one line each."""


def read_folder(folder: Path, language: str = "", most: int = 500) -> tuple[SpeechSet, ...]:
    """Sets of a folder, in whichever of the forms it is.

    Parameters
    ----------
    folder
        The folder, or the TSV to take in it; by default `test.tsv`.
    language
        `kk` or `ru`; not needed for STM with labels and for Common Voice with a `locale`.
    most
        Recordings to take, from the first on.

    Raises
    ------
    BadSetError
        There is no such folder, it is of no form, its text is not UTF-8, the language is missing or
        another one, or nothing in it can be measured.
    """
    if language and language not in LANGUAGES:
        raise BadSetError(f"{folder.name}={language}: allowed languages are {', '.join(LANGUAGES)}")
    if not folder.exists():
        raise BadSetError(f"{folder.name}: there is no such folder")
    table = folder if folder.suffix == ".tsv" else folder / "test.tsv"
    if table.exists():
        return (_table(table, language, most),)
    if any(folder.glob("*.stm")):
        return _stm_folder(folder)
    texts = _quoted(folder)
    if texts:
        return (_phrases(folder, texts, language, most),)
    raise BadSetError(
        f"{folder.name} is no set; allowed are FLEURS and Common Voice (test.tsv), STM beside "
        "recordings, and recordings with their text in a README.md"
    )


def _table(table: Path, language: str, most: int) -> SpeechSet:
    """FLEURS or Common Voice; the first line tells which."""
    lines = [line for line in _text(table).split("\n") if line.strip()]
    if not lines:
        raise BadSetError(f"{table.name} is empty")
    head = lines[0].rstrip("\r").split("\t")
    if "client_id" in head or {"path", "sentence"} & set(head):
        return _common_voice(table, head, lines[1:], language, most)
    return _fleurs(table, lines, language, most)


def _common_voice(
    table: Path, head: Sequence[str], lines: Sequence[str], language: str, most: int
) -> SpeechSet:
    for needed in ("path", "sentence"):
        if needed not in head:
            raise BadSetError(f"{table.name} has no column {needed}; Common Voice's has")
    path, sentence = head.index("path"), head.index("sentence")
    rows = list(_rows(table, lines, len(head), first=2))
    if not language and "locale" in head and rows:
        language = rows[0][head.index("locale")]
    spoken = _language(table.parent, language)
    clips = table.parent / "clips"
    pairs = [(_named(clips, row[path]), row[sentence]) for row in rows]
    return _set(f"Common Voice {spoken}", pairs, spoken, most)


def _fleurs(table: Path, lines: Sequence[str], language: str, most: int) -> SpeechSet:
    spoken = _language(table.parent, language)
    folder = table.parent
    places = (folder / "audio" / table.stem, folder / table.stem, folder / "audio", folder)
    rows = _rows(table, lines, _FLEURS_COLUMNS, first=1)
    pairs = [(_first([place / row[1] for place in places]), row[2]) for row in rows]
    return _set(f"FLEURS {spoken}", pairs, spoken, most)


def _rows(table: Path, lines: Sequence[str], columns: int, first: int) -> Iterator[list[str]]:
    """Cells of each line. Neither form quotes; what looks like a quote is part of the text."""
    for number, line in enumerate(lines, first):
        cells = line.rstrip("\r").split("\t")
        if len(cells) != columns:
            raise BadSetError(
                f"{table.name}, line {number}: {len(cells)} columns where {columns} are expected"
            )
        yield cells


def _stm_folder(folder: Path) -> tuple[SpeechSet, ...]:
    """A set for each STM; the notes of all are with the first."""
    found: list[SpeechSet] = []
    notes: list[str] = []
    for stm in sorted(folder.glob("*.stm")):
        sound = _first([stm.with_suffix(suffix) for suffix in SOUND])
        if not sound.exists():
            notes.append(f"{stm.name} has no recording beside it and was left out.")
            continue
        rttm = stm.with_suffix(".rttm")
        try:
            reference = load([stm, *([rttm] if rttm.exists() else [])])
        except HattamaError as error:
            notes.append(f"{stm.name} was left out: {error}")
            continue
        if not reference.words:
            notes.append(f"{stm.name} has no words and was left out.")
            continue
        found.append(SpeechSet(stm.stem, (Spoken(sound, reference),), hearing=True))
    if not found:
        raise BadSetError(f"{folder.name}: {' '.join(notes)}")
    first = found[0]
    return (SpeechSet(first.name, first.recordings, None, True, tuple(notes)), *found[1:])  # noqa: FBT003  a field


def _phrases(folder: Path, texts: dict[str, str], language: str, most: int) -> SpeechSet:
    spoken = _language(folder, language)
    sounds = sorted(path for path in folder.iterdir() if path.suffix.lower() in SOUND)
    pairs = [(path, texts[path.stem]) for path in sounds if path.stem in texts]
    untold = [path.stem for path in sounds if path.stem not in texts]
    found = _set(f"phrases {spoken}", pairs, spoken, most)
    if not untold:
        return found
    note = f"No text to compare with: {', '.join(untold)}."
    return SpeechSet(found.name, found.recordings, spoken, notes=(*found.notes, note))


def _quoted(folder: Path) -> dict[str, str]:
    """Texts by name, of the README.md beside or above."""
    readme = _first([folder / "README.md", folder.parent / "README.md"])
    return dict(_QUOTED.findall(_text(readme))) if folder.is_dir() and readme.exists() else {}


def _set(name: str, pairs: Sequence[tuple[Path, str]], language: Language, most: int) -> SpeechSet:
    """The first recordings that are there and have a text."""
    missing = [sound.name for sound, text in pairs if text.strip() and not sound.exists()]
    silent = [sound.name for sound, text in pairs if not text.strip()]
    usable = [(sound, text) for sound, text in pairs if text.strip() and sound.exists()]
    notes = [
        f"{name}: {len(names)} of {len(pairs)} {why}, {names[0]} first; left out."
        for names, why in ((missing, "recordings are missing"), (silent, "texts are empty"))
        if names
    ]
    if not usable:
        raise BadSetError(" ".join(notes) or f"{name} has no recordings")
    if len(usable) > most:
        notes.append(f"{name}: the first {most} of {len(usable)} recordings.")
    kept = tuple(Spoken(sound, _speech(text, language)) for sound, text in islice(usable, most))
    return SpeechSet(name, kept, language, notes=tuple(notes))


def _speech(text: str, language: Language) -> Speech:
    words = tuple(SpokenWord(word, language) for word in text.split())
    return Speech((Phrase(words, language=language),), ())


def _language(source: Path, given: str) -> Language:
    for language in LANGUAGES:
        if given == language:
            return language
    allowed = " or ".join(f"{source.name}={language}" for language in LANGUAGES)
    raise BadSetError(f"{source.name}: give its language: {allowed}")


def _named(clips: Path, name: str) -> Path:
    """The clip; the first releases left `.mp3` away."""
    return _first([clips / name, clips / f"{name}.mp3"])


def _first(paths: Sequence[Path]) -> Path:
    """The first that exists, else the first."""
    return next((path for path in paths if path.exists()), paths[0])


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadSetError(
            f"{path.name} is not UTF-8 (byte {error.start}); save it as UTF-8"
        ) from error
    except OSError as error:
        raise BadSetError(f"{path.name} cannot be read: {error.strerror}") from error
