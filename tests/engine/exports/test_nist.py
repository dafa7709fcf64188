"""RTTM, CTM and STM, read back by the tools that score with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import meeteval
import pytest
from pyannote.database.util import load_rttm

from hattama.engine.document.model import Speaker, Transcript
from hattama.engine.exports import export


@pytest.fixture
def folder(tmp_path: Path, record: Transcript) -> Path:
    for form in ("rttm", "ctm", "stm"):
        (tmp_path / f"r.{form}").write_bytes(export(record, form))
    return tmp_path


def test_rttm_is_read_by_pyannote_with_every_turn(folder: Path, record: Transcript) -> None:
    annotation = load_rttm(folder / "r.rttm")["civil-ru-kk"]
    turns = [
        (round(s.start, 3), round(s.end, 3), label)
        for s, _, label in annotation.itertracks(yield_label=True)
    ]
    assert sorted(turns) == sorted((s.start, s.end, s.speaker) for s in record.segments)


def test_stm_is_the_reference_again_line_by_line(
    folder: Path, plain_record: Transcript, samples: Path
) -> None:
    text = export(plain_record, "stm").decode("utf-8")
    assert text == (samples / "civil-ru-kk.stm").read_text("utf-8")
    lines = meeteval.io.STM.load(folder / "r.stm").lines
    assert lines[0].speaker_id == "judge"
    assert lines[0].transcript == "<ru> Судебное заседание объявляется открытым."


def test_ctm_is_read_by_meeteval_in_order_of_time(folder: Path, record: Transcript) -> None:
    lines = meeteval.io.CTM.load(folder / "r.ctm").lines
    assert [line.word for line in sorted(lines, key=lambda line: line.begin_time)] == [
        word.text for word in sorted(record.words, key=lambda word: word.start)
    ]
    starts = [line.begin_time for line in lines]
    assert starts == sorted(starts)
    assert all(line.channel in {"1", 1} for line in lines)


def test_spaces_in_ids_and_file_names_do_not_break_the_fields(record: Transcript) -> None:
    speakers = (Speaker("Судья Сейтқали", role="judge"), *record.speakers[1:])
    segments = tuple(
        replace(s, speaker="Судья Сейтқали") if s.speaker == "judge" else s for s in record.segments
    )
    media = replace(record.media, name="дело 17 зал 3.mp4")
    renamed = replace(record, speakers=speakers, segments=segments, media=media)
    fields = export(renamed, "rttm").decode().splitlines()[0].split(" ")
    assert fields[:5] == ["SPEAKER", "дело_17_зал_3", "1", "1.600", "3.254"]
    assert fields[5:] == ["<NA>", "<NA>", "Судья_Сейтқали", "<NA>", "<NA>"]
    assert export(renamed, "stm").decode().startswith("дело_17_зал_3 1 Судья_Сейтқали 1.600 4.854 ")


@pytest.mark.parametrize("form", ["rttm", "ctm", "stm"])
def test_an_empty_record_gives_an_empty_file(empty: Transcript, form: str) -> None:
    assert export(empty, form) == b""
