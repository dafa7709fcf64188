"""TextGrid, read back by praatio."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from praatio import textgrid

from hattama.engine.document.model import Segment, Transcript
from hattama.engine.exports import export


def _open(path: Path, content: bytes) -> textgrid.Textgrid:
    path.write_bytes(content)
    return textgrid.openTextgrid(str(path), includeEmptyIntervals=False, reportingMode="error")


def test_every_speaker_has_a_tier_of_turns_and_one_of_words(
    tmp_path: Path, record: Transcript
) -> None:
    grid = _open(tmp_path / "a.TextGrid", export(record, "textgrid"))
    assert grid.tierNames[:2] == ("Сейтқали А. Б.", "Сейтқали А. Б. – w")
    assert len(grid.tierNames) == 2 * len(record.speakers)
    turns = [
        (entry.start, entry.end, entry.label)
        for name in grid.tierNames[::2]
        for entry in grid.getTier(name).entries
    ]
    expected = [(s.start, s.end, s.text or "(неразборчиво)") for s in record.segments]
    assert sorted(turns) == sorted(expected)
    words = sum(len(grid.getTier(name).entries) for name in grid.tierNames[1::2])
    assert words == len(record.words)


def test_overlapping_turns_of_one_speaker_are_cut_and_quotes_kept(
    tmp_path: Path, record: Transcript
) -> None:
    word = replace(record.words[0], text='«"да"»', start=1.0, end=2.0)
    segments = (
        Segment("a", 1.0, 3.0, "judge", (word,)),
        Segment("b", 2.0, 4.0, "judge", (replace(word, start=2.0, end=4.0),)),
        Segment("c", 2.5, 2.9, "judge", ()),
    )
    grid = _open(tmp_path / "a.TextGrid", export(replace(record, segments=segments), "textgrid"))
    entries = grid.getTier("Сейтқали А. Б.").entries
    assert [(e.start, e.end, e.label) for e in entries] == [(1, 3, '«"да"»'), (3, 4, '«"да"»')]


def test_an_empty_record_keeps_its_length(tmp_path: Path, empty: Transcript) -> None:
    grid = _open(tmp_path / "a.TextGrid", export(empty, "textgrid"))
    assert grid.maxTimestamp == 106.0
    assert [len(grid.getTier(name).entries) for name in grid.tierNames] == [0, 0]
