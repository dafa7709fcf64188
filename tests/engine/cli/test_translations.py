from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDERS = ("models", "diarization", "disguise", "engine")
LOCALE = ROOT / "engine" / "cli" / "locale"


def table(language: str) -> dict[str, str]:
    return tomllib.loads((LOCALE / f"{language}.toml").read_text(encoding="utf-8"))


def spoken() -> Iterator[tuple[str, str]]:
    """Every literal message of an error or a notice, and every literal that is translated."""
    for path in sorted(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                continue
            is_message = name.endswith("Error") or name in {"Notice", "translate"}
            if is_message and not name.startswith("_") and name not in PLAIN_ERRORS:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", first.value


PLAIN_ERRORS = {
    "ValueError", "TypeError", "RuntimeError", "KeyError", "OSError", "NotImplementedError",
    "AssertionError", "IndexError", "TimeoutError", "StopIteration", "LookupError",
    "FileNotFoundError", "PermissionError", "EOFError", "BrokenPipeError", "MemoryError",
}  # fmt: skip
"""Errors of Python itself: they tell a programmer, not a clerk."""


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_message_is_put_into(language: str) -> None:
    known = table(language)
    missing = sorted({f"{where}: {text}" for where, text in spoken() if text not in known})
    assert missing == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_translations_keep_the_fields_of_the_english_text(language: str) -> None:
    def fields(text: str) -> set[str]:
        return {field for _, field, _, _ in string.Formatter().parse(text) if field}

    for english, translated in table(language).items():
        assert fields(translated) <= fields(english), english
        assert translated.strip(), english


def test_both_languages_have_the_same_messages() -> None:
    assert table("kk").keys() == table("ru").keys()
