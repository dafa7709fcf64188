"""What Whisper is known to do wrong, found in its output. Pure functions over text and words.

Faults and figures: FIELD notes of faster-whisper #183 and whisper.cpp #1507, arXiv 2402.08021.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

SUBTITLE_CREDITS = (
    "субтитры сделал",
    "субтитры создавал",
    "субтитры подготовил",
    "редактор субтитров",
    "корректор субтитров",
    "продолжение следует",
    "спасибо за просмотр",
    "подписывайтесь на канал",
    "ставьте лайки",
    "dimatorzok",
    "amara org",
)
"""Phrases of video subtitles that Whisper invents in silence and music; nobody says them in
court. Compared after `plain`."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """A loop found in a sequence."""

    start: int
    """Index of its first item."""
    period: int
    """Items in one round."""
    rounds: int
    """How often it is said in a row, 3 or more."""


def plain(text: str) -> str:
    """Lower-case letters and digits with single spaces; ё becomes е."""
    folded = unicodedata.normalize("NFC", text).lower().replace("ё", "е")
    return " ".join(re.sub(r"[^\w\s]|_", " ", folded).split())


def compression_ratio(text: str) -> float:
    """Bytes over compressed bytes: loops compress well. Speech stays below about 2.4."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def is_credit(text: str) -> bool:
    """Whether the text is one of the subtitle credits that Whisper invents."""
    said = plain(text)
    return any(phrase in said for phrase in SUBTITLE_CREDITS)


def find_repetition(
    words: Sequence[str], *, min_rounds: int = 4, min_period: int = 1, max_period: int = 8
) -> Repetition | None:
    """First loop in `words`: the same few words again and again.

    Parameters
    ----------
    words
        In the form of `plain`.
    min_rounds
        Rounds that make one word a loop: people do say «да, да, да». A longer phrase needs one
        round less.
    min_period, max_period
        Words in one round.
    """
    for start in range(len(words)):
        for period in range(min_period, max_period + 1):
            rounds = _rounds(words, start, period)
            if rounds >= (min_rounds if period == 1 else max(2, min_rounds - 1)):
                return Repetition(start, period, rounds)
    return None


def has_letter_loop(text: str) -> bool:
    """Whether a group of up to four letters repeats six times or more: «аааааа», «хахахахахаха»."""
    return re.search(r"(\w{1,4})\1{5,}", text.lower()) is not None


def leaks_prompt(text: str, prompt: str, *, min_words: int = 4, likeness: float = 88.0) -> bool:
    """Whether the text is a stretch of the prompt rather than of the speech.

    Parameters
    ----------
    text
        What was recognised.
    prompt
        What the recogniser was told.
    min_words
        Shorter texts are no leak: the court does say «судебное заседание».
    likeness
        Partial similarity, 0 to 100, from which on it is one.
    """
    said = plain(text)
    if len(said.split()) < min_words:
        return False
    return fuzz.partial_ratio(said, plain(prompt)) >= likeness


def leaks_terms(text: str, terms: Sequence[str]) -> bool:
    """Whether the text is nothing but two or more terms as they were told one after the other."""
    said = plain(text)
    plains = [plain(term) for term in terms]
    return any(
        said == " ".join(plains[first:last])
        for first in range(len(plains))
        if said.startswith(plains[first])
        for last in range(first + 2, len(plains) + 1)
    )


def foreign_script(text: str) -> bool:
    """Whether the word has letters that neither Kazakh nor Russian is written with."""
    return any(
        character.isalpha() and not unicodedata.name(character, "").startswith("CYRILLIC")
        for character in text
    )


def _rounds(words: Sequence[str], start: int, period: int) -> int:
    pattern = list(words[start : start + period])
    if len(pattern) < period:
        return 0
    rounds, at = 1, start + period
    while list(words[at : at + period]) == pattern:
        rounds, at = rounds + 1, at + period
    return rounds
