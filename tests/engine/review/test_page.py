"""The page in a real browser: Debian's chromium, driven by Playwright."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hattama.engine.clock import Clock
from hattama.engine.document.json import read, write
from hattama.engine.document.model import ClockInfo
from hattama.engine.editing import read_current
from hattama.engine.editing.record import journal_path
from hattama.engine.media.digest import sha256
from hattama.engine.review.alone import alone
from hattama.engine.review.sound import SoundRoom

sys.path.insert(0, str(Path(__file__).parent))
import recordings  # importlib mode adds no path
from browser import CHROMIUM, Open, Server, settled, text_of, turn, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"
)


def type_at_end(page: Page, number: int, text: str) -> None:
    turn(page, number).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)
    settled(page)


def test_a_clicked_word_is_heard_and_followed(open_page: Open) -> None:
    page = open_page()
    until(page, "hattama.player.info.ready && hattama.player.video.readyState > 1")
    page.locator(".turn[aria-posinset='2'] .w", has_text="гражданское").click()
    start = page.evaluate("hattama.store.segment('2').words[1][1]")
    until(page, "t => Math.abs(hattama.player.time - t) < 0.05", arg=start)
    assert page.locator(".w.now").inner_text() == "гражданское"
    page.locator("#play").click()
    until(page, "t => hattama.player.time > t + 1.2", arg=start)
    assert page.locator(".w.now").inner_text() != "гражданское"
    page.locator("#play").click()
    until(page, "!hattama.player.playing")


def test_a_typed_timecode_jumps(open_page: Open) -> None:
    page = open_page()
    until(page, "hattama.player.video.readyState > 1")
    page.fill("#timecode", "10:02:45:12")
    page.keyboard.press("Enter")
    until(page, "Math.abs(hattama.player.time - 30.48) < 0.05")
    page.fill("#timecode", "10:99:00:00")
    page.keyboard.press("Enter")
    assert not page.evaluate("document.getElementById('timecode').checkValidity()")


def test_typing_is_journalled_undone_redone_and_there_after_a_reload(
    open_page: Open, record_file: Path
) -> None:
    page = open_page()
    before = text_of(page)
    type_at_end(page, 1, " Прошу садиться.")
    assert text_of(page) == f"{before} Прошу садиться."
    assert read_current(record_file).segments[0].text == f"{before} Прошу садиться."
    page.keyboard.press("Control+z")
    until(page, "t => hattama.textOf(hattama.store.segments[0]) === t", arg=before)
    assert turn(page).inner_text().strip() == before
    page.keyboard.press("Control+Shift+z")
    settled(page)
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    until(page, "hattama.editor.writable")
    assert text_of(page) == f"{before} Прошу садиться."
    page.locator("#undo").click()
    until(page, "t => hattama.textOf(hattama.store.segments[0]) === t", arg=before)


def test_no_letter_is_eaten_and_no_shortcut_types(open_page: Open) -> None:
    page = open_page()
    letters = "".join(map(chr, range(33, 127))) + "абвгдежзийклмнопрстуфхцчшщъыьэюяёәғқңөұүһі"
    until(page, "hattama.player.video.readyState > 1")
    type_at_end(page, 3, " " + letters)
    assert text_of(page, "3").endswith(letters)
    stood = text_of(page, "3")
    for key in ("F8", "F8", "F7", "F10", "Control+g"):
        page.keyboard.press(key)
    turn(page, 3).click()
    page.keyboard.press("Alt+ArrowDown")
    settled(page)
    assert text_of(page, "3") == stood


def test_a_slow_typists_spaces_stay(open_page: Open) -> None:
    page = open_page()
    before = text_of(page)
    turn(page, 1).click()
    page.keyboard.press("Control+End")
    for key in (" ", "и", " ", "в", "о", "т", ",", " ", "д", "а"):
        page.keyboard.type(key)
        settled(page)  # journalled and answered before the next key
        page.wait_for_timeout(30)
    assert text_of(page) == f"{before} и вот, да"


def test_a_letter_within_a_finished_sentence_waits_for_its_words_end(open_page: Open) -> None:
    page = open_page()
    assert text_of(page).endswith(".")
    turn(page, 1).click()
    page.keyboard.press("Control+Home")
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.url) if "/api/edit" in request.url else None
    )
    page.keyboard.insert_text("Итак")
    assert page.evaluate("hattama.typing.pending.size") == 1
    assert not sent, "the sentence's own period ends no word that is being typed"
    page.keyboard.insert_text(" ")
    until(page, "hattama.typing.pending.size === 0")
    settled(page)
    assert len(sent) == 1


def test_a_turn_is_split_at_the_caret_and_joined_again(open_page: Open) -> None:
    page = open_page()
    count = page.evaluate("hattama.store.segments.length")
    turn(page, 2).click()
    page.keyboard.press("Control+Home")
    for _ in range(len("Слушается гражданское")):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    until(page, "n => hattama.store.segments.length === n + 1", arg=count)
    assert text_of(page, "2") == "Слушается гражданское"
    until(page, "document.activeElement.textContent.startsWith('дело по иску')")
    page.keyboard.press("Backspace")
    until(page, "n => hattama.store.segments.length === n", arg=count)
    assert text_of(page, "2").startswith("Слушается гражданское дело по иску")


def test_a_speaker_is_renamed_given_a_role_and_merged_for_everywhere(open_page: Open) -> None:
    page = open_page()
    card = page.locator("[data-speaker=judge]")
    card.locator("input[type=text]").first.fill("Сейтқали А. Б.")
    card.locator("input[type=text]").first.press("Tab")
    until(page, "hattama.store.speaker('judge').name === 'Сейтқали А. Б.'")
    assert page.locator(".who", has_text="Сейтқали А. Б.").count() > 1
    page.locator("[data-speaker=interpreter] select").first.select_option("expert")
    until(page, "hattama.store.speaker('interpreter').role === 'expert'")
    page.locator("[data-speaker=secretary] select").last.select_option("judge")
    page.locator("dialog button.main").click()
    until(page, "hattama.store.speakers.length === 4")
    assert page.evaluate("hattama.store.segments.every(s => s.speaker !== 'secretary')")


def test_doubts_are_off_until_asked_for_and_are_counted_down(open_page: Open) -> None:
    page = open_page()
    assert not page.evaluate("document.body.classList.contains('doubts')")
    page.locator("#tab-doubts").click()
    page.locator("#panel input[type=checkbox]").check()
    assert page.locator("#doubts-left").inner_text() == "3 left"
    mark = "getComputedStyle(document.querySelector('.w.d'), '::after').content"
    assert page.evaluate(mark) == '"?"', "never by colour alone"
    page.keyboard.press("Alt+ArrowDown")
    assert page.locator("#doubt strong").inner_text() == "Ахмедовой"
    page.locator("#doubt button", has_text="Ахметовой").click()
    until(page, "hattama.store.doubts().length === 2")
    assert "Ахметовой" in text_of(page, "2")
    page.keyboard.press("Alt+Enter")
    until(page, "hattama.store.doubts().length === 1")
    page.locator("#doubt button.main").click()
    until(page, "hattama.store.doubts().length === 0")


def test_replacing_shows_every_place_first(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("Control+f")
    page.keyboard.type("истец")
    page.fill("#find-replacement", "заявитель")
    page.keyboard.press("Enter")
    page.wait_for_selector("#replace")
    places = page.locator("#panel .list ins")
    count = places.count()
    assert count >= 2
    page.locator("#panel .list input[type=checkbox]").first.uncheck()
    page.locator("#replace").click()
    until(page, "hattama.store.version === 1")
    said = page.evaluate("hattama.store.segments.map(hattama.textOf).join(' ').toLowerCase()")
    assert said.count("заявитель") == count - 1
    assert said.count("истец") == 1


def test_a_killed_server_loses_nothing_and_the_clerk_comes_back(
    open_page: Open, server: Server, record_file: Path
) -> None:
    page = open_page()
    context = page.context
    type_at_end(page, 1, " Первое.")
    server.kill()
    turn(page, 2).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Второе")
    page.wait_for_selector("#notice:not([hidden])")
    assert "hattama review" in page.locator("#notice").inner_text()
    page.close(run_before_unload=False)
    back = open_page(context=context)
    until(back, "hattama.editor.writable")
    settled(back)
    until(back, "hattama.textOf(hattama.store.segment('2')).endsWith('Второе')")
    kept = read_current(record_file)
    assert kept.segments[0].text.endswith("Первое.")
    assert kept.segments[1].text.endswith("Второе")


def test_a_second_page_is_told_and_may_take_over(open_page: Open) -> None:
    first = open_page()
    second = first.context.new_page()
    second.goto(first.url)
    second.wait_for_selector("#notice:not([hidden])")
    assert "Омарова" in second.locator("#notice").inner_text()
    assert turn(second).get_attribute("contenteditable") == "false"
    second.locator("#take").click()
    until(second, "hattama.editor.writable")
    until(first, "!hattama.editor.writable", timeout=20_000)


def test_markup_in_names_and_words_shows_as_text(open_page: Open, record_file: Path) -> None:
    record = read(record_file)
    bad = "<img src=x onerror=document.title='owned'><script>1</script>&amp;"
    word = replace(record.segments[0].words[0], text=bad, alternatives=(bad,))
    segment = replace(record.segments[0], words=(word, *record.segments[0].words[1:]))
    speaker = replace(record.speakers[0], name=bad, role=bad)
    journal_path(record_file).unlink(missing_ok=True)
    write(
        record_file,
        replace(
            record,
            segments=(segment, *record.segments[1:]),
            speakers=(speaker, *record.speakers[1:]),
        ),
    )
    page = open_page()
    assert turn(page).inner_text().startswith(bad)
    assert page.locator(".who", has_text="<img").count() > 0
    for name in ("doubts", "find", "history", "give", "speakers"):
        page.locator(f"#tab-{name}").click()
    page.locator(".turn .more").first.click()
    page.keyboard.press("Escape")
    assert page.locator("#transcript img, #panel img, dialog img, body script").count() == 0
    assert "owned" not in page.title()


def test_the_pedal_plays_while_it_is_held(open_page: Open) -> None:
    page = open_page()
    until(page, "hattama.player.video.readyState > 1")
    page.evaluate("hattama.player.seek(10)")
    turn(page).click()
    page.keyboard.down("F9")
    until(page, "hattama.player.playing")
    page.wait_for_timeout(400)
    page.keyboard.up("F9")
    until(page, "!hattama.player.playing")


def test_typing_pauses_and_goes_on_after(open_page: Open) -> None:
    page = open_page()
    until(page, "hattama.player.video.readyState > 1")
    turn(page).click()
    page.keyboard.press("F8")
    until(page, "hattama.player.playing")
    page.keyboard.type("а")
    until(page, "!hattama.player.playing")
    until(page, "hattama.player.playing", timeout=5000)


def test_a_shortcut_is_rebound_but_never_to_a_letter(open_page: Open) -> None:
    page = open_page()
    until(page, "hattama.player.video.readyState > 1")
    page.locator("#show-keys").click()
    field = page.get_by_label("Play or pause")
    field.focus()
    page.keyboard.press("k")
    assert "Ctrl" in page.locator("dialog [role=alert]").inner_text()
    page.keyboard.press("F9")
    assert "Pedal" in page.locator("dialog [role=alert]").inner_text()
    page.keyboard.press("F4")
    assert field.input_value() == "F4"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("F4")
    until(page, "hattama.player.playing")
    page.keyboard.press("F4")
    until(page, "!hattama.player.playing")


def test_language_and_look_are_remembered(open_page: Open, server: Server) -> None:
    page = open_page()
    page.select_option("#language", "kk")
    page.select_option("#theme", "dark")
    assert page.locator("#tab-doubts").inner_text() == "Күмәндар"
    page.wait_for_timeout(900)
    server.kill()
    server.port = 0
    page = open_page()
    assert page.locator("#tab-doubts").inner_text() == "Күмәндар"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("document.documentElement.lang") == "kk"


def test_exporting_from_the_page_gives_the_edited_text(open_page: Open) -> None:
    page = open_page()
    type_at_end(page, 1, " Прошу садиться.")
    page.locator("#tab-give").click()
    page.select_option("#format", "txt")
    with page.expect_download() as download:
        page.locator("#download").click()
    assert "Прошу садиться." in Path(download.value.path()).read_text("utf-8")
    page.locator("#compare").click()
    page.wait_for_selector("#changes ins")
    assert page.locator("#changes ins").inner_text() == "Прошу садиться."


def test_signing_freezes_the_page(open_page: Open) -> None:
    page = open_page()
    page.locator("#tab-give").click()
    page.locator("#sign").click()
    page.locator("dialog button.main").click()
    until(page, "hattama.store.state === 'signed'")
    page.wait_for_selector("#notice:not([hidden])")
    assert turn(page).get_attribute("contenteditable") == "false"
    assert page.locator("#panel pre").inner_text() != ""


def test_every_control_has_a_name_and_a_size_to_hit(open_page: Open) -> None:
    page = open_page()
    until(page, "hattama.player.info.ready")
    for name in ("speakers", "doubts", "find", "history", "give"):
        page.locator(f"#tab-{name}").click()
        page.wait_for_timeout(150)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll(
              'button, input, select, textarea, [role=textbox]')]
            .filter(n => n.offsetParent).filter(n => !(n.getAttribute('aria-label')
              || n.textContent.trim() && n.tagName === 'BUTTON' || n.labels?.length
              || n.getAttribute('aria-labelledby'))).map(n => n.outerHTML.slice(0, 120))"""
        )
        assert not nameless
        small = page.evaluate(
            """() => [...document.querySelectorAll('button')].filter(n => n.offsetParent)
            .filter(n => n.offsetHeight < 24 || n.offsetWidth < 24)
            .map(n => n.outerHTML.slice(0, 120))"""
        )
        assert not small, "WCAG 2.2, 2.5.8: 24 by 24 pixels"


def test_the_page_speaks_no_word_while_it_plays(open_page: Open) -> None:
    page = open_page()
    until(page, "hattama.player.video.readyState > 1")
    page.evaluate(
        """() => { globalThis.said = 0; new MutationObserver(() => (said += 1))
        .observe(document.getElementById('say'),
          {childList: true, characterData: true, subtree: true}); }"""
    )
    page.evaluate("hattama.player.play()")
    page.wait_for_timeout(2500)
    assert page.evaluate("said") == 0, "a live region must not chatter"


@pytest.mark.parametrize(
    ("rate", "start"),
    [("25", "10:02:15:00"), ("29.97df", "10:02:15;02"), ("29.97", "00:00:00:00"),
     ("59.94df", "23:59:50;00"), ("23.976", "01:00:00:00")],
)  # fmt: skip
def test_the_page_counts_timecode_as_the_engine_does(
    open_page: Open, rate: str, start: str
) -> None:
    page = open_page()
    times = [0.0, 0.04, 0.999, 59.999, 60.06, 61.5, 599.99, 600.1, 3599.5, 16_200.123]
    info = {"rate": rate, "start_timecode": start}
    counted = page.evaluate(
        """async ([info, times]) => {
        const { Clock } = await import('/static/timecode.js');
        const clock = new Clock(info);
        return times.map(t => [clock.timecode(t), clock.seconds(clock.timecode(t))]); }""",
        [info, times],
    )
    clock = Clock(ClockInfo(rate, start))
    for moment, (label, seconds) in zip(times, counted, strict=True):
        assert label == clock.timecode(moment)
        assert seconds == pytest.approx(clock.seconds(label), abs=1e-6)


_SHOWN = """() => {
  const video = hattama.player.video;
  if (!video.videoWidth || video.seeking) return null;
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const pen = canvas.getContext('2d');
  pen.drawImage(video, 0, 0);
  const at = (bit) => pen.getImageData(
    Math.floor((bit + 0.5) * canvas.width / 12), canvas.height / 2, 1, 1).data[0];
  let number = 0;
  for (let bit = 0; bit < 12; bit += 1) if (at(bit) > 125) number += 1 << bit;
  return number;
}"""


def test_a_recording_that_no_browser_plays_is_seen_and_heard(
    open_page: Open, server: Server, record_file: Path, tmp_path: Path
) -> None:
    media = recordings.write(tmp_path / "hearing.mxf", recordings.FORMS["mxf"], 70)
    record = read(record_file)
    named = replace(record.media, name=media.name, sha256=sha256(media), duration=70.0)
    write(record_file, replace(record, media=named))
    server.work = tmp_path / "work"
    # As if another desk were decoding: this one has nothing ready before the page is looked at.
    with alone(SoundRoom(media, server.work, "")._lock, threading.Event()):
        page = open_page("--media", str(media))
        until(page, "!document.getElementById('sound-note').hidden")
        told = page.locator("#sound-note").inner_text()
        assert told == "Preparing the sound: 0 %", "the clerk is told what is being made"
    until(page, "hattama.player.info.ready")
    page.evaluate("hattama.player.seek(64)")
    until(page, f"Math.abs(({_SHOWN})() - 64 * 25) <= 4")
    until(page, "hattama.player.info.made.state === 'ready'", timeout=60_000)
    until(page, "hattama.player.video.src.endsWith('/picture.webm')")
    assert page.locator("#sound-note").is_hidden()
    page.evaluate("hattama.player.seek(20)")
    until(page, f"Math.abs(({_SHOWN})() - 20 * 25) <= 4")
    page.locator("#play").click()
    until(page, "hattama.player.time > 22")
    page.locator("#play").click()
    until(page, f"Math.abs(({_SHOWN})() / 25 - hattama.player.time) < 0.35")
