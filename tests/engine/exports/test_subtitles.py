"""SRT and WebVTT, read back by webvtt-py."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import webvtt

from hattama.engine.document.model import (
    ClockInfo,
    Media,
    Provenance,
    Segment,
    Speaker,
    State,
    Transcript,
    Word,
)
from hattama.engine.exports import ExportOptions, export


def _read(content: bytes, form: str) -> list[webvtt.Caption]:
    return list(webvtt.from_buffer(StringIO(content.decode()), format=form))


def test_every_vtt_cue_names_its_speaker(record: Transcript) -> None:
    captions = _read(export(record, "vtt"), "vtt")
    assert len(captions) >= len(record.segments)
    names = {speaker.name for speaker in record.speakers}
    assert {caption.voice for caption in captions} == names


def test_vtt_and_srt_hold_every_word_at_its_time(record: Transcript) -> None:
    said = [word.text for word in record.words]
    for form in ("vtt", "srt"):
        captions = _read(export(record, form), form)
        shown = " ".join(caption.text for caption in captions)
        assert all(word in shown for word in said)
        first = captions[0]
        assert (first.start_time.hours, first.start_time.seconds) == (0, 1)
        assert first.start_time.milliseconds == 600


def test_srt_names_the_speaker_at_each_change_only(record: Transcript) -> None:
    captions = _read(export(record, "srt"), "srt")
    assert captions[0].text.startswith("Сейтқали А. Б.: ")
    assert not captions[1].text.startswith("Сейтқали")


def test_speech_without_words_is_a_cue_in_the_chosen_language(record: Transcript) -> None:
    for language, note in (
        ("ru", "(неразборчиво)"),
        ("kk", "(анық емес)"),
        ("en", "(unintelligible)"),
    ):
        captions = _read(export(record, "vtt", ExportOptions(language=language)), "vtt")
        assert [caption.text for caption in captions].count(note) == 1


def test_times_follow_the_timecode_where_it_is_asked_for(record: Transcript) -> None:
    options = ExportOptions(times="timecode")
    first = _read(export(record, "srt", options), "srt")[0]
    assert first.start == "10:02:16.600"


def test_timecode_that_passes_midnight_goes_on_above_24_hours(record: Transcript) -> None:
    late = replace(record.media, clock=ClockInfo("25", "23:59:50:00", "tmcd"))
    text = export(replace(record, media=late), "srt", ExportOptions(times="timecode")).decode()
    assert "23:59:51,600 --> " in text
    assert "24:00:06,1" in text


def test_a_draft_says_so_in_vtt_until_it_is_signed(record: Transcript) -> None:
    assert b"NOTE \xd0\xa7\xd0\x95\xd0\xa0\xd0\x9d" in export(record, "vtt")
    assert b"NOTE" not in export(replace(record, state=State.SIGNED), "vtt")


def test_an_empty_record_gives_valid_subtitles(empty: Transcript) -> None:
    assert _read(export(empty, "vtt"), "vtt") == []
    assert export(empty, "srt") == b""


def test_markup_in_names_and_words_shows_as_text() -> None:
    words = tuple(
        Word(text, index, index + 0.9, 1.0)
        for index, text in enumerate(("<b>да</b>", "a\n\n00:00:00.000", "-->", "\u202eне&т\x00"))
    )
    hostile = Transcript(
        Media("a.mp4", "", 9.0, 1),
        (Speaker("x", "</v> <c.red>\nNOTE & co"),),
        (Segment("1", 0.0, 4.0, "x", words),),
        Provenance("", ""),
    )
    text = export(hostile, "vtt").decode()
    captions = _read(text.encode(), "vtt")
    assert len(captions) == 1
    assert "<b>" not in text
    assert "&lt;b&gt;да&lt;/b&gt; a 00:00:00.000 --&gt; не&amp;т" in text.replace("\n", " ")
    assert text.count("-->") == 1
    srt = export(hostile, "srt").decode()
    assert srt.count("-->") == 1
    assert "\x00" not in srt + text
