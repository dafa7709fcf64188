"""Sets of speech with a text to compare with, found in folders of the usual forms."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hattama.engine.document.model import Language
from hattama.engine.scoring.reference import load
from hattama.engine.scoring.speech import Phrase, Speech, SpokenWord

SOUND = (".flac", ".wav", ".mp3", ".m4a", ".ogg", ".opus", ".mp4", ".mkv", ".mxf")
_QUOTED = re.compile(r"`(kk-[a-z]+)` «([^»]+)»")


@dataclass(frozen=True)
class WordSet:
    """One recording and what is said in it."""

    name: str
    """Of the set that it belongs to."""
    reference: Speech
    """What is said."""
    sound: Path | None = None
    """The recording."""
    hearing: bool = False
    """Whether speakers and times are known, so that the whole pipeline can be measured."""


def kazakh_phrases(folder: Path) -> list[WordSet]:
    """The real Kazakh phrases whose text stands in the README above the folder."""
    readme = folder.parent / "README.md"
    if not readme.exists():
        return []
    texts = dict(_QUOTED.findall(readme.read_text("utf-8")))
    return [
        WordSet("Kazakh phrases", _speech(texts[path.stem], "kk"), path)
        for path in sorted(folder.glob("kk-*"))
        if path.stem in texts
    ]


def stm_folder(folder: Path) -> Iterator[WordSet]:
    """`NAME.stm` beside `NAME.flac` or the like."""
    for stm in sorted(folder.glob("*.stm")):
        sound = next((p for s in SOUND if (p := stm.with_suffix(s)).exists()), None)
        if sound is not None:
            yield WordSet(stm.stem, load([stm]), sound, hearing=True)


def common_voice(folder: Path, language: Language, most: int) -> Iterator[WordSet]:
    """`test.tsv` with the columns path and sentence, sound in `clips/`."""
    table = folder / "test.tsv"
    with table.open(encoding="utf-8", newline="") as stream:
        for number, line in enumerate(csv.DictReader(stream, delimiter="\t", quoting=3)):
            if number == most:
                return
            name = f"Common Voice {language}"
            yield WordSet(
                name, _speech(line["sentence"], language), folder / "clips" / line["path"]
            )


def fleurs(folder: Path, language: Language, most: int) -> Iterator[WordSet]:
    """`test.tsv` without a head: id, file, text as written, text; sound in `audio/test/`."""
    with (folder / "test.tsv").open(encoding="utf-8", newline="") as stream:
        for number, line in enumerate(csv.reader(stream, delimiter="\t", quoting=3)):
            if number == most:
                return
            sound = next(
                (
                    p
                    for place in ("audio/test", "test", ".")
                    if (p := folder / place / line[1]).exists()
                ),
                folder / line[1],
            )
            yield WordSet(f"FLEURS {language}", _speech(line[2], language), sound)


def find(folder: Path, language: Language, most: int) -> list[WordSet]:
    """Read a folder in whichever of these forms it is; empty where it is none of them."""
    if any(folder.glob("*.stm")):
        return list(stm_folder(folder))
    if (folder / "test.tsv").exists():
        reader = common_voice if (folder / "clips").is_dir() else fleurs
        return [
            item for item in reader(folder, language, most) if item.sound and item.sound.exists()
        ]
    return []


def _speech(text: str, language: Language) -> Speech:
    words = tuple(SpokenWord(word, language) for word in text.split())
    return Speech((Phrase(words, language=language),), ())
