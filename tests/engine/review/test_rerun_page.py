"""A passage heard again from the page, by real weights and by a CTC model."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile

from hattama.engine.cli.main import run
from hattama.engine.document.json import write
from hattama.engine.document.model import Media, Provenance, Segment, Speaker, Transcript, Word
from hattama.engine.editing import read_current
from hattama.engine.editing.record import journal_path
from hattama.engine.media.digest import sha256

sys.path.insert(0, str(Path(__file__).parent))
from browser import CHROMIUM, Open, Server, settled, turn, until  # importlib mode adds no path

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"
)

SENTENCE = "мен вчера сотқа келдім"
TOKENS = list(SENTENCE.replace(" ", "\u2581"))
BEFORE_S = 1.5


def open_menu(page: Page, number: int = 1) -> None:
    page.locator(f".turn[aria-posinset='{number}'] .more").click()


def hear_again(page: Page, recogniser: str, language: str) -> str:
    """Ask for the first turn again; what was heard, as the page offers it."""
    until(page, "hattama.player.info.ready", timeout=60_000)
    open_menu(page)
    page.get_by_role("button", name="Hear this turn again").click()
    page.get_by_label("Recogniser").select_option(recogniser)
    page.locator("dialog").get_by_label("Language").select_option(language)
    page.get_by_role("button", name="Hear", exact=True).click()
    until(page, "!document.querySelector('dialog [role=status]').textContent.endsWith('…')",
          timeout=120_000)  # fmt: skip
    return page.locator("dialog [role=status]").inner_text()


@pytest.mark.weights
@pytest.mark.usefixtures("store")
def test_whispers_own_weights_hear_a_turn_again_and_the_clerk_takes_it(
    open_page: Open, record_file: Path
) -> None:
    page = open_page()
    before = page.evaluate("hattama.textOf(hattama.store.segment('1'))")
    offered = hear_again(page, "whisper-base", "ru")
    assert "заседание" in offered.lower()
    assert before in page.locator("dialog").inner_text(), "what stands is shown beside it"
    page.get_by_role("button", name="Take this").click()
    until(page, "hattama.store.version === 1")
    taken = read_current(record_file).segments[0]
    assert taken.text == offered
    assert {word.source for word in taken.words} == {"whisper-base"}
    page.keyboard.press("Control+z")
    until(page, "hattama.store.version === 2")
    assert read_current(record_file).segments[0].text == before


@pytest.fixture
def sung(gigaam: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording that the tone model understands, its record with wrong words, and its store."""
    root, stick = tmp_path / "models", tmp_path / "stick"
    root.mkdir()
    (root / "catalog.toml").write_text(gigaam.entry, "utf-8")
    monkeypatch.setenv("HATTAMA_MODELS", str(root))
    monkeypatch.setenv("HATTAMA_OFFLINE", "1")
    stick.mkdir()
    (stick / "tones").symlink_to(gigaam.folder)
    assert run(["models", "import", str(stick)]) == 0
    folder = tmp_path / "sung"
    folder.mkdir()
    media = folder / "sung.wav"
    signal = np.pad(gigaam.sing(TOKENS), (round(BEFORE_S * 16_000), 8_000))
    soundfile.write(media, signal, 16_000)
    end = len(signal) / 16_000
    words = tuple(
        Word(text, BEFORE_S + i, BEFORE_S + i + 0.5, 0.5, "ru", "s", "machine")
        for i, text in enumerate(("не", "то"))
    )
    record = Transcript(
        Media(media.name, sha256(media), end, 1),
        (Speaker("s"),),
        (Segment("1", BEFORE_S, end - 0.5, "s", words),),
        Provenance("test", "2026-03-05T09:00:00Z"),
    )
    path = folder / "sung.record.json"
    write(path, record)
    return path


def test_a_ctc_model_hears_a_turn_again_and_finds_edited_words_in_the_sound(
    open_page: Open, server: Server, sung: Path, gigaam: Any
) -> None:
    server.record = sung
    page = open_page()
    assert hear_again(page, "tones", "") == SENTENCE
    page.get_by_role("button", name="Take this").click()
    until(page, "hattama.store.version === 1")
    record = read_current(sung)
    assert record.segments[0].text == SENTENCE
    begins = [0, *(i + 1 for i, piece in enumerate(TOKENS) if piece == "\u2581")]
    starts = [BEFORE_S + gigaam.starts(TOKENS)[i] for i in begins]
    heard = [word.start for word in record.segments[0].words]
    assert np.abs(np.subtract(heard, starts)).max() <= 0.040

    # The clerk corrects a word and back: the times are shared out until they are looked for.
    turn(page).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("нет нет ")
    settled(page)
    for _ in range(8):
        page.keyboard.press("Backspace")
    settled(page)
    open_menu(page)
    page.get_by_role("button", name="Find its words in the sound").click()
    until(page, "document.getElementById('say').textContent.includes('found')", timeout=60_000)
    found = read_current(sung).segments[0]
    assert found.text == SENTENCE
    assert {word.timing for word in found.words} == {"ctc"}
    assert np.abs(np.subtract([w.start for w in found.words], starts)).max() <= 0.040
    assert "PlaceWords" in journal_path(sung).read_text("utf-8")
