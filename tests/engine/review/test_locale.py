"""The page's three languages say the same things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hattama.engine.document.model import Doubt
from hattama.engine.editing.operations import OPERATIONS

STATIC = Path(__file__).parents[3] / "engine" / "review" / "static"
_ENTRY = re.compile(r'(?:^|[{,\s])("?)([\w-]+)\1: "((?:[^"\\]|\\.)*)"', re.MULTILINE)
_FIELD = re.compile(r"\{(\w+)\}")


def texts(language: str) -> dict[str, str]:
    content = (STATIC / "locale" / f"{language}.js").read_text("utf-8")
    found = [(match[1], match[2]) for match in _ENTRY.findall(content)]
    assert len(found) == len(dict(found)), "a key stands twice"
    return dict(found)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_text_is_translated_with_the_same_fields(language: str) -> None:
    english, other = texts("en"), texts(language)
    assert english.keys() == other.keys()
    for key, text in english.items():
        assert set(_FIELD.findall(text)) == set(_FIELD.findall(other[key])), key


def test_every_text_that_the_page_asks_for_is_there() -> None:
    known = texts("en").keys()
    asked = set()
    for path in STATIC.rglob("*.js"):
        asked |= set(re.findall(r'\bt\("([\w-]+)"', path.read_text("utf-8")))
    page = (STATIC / "index.html").read_text("utf-8")
    asked |= set(re.findall(r'data-(?:t|label)="(\w+)"', page))
    keys = re.search(r"DEFAULTS = \{(.*?)\};", (STATIC / "keys.js").read_text("utf-8"), re.DOTALL)
    assert keys is not None
    asked |= {f"key_{name}" for name in re.findall(r"(\w+): \"", keys[1])}
    assert asked <= known, asked - known


def test_every_doubt_is_explained() -> None:
    known = texts("en").keys()
    for doubt in Doubt:
        assert ("doubt-language" if doubt is Doubt.LANGUAGE else doubt.value) in known


def test_every_operation_of_the_history_is_named() -> None:
    assert {f"op_{name}" for name in OPERATIONS} <= texts("en").keys()


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def full(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(c * 2 for c in colour[1:])


@pytest.mark.parametrize("theme", [r":root \{", r':root\[data-theme="dark"\] \{'])
def test_text_and_marks_have_the_contrast_of_wcag_aa(theme: str) -> None:
    css = (STATIC / "style.css").read_text("utf-8")
    block = re.search(theme + r"(.*?)\}", css, re.DOTALL)
    assert block is not None
    colours = {k: full(v) for k, v in re.findall(r"--([\w-]+): (#\w+)", block[1])}
    for ink in ("ink", "quiet", "del", "ins"):
        for ground in ("bg", "paper", "hover"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    assert contrast(colours["ink"], colours["now"]) >= 4.5
    assert contrast(colours["accent-ink"], colours["accent"]) >= 4.5
    assert contrast(colours["warn"], colours["warn-bg"]) >= 4.5
    for mark in ("accent", "field", "warn"):
        assert contrast(colours[mark], colours["paper"]) >= 3, mark


def test_speakers_colours_stand_out_in_both_looks() -> None:
    look = (STATIC / "look.js").read_text("utf-8")
    for name, paper in (("LIGHT", "#ffffff"), ("DARK", "#1e2124")):
        block = re.search(rf"const {name} = \[(.*?)\]", look)
        assert block is not None
        colours = re.findall(r"#\w{6}", block[1])
        assert len(colours) == len(set(colours)) == 8
        assert all(contrast(colour, paper) >= 3 for colour in colours)
