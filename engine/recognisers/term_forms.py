"""Forms of a name or term: the endings that Russian and Kazakh put to it."""

from __future__ import annotations

from functools import lru_cache

_CONSONANTS = tuple("бвгджзйклмнпрстфхцчшщңғқһ")
_MAN, _WOMAN = ("ов", "ев", "ин", "ын"), ("ова", "ева", "ина", "ына")
_RUSSIAN: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = (
    (_WOMAN, "а", ("ой", "у", "ою", "ых")),
    (_MAN, "", ("а", "у", "ым", "е", "ы", "ых")),
    (("ский", "цкий"), "ий", ("ого", "ому", "им", "ом")),
    (("ская", "цкая"), "ая", ("ой", "ую")),
    (("ие",), "ие", ("ия", "ию", "ием", "ии")),
    (("ий",), "ий", ("ия", "ию", "ием", "ии")),
    (("ия",), "ия", ("ии", "ию", "ией")),
    (("ая",), "ая", ("ой", "ую")),
    (("ое",), "ое", ("ого", "ому", "ым", "ом")),
    (("ый",), "ый", ("ого", "ому", "ым", "ом")),
    (("ой",), "ой", ("ого", "ому", "ым", "ом")),
    (("й",), "й", ("я", "ю", "ем", "е")),
    (("а",), "а", ("ы", "е", "у", "ой", "и")),
    (("я",), "я", ("и", "е", "ю", "ей")),
    (("ь",), "ь", ("и", "я", "ю", "ем", "ью", "е")),
    (("о",), "о", ("а", "у", "ом", "е")),
    (_CONSONANTS, "", ("а", "у", "ом", "е", "ы", "и", "ов", "ам", "ами", "ах")),
)
"""Endings of the plain form, what of it goes, and what comes in its place; the first that fits."""
_BACK, _FRONT = "аоұыёюя", "еәөүіиэ"
"""«У» follows the vowel before it: «Медеуге», «Қарасуға»."""
_KAZAKH: tuple[tuple[str, str, str], ...] = (
    (_BACK + _FRONT, "ға ны ның да дан мен", "ге ні нің де ден мен"),
    ("мнң", "ға ды ның да нан мен", "ге ді нің де нен мен"),
    ("лрйу", "ға ды дың да дан мен", "ге ді дің де ден мен"),
    ("зж", "ға ды дың да дан бен", "ге ді дің де ден бен"),
    ("".join(_CONSONANTS), "қа ты тың та тан пен", "ке ті тің те тен пен"),
)
"""Last letters, and the endings that follow them after back and after front vowels."""


@lru_cache(maxsize=4096)
def forms(term: str) -> tuple[str, ...]:
    """The term, then its forms in either language; of several words the last takes the ending."""
    head, _, last = term.rpartition(" ")
    found = [last, *_russian(last), *_kazakh(last)]
    return tuple(dict.fromkeys(f"{head} {form}".strip() for form in found))


@lru_cache(maxsize=4096)
def kin(term: str) -> tuple[str, ...]:
    """Forms of the same surname of a man or a woman: other people, not near misses."""
    if term.lower().endswith(_WOMAN):
        return forms(term[:-1])
    return forms(f"{term}а") if term.lower().endswith(_MAN) else ()


def _russian(word: str) -> list[str]:
    for plain, gone, endings in _RUSSIAN:
        if word.lower().endswith(plain):
            return [word[: len(word) - len(gone)] + ending for ending in endings]
    return []


def _kazakh(word: str) -> list[str]:
    vowels = [letter for letter in word.lower() if letter in _BACK + _FRONT]
    front = bool(vowels) and vowels[-1] in _FRONT
    for letters, after_back, after_front in _KAZAKH:
        if word and word[-1].lower() in letters:
            return [word + ending for ending in (after_front if front else after_back).split()]
    return []
