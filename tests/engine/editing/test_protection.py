"""Protected witnesses: their time, their names, and what the public gets."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from hattama.engine.clock import Clock
from hattama.engine.document.json import to_json
from hattama.engine.document.model import ClockInfo, Transcript
from hattama.engine.editing import apply
from hattama.engine.editing.protection import (
    disguise_command,
    public,
    spans,
    spoken_names,
    timecode_spans,
)
from hattama.engine.editing.speakers import Protect, RenameSpeaker
from hattama.engine.editing.words import ReplaceWords


@pytest.fixture
def protected(record: Transcript) -> Transcript:
    named = apply(record, RenameSpeaker("c", "Ахметова Гүлнар"))
    return apply(named, Protect("c", protected=True, pseudonym="Куә № 1"))


def test_the_spans_hold_every_word_of_the_witness(protected: Transcript) -> None:
    assert spans(protected) == ((20.0, 21.0), (30.0, 33.0))
    assert spans(protected, "a") == ()


@pytest.mark.parametrize("rate", ["25", "29.97df", "23.976", "59.94"])
def test_timecode_spans_are_never_shorter_than_the_speech(rate: str) -> None:
    start = "10:02:15;00" if rate.endswith("df") else "10:02:15:00"
    info = ClockInfo(rate, start)
    times = ((1.003, 2.501), (61.999, 3700.02))
    clock = Clock(info)
    for (begin, end), label in zip(times, timecode_spans(info, times), strict=True):
        first, last = label.split("-")
        assert clock.seconds(first) <= begin + 0.001
        assert clock.seconds(last) >= end
        assert clock.seconds(last) - end < 0.05


def test_the_command_is_one_shell_line_for_any_file_name(protected: Transcript) -> None:
    parts = shlex.split(disguise_command(protected, "/x/сот $(rm) 1.mp4"))
    assert parts[:4] == ["hattama", "disguise", "file", "/x/сот $(rm) 1.mp4"]
    assert parts[5] == "/x/сот $(rm) 1-masked.mp4"
    assert parts[6:] == [
        "--span", "10:02:35:00-10:02:36:00", "--span", "10:02:45:00-10:02:48:00"
    ]  # fmt: skip


def test_a_spoken_name_is_found_in_other_cases_and_misheard(protected: Transcript) -> None:
    edited = apply(protected, ReplaceWords("5", 0, 1, "Гүлнарға Ахмедовой"))
    found = [(n.segment, n.text) for n in spoken_names(edited)]
    assert found == [("2", "Ахметова"), ("5", "Гүлнарға"), ("5", "Ахмедовой"), ("5", "Ахметов,")]


def test_nobody_is_looked_for_where_nobody_is_protected(record: Transcript) -> None:
    assert not list(spoken_names(apply(record, RenameSpeaker("c", "Ахметова"))))


def test_the_public_record_is_flat(protected: Transcript) -> None:
    text = to_json(public(protected, "kk"))
    for trace in ("Ахмет", "Гүлнар", "glossary", "low-confidence", "whisper", "Аха"):
        assert trace not in text, trace
    assert "Куә № 1" in text
    assert "Сейтқали" in text, "who is not protected keeps the name"


def test_masking_can_be_chosen_word_by_word(protected: Transcript) -> None:
    kept = public(protected, "ru", masked=set())
    assert "Ахметова" in kept.segments[1].text
    one = public(protected, "ru", masked={("5", 1)})
    assert "Ахметов" not in one.segments[4].text
    assert "Ахметова" in one.segments[1].text
    other = public(protected, "ru", masked={("1", 0)})
    assert other.segments[0].text.startswith("[…] заседание")


def test_channels_of_protected_speakers_do_not_leave(protected: Transcript) -> None:
    speakers = tuple(replace(s, channel=2) for s in protected.speakers)
    flat = public(replace(protected, speakers=speakers), "ru")
    assert [s.channel for s in flat.speakers] == [2, 2, None]
