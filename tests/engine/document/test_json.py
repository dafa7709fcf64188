"""The record's JSON: what is written is read back, and nothing else is read."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.document import json as record_json
from hattama.engine.document.json import (
    NewerRecordError,
    RecordError,
    from_json,
    read,
    schema,
    to_json,
    write,
)
from hattama.engine.document.model import (
    ClockInfo,
    Doubt,
    Gap,
    Media,
    ModelUse,
    Provenance,
    Segment,
    Speaker,
    State,
    Transcript,
    Word,
)
from hattama.engine.document.strict import (
    MissingKeyError,
    ShapeError,
    UnknownKeyError,
    WrongValueError,
)

RECORD = Transcript(
    media=Media(
        "hearing.mp4", "ab" * 32, 12.5, 2, ClockInfo("25", "10:02:15:00", "tmcd"), (Gap(5.0, 6.04),)
    ),
    speakers=(
        Speaker("S1", "Ахметова", "claimant", 2),
        Speaker("S2", role="witness", protected=True),
    ),
    segments=(
        Segment(
            "1",
            1.6,
            4.854,
            "S1",
            (
                Word("Отводов", 1.6, 2.0, 0.91, "ru", "S1", "whisper-base"),
                Word(
                    "жоқ.",
                    2.04,
                    2.4,
                    0.4,
                    "kk",
                    "S1",
                    "whisper-base",
                    frozenset({Doubt.LOW_CONFIDENCE, Doubt.LANGUAGE}),
                    ("жок.", "шок."),
                ),
            ),
        ),
        Segment("2", 7.0, 8.0, None, (), frozenset({Doubt.SPEECH_WITHOUT_WORDS})),
    ),
    provenance=Provenance(
        "hattama 0.1.0",
        "2026-03-05T09:00:00Z",
        (ModelUse("whisper-base", "recognition", "cd" * 32),),
        {"languages": ["kk", "ru"], "threshold": 0.12345},
    ),
    state=State.EDITED,
)

milliseconds = st.integers(0, 20_000_000).map(lambda value: value / 1000)
spans = st.tuples(milliseconds, milliseconds).map(sorted)
text = st.text(max_size=12)
doubts = st.frozensets(st.sampled_from(Doubt))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | text
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def words(draw: st.DrawFn, ids: list[str | None]) -> Word:
    start, end = draw(spans)
    return Word(
        draw(text),
        start,
        end,
        draw(st.integers(0, 1000)) / 1000,
        draw(st.sampled_from([None, "kk", "ru"])),
        draw(st.sampled_from(ids)),
        draw(text),
        draw(doubts),
        tuple(draw(st.lists(text, max_size=2))),
    )


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    ids = draw(st.lists(text, unique=True, max_size=3))
    speakers = tuple(
        Speaker(
            identity,
            draw(text),
            draw(text),
            draw(st.none() | st.integers(0, 15)),
            draw(st.booleans()),
            draw(text),
        )
        for identity in ids
    )
    known = [None, *ids]
    names = draw(st.lists(text, unique=True, max_size=3))
    segments = tuple(
        Segment(
            name,
            *draw(spans),
            draw(st.sampled_from(known)),
            tuple(draw(st.lists(words(known), max_size=3))),
            draw(doubts),
        )
        for name in names
    )
    gaps = tuple(Gap(*span) for span in draw(st.lists(spans, max_size=2)))
    clock = ClockInfo(
        draw(text), draw(text), draw(text), draw(st.none() | text), draw(st.none() | text)
    )
    media = Media(draw(text), draw(text), draw(milliseconds), draw(st.integers(0, 16)), clock, gaps)
    used = tuple(
        ModelUse(*names) for names in draw(st.lists(st.tuples(text, text, text), max_size=2))
    )
    options = draw(st.dictionaries(text, json_values, max_size=3))
    provenance = Provenance(draw(text), draw(text), used, options)
    return Transcript(media, speakers, segments, provenance, draw(st.sampled_from(State)))


@given(transcripts())
@settings(max_examples=150, deadline=None)
def test_every_record_on_the_millisecond_grid_comes_back_equal(record: Transcript) -> None:
    text = to_json(record)
    assert from_json(text) == record
    assert to_json(from_json(text)) == text
    jsonschema.validate(json.loads(text), schema())


def test_times_are_rounded_to_the_millisecond_and_then_stay() -> None:
    uneven = replace(RECORD.segments[1], start=1 / 3, end=2 / 3)
    once = from_json(to_json(replace(RECORD, segments=(uneven,))))
    assert (once.segments[0].start, once.segments[0].end) == (0.333, 0.667)
    assert from_json(to_json(once)) == once


def test_settings_are_not_rounded() -> None:
    assert from_json(to_json(RECORD)).provenance.settings["threshold"] == 0.12345


def test_a_word_takes_one_line_in_letters_that_people_read() -> None:
    line = next(line for line in to_json(RECORD).splitlines() if "жоқ." in line)
    assert json.loads(line.strip().rstrip(","))["alternatives"] == ["жок.", "шок."]


def test_keys_stand_in_the_order_of_the_schema() -> None:
    value = json.loads(to_json(RECORD))
    described = schema()
    assert [key for key in described["properties"] if key != "state"] == list(value)[:-1]
    for name, instance in (
        ("word", value["segments"][0]["words"][0]),
        ("speaker", value["speakers"][0]),
    ):
        assert list(described["$defs"][name]["properties"]) == list(instance)


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def _mutations() -> list[tuple[str, Any]]:
    """Every value of a record replaced by other types, every key dropped or misspelt."""

    def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        keys = (
            value.keys()
            if isinstance(value, dict)
            else range(len(value))
            if isinstance(value, list)
            else ()
        )
        return [path, *(p for key in keys for p in places(value[key], (*path, key)))]

    original = json.loads(to_json(RECORD))
    mutated: list[tuple[str, Any]] = []
    for place in places(original)[1:]:
        if "settings" in place:
            continue
        for new in ("x", 7, -1.5, None, True, [], {}, ["x", "x"], [7], 1e400):
            copy = deepcopy(original)
            _parent(copy, place)[place[-1]] = new
            mutated.append((f"{place} = {new!r}", copy))
        if isinstance(place[-1], str):
            dropped, misspelt = deepcopy(original), deepcopy(original)
            del _parent(dropped, place)[place[-1]]
            _parent(misspelt, place)[place[-1] + "s"] = 1
            mutated += [(f"{place} dropped", dropped), (f"{place} misspelt", misspelt)]
    return mutated


def _parent(value: Any, place: tuple[Any, ...]) -> Any:
    for step in place[:-1]:
        value = value[step]
    return value


# What the schema's description says that the schema itself cannot say.
BEYOND_THE_SCHEMA = ("unique", ">= start", "id of $.speakers")


def test_the_reader_accepts_what_the_schema_accepts_and_nothing_else() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    mutations = _mutations()
    assert len(mutations) > 500
    for what, value in mutations:
        try:
            from_json(json.dumps(value))
            accepted = True
        except (RecordError, ShapeError) as error:
            if any(note in str(error) for note in BEYOND_THE_SCHEMA):
                continue
            accepted = False
        finite = "inf" not in what
        assert accepted == (validator.is_valid(value) and finite), what


def _broken(**changes: object) -> str:
    return json.dumps({**json.loads(to_json(RECORD)), **changes})


@pytest.mark.parametrize(
    ("text", "error", "line"),
    [
        ("", RecordError, "cut off at line 1"),
        (to_json(RECORD)[:700], RecordError, "cut off"),
        ("{'format': 1}", RecordError, "not valid JSON: Expecting property name"),
        ("[]", RecordError, "not a record of Hattama"),
        ('{"format": "hattama-record", "format": 1}', RecordError, "key 'format' twice"),
        ('{"a": NaN}', RecordError, "NaN is not a number of JSON"),
        ('{"a": "\\ud800"}', RecordError, "surrogates"),
        ("[" * 100_000, RecordError, "not valid JSON"),
        (_broken(version=2), NewerRecordError, "version 2, this program reads version 1"),
        (_broken(version="1"), WrongValueError, "$.version is '1'"),
        (_broken(satte="draft"), UnknownKeyError, "$.satte; did you mean state?"),
        (_broken(state="finished"), WrongValueError, "draft | edited | signed"),
        (_broken(speakers=[{"name": "A"}]), MissingKeyError, "$.speakers[0].id is missing"),
        (_broken(speakers=[{"id": "A"}, {"id": "A"}]), WrongValueError, "$.speakers[1].id is 'A'"),
        (_broken(speakers=[]), WrongValueError, "$.segments[0].speaker is 'S1'"),
    ],
)
def test_a_broken_record_is_refused_in_one_line_that_names_the_place(
    text: str, error: type[Exception], line: str
) -> None:
    with pytest.raises(error) as caught:
        from_json(text, "hearing.json")
    message = str(caught.value)
    assert message.startswith("hearing.json")
    assert line in message
    assert "\n" not in message


def test_a_word_that_ends_before_it_starts_is_neither_read_nor_written() -> None:
    word = replace(RECORD.segments[0].words[0], end=1.0)
    record = replace(RECORD, segments=(replace(RECORD.segments[0], words=(word,)),))
    with pytest.raises(WrongValueError, match=r"\$\.segments\[0\]\.words\[0\]\.end"):
        to_json(record)


@pytest.mark.parametrize("time", [float("nan"), float("inf"), -0.001])
def test_times_that_are_no_times_are_not_written(time: float) -> None:
    with pytest.raises(WrongValueError):
        to_json(replace(RECORD, media=replace(RECORD.media, duration=time)))


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "запись.json"
    write(path, RECORD)
    assert read(path) == RECORD
    assert [entry.name for entry in tmp_path.iterdir()] == ["запись.json"]


def test_a_byte_order_mark_of_a_windows_editor_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_text(to_json(RECORD), "utf-8-sig")
    assert read(path) == RECORD


@pytest.mark.parametrize("content", [None, to_json(RECORD).encode("cp1251", "replace")])
def test_a_missing_file_and_another_encoding_are_named(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "record.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecordError, match="cannot be read" if content is None else "not UTF-8"):
        read(path)


def test_a_failed_write_keeps_the_earlier_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "record.json"
    write(path, RECORD)

    full_disk = Mock(side_effect=OSError(28, "No space left on device"))
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        record_json.write(path, replace(RECORD, state=State.SIGNED))
    assert read(path) == RECORD
    assert [entry.name for entry in tmp_path.iterdir()] == ["record.json"]
