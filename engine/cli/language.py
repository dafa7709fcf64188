"""Kazakh, Russian or English: the language in which the command line speaks."""

from __future__ import annotations

import locale
import os
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

InterfaceLanguage = Literal["kk", "ru", "en"]


def interface_language() -> InterfaceLanguage:
    """Language from `HATTAMA_LANG`, else from the system's locale, else English."""
    given = os.environ.get("HATTAMA_LANG") or locale.getlocale()[0] or "en"
    code = given[:2].lower()
    return next((known for known in get_args(InterfaceLanguage) if known == code), "en")


def translate(text: str, language: InterfaceLanguage | None = None) -> str:
    """Return the English `text` in the interface's language, or as it is where nobody put it.

    The translations are `locale/kk.toml` and `locale/ru.toml`: English text = translation.
    """
    chosen = language or interface_language()
    return text if chosen == "en" else _translations(chosen).get(text, text)


@cache
def _translations(language: str) -> dict[str, str]:
    table = files("hattama.engine.cli") / "locale" / f"{language}.toml"
    return {str(k): str(v) for k, v in tomllib.loads(table.read_text("utf-8")).items()}
