"""WCAG 2.2 AA: axe-core over every view, and every function by the keyboard alone."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browser import CHROMIUM, Open, settled, text_of, turn, until  # importlib mode adds no path

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"
)
pytest.importorskip("axe_playwright_python", reason="axe-core's package is not installed")

PANELS = ("speakers", "doubts", "find", "history", "give")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DIALOGS = {"keys": "#show-keys", "turn": ".turn .more", "changes": "#compare", "sign": "#sign"}
"""What opens each dialog."""
_RUN = """async (rules) => {
  const { violations, passes } = await axe.run(document, { runOnly: rules });
  return [passes.length, violations.map(v => `${v.id}: ${v.help}: `
    + v.nodes.map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join('; '))];
}"""


def violations(page: Page) -> list[str]:
    """What axe-core finds in the page as it stands."""
    if not page.evaluate("Boolean(globalThis.axe)"):
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    passed, found = page.evaluate(_RUN, RULES)
    assert passed > 10, "it has looked"
    return list(found)


def fill_the_views(page: Page) -> None:
    """Doubts on and one chosen, a protected speaker, something edited, something found."""
    until(page, "hattama.player.info.ready", timeout=90_000)
    turn(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Прошу садиться.")
    settled(page)
    page.evaluate(
        "hattama.editor.do({kind: 'Protect', speaker: 'claimant', protected: true,"
        " pseudonym: 'Лицо А'})"
    )
    page.locator("#tab-find").click()
    page.fill("#find-pattern", "истец")
    page.fill("#find-replacement", "заявитель")
    page.keyboard.press("Enter")
    page.wait_for_selector("#replace")
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_selector("#doubt")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_in_any_view_look_and_language(open_page: Open, look: str) -> None:
    page = open_page()
    page.select_option("#theme", look)
    fill_the_views(page)
    found: dict[str, list[str]] = {}
    for language in ("kk", "ru", "en"):
        page.select_option("#language", language)
        for name in PANELS:
            page.locator(f"#tab-{name}").click()
            page.wait_for_timeout(150)
            found[f"{language} {name}"] = violations(page)
        # The dialogs once in each look: a run takes a second, and they are made of the same parts.
        for name, opening in DIALOGS.items() if language == "ru" else ():
            page.locator("#tab-give").click()
            page.locator(opening).first.click()
            page.wait_for_selector("dialog[open]")
            found[f"{language} {name}"] = violations(page)
            page.keyboard.press("Escape")
    assert {view: faults for view, faults in found.items() if faults} == {}


def test_axe_finds_nothing_on_narrow_and_enlarged_pages(open_page: Open) -> None:
    page = open_page()
    fill_the_views(page)
    for width, height in ((640, 900), (320, 640)):  # 400 % of a page of 1280 is 320 wide
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(200)
        assert violations(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            "WCAG 1.4.10: no scrolling sideways",
            width,
        )


def nodes(page: Page) -> list[dict[str, Any]]:
    """The accessibility tree as the browser gives it to a screen reader."""
    session = page.context.new_cdp_session(page)
    found = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [node for node in found if not node.get("ignored")]


CONTROLS = {
    "button", "textbox", "searchbox", "checkbox", "combobox", "slider", "tab", "link", "tabpanel",
    "listbox", "dialog", "spinbutton",
}  # fmt: skip


def test_a_screen_reader_hears_a_name_for_every_control(open_page: Open) -> None:
    page = open_page()
    fill_the_views(page)
    for name in PANELS:
        page.locator(f"#tab-{name}").click()
        page.wait_for_timeout(150)
        controls = [n for n in nodes(page) if n["role"]["value"] in CONTROLS]
        assert len(controls) > 25
        nameless = [n for n in controls if not str(n.get("name", {}).get("value", "")).strip()]
        assert not nameless, (name, nameless[:3])
    turns = [n["name"]["value"] for n in nodes(page) if n["role"]["value"] == "textbox"]
    assert any("10:02:16:15" in text and "Presiding" in text for text in turns)


def tab_to(page: Page, selector: str, key: str = "Tab", most: int = 400) -> None:
    """Press Tab until the control has the focus; the focus can always be seen."""
    for _ in range(most):
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            seen = page.evaluate(
                """() => { const box = document.activeElement.getBoundingClientRect();
                const style = getComputedStyle(document.activeElement);
                return [box.bottom > 0 && box.top < innerHeight && box.right > 0
                  && box.left < innerWidth, style.outlineStyle !== 'none']; }"""
            )
            assert seen == [True, True], ("WCAG 2.4.7, 2.4.11", selector)
            return
        page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_everything_is_done_by_the_keyboard_alone(open_page: Open) -> None:  # noqa: PLR0915  one walk
    page = open_page()
    until(page, "hattama.player.info.ready && hattama.player.video.readyState > 1", timeout=90_000)
    # Past the controls to the transcript by the skip link.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    tab_to(page, ".turn .text")
    # Edit, split, undo.
    page.keyboard.press("Control+End")
    page.keyboard.type(" Да.")
    settled(page)
    assert text_of(page).endswith(" Да.")
    page.keyboard.press("Control+z")
    until(page, "hattama.store.version === 2")
    # The speaker of the turn the caret stands in.
    page.keyboard.press("Alt+s")
    page.wait_for_selector("dialog[open]")
    tab_to(page, "dialog select")
    page.keyboard.press("ArrowDown")
    until(page, "hattama.store.segment('1').speaker !== 'judge'")
    page.keyboard.press("Escape")
    # The menu of the turn, and a note from it: a dialog that follows a dialog.
    tab_to(page, ".turn .text")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("more")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    tab_to(page, "dialog button:nth-of-type(4)")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] input")
    page.keyboard.type("плачет")
    page.keyboard.press("Enter")
    until(page, "hattama.textOf(hattama.store.segment('1')).includes('плачет')")
    # Play, jump, step, loop, speed; the waveform by arrows.
    tab_to(page, "#play", "Shift+Tab")
    page.keyboard.press("Enter")
    until(page, "hattama.player.playing")
    page.keyboard.press("F8")
    until(page, "!hattama.player.playing")
    page.keyboard.press("Control+g")
    page.keyboard.type("10:02:45:12")
    page.keyboard.press("Enter")
    until(page, "Math.abs(hattama.player.time - 30.48) < 0.05")
    tab_to(page, "#wave")
    page.keyboard.press("ArrowRight")
    until(page, "Math.abs(hattama.player.time - 31.48) < 0.05")
    tab_to(page, "#speed", "Shift+Tab")
    page.keyboard.press("ArrowDown")
    until(page, "hattama.player.speed > 1")
    # The panels by arrows; a speaker is renamed, a doubt confirmed, an export reached.
    tab_to(page, "[role=tab][aria-selected=true]")
    page.keyboard.press("Tab")
    tab_to(page, "[data-speaker=secretary] input[type=text]")
    page.keyboard.type("Омарова")
    page.keyboard.press("Tab")
    until(page, "hattama.store.speaker('secretary').name === 'Омарова'")
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_selector("#doubt")
    left = page.evaluate("hattama.store.doubts().length")
    page.keyboard.press("Alt+Enter")
    until(page, "n => hattama.store.doubts().length === n - 1", arg=left)
    tab_to(page, "[role=tab][aria-selected=true]", "Shift+Tab")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    tab_to(page, "#compare")
    page.keyboard.press("Enter")
    page.wait_for_selector("#changes ins")
    page.keyboard.press("Escape")
    tab_to(page, "#sign")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sign-name")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "sign", "the focus comes back"
