"""Plain text for reading."""

from __future__ import annotations

from dataclasses import replace

from hattama.engine.document.model import State, Transcript
from hattama.engine.exports import ExportOptions, export
from hattama.engine.hearing import Hearing


def test_each_passage_has_its_timecode_and_each_change_its_speaker(
    record: Transcript, hearing: Hearing
) -> None:
    text = export(record, "txt", hearing=hearing).decode()
    assert "Ахметова Г. С., истец:\n10:02:45:11  Отводов не имею, права мне понятны.\n" in text
    assert text.count("10:0") == len(record.segments) + 2 * len(record.media.gaps)
    changes = sum(line.endswith(":") for line in text.splitlines())
    assert changes == 15


def test_doubts_overlap_silence_and_gaps_are_said_in_words(record: Transcript) -> None:
    text = export(record, "txt").decode()
    assert "иску Ахметовой[?] к" in text
    assert "[?] – сомнительное слово" in text
    assert "(говорят одновременно) Возражаю" in text
    assert "10:03:35:01  (неразборчиво)\n" in text
    assert "[Запись прервана с 10:03:46:12 по 10:03:47:00]" in text


def test_the_kazakh_text_differs_in_every_word_of_ours(record: Transcript) -> None:
    text = export(record, "txt", ExportOptions(language="kk")).decode()
    assert text.startswith("ЖОБА.")
    assert "Ахметова Г. С., талапкер:" in text
    assert "(анық емес)" in text
    assert "(бір мезгілде сөйлейді)" in text


def test_doubts_can_be_left_out_and_times_be_media_time(record: Transcript) -> None:
    text = export(record, "txt", ExportOptions(doubts=False, times="media")).decode()
    assert "[?]" not in text
    assert "00:00:01  Судебное" in text


def test_only_a_signed_record_is_no_draft(record: Transcript) -> None:
    for state, marked in ((State.DRAFT, True), (State.EDITED, True), (State.SIGNED, False)):
        text = export(replace(record, state=state), "txt").decode()
        assert text.startswith("ЧЕРНОВИК") == marked


def test_an_empty_record_says_what_was_recorded(empty: Transcript) -> None:
    assert export(empty, "txt").decode().splitlines()[-1] == "Запись: civil-ru-kk.mp4"
