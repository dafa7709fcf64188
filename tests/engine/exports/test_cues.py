"""Subtitles can be read while the words are said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.engine.document.model import Media, Provenance, Segment, Speaker, Transcript, Word
from hattama.engine.exports.cues import (
    BRIEFEST_S,
    LINE_CHARACTERS,
    LONG_PAUSE_S,
    MAXIMUM_S,
    make_cues,
    wrap,
)

WORDS = st.text("абвғқ", min_size=1, max_size=14)
ENDS = st.sampled_from(["", "", "", ",", ".", "?"])


@st.composite
def segments(draw: st.DrawFn) -> tuple[Segment, ...]:
    made, position = [], 0.0
    for number in range(draw(st.integers(0, 4))):
        position = max(0.0, position + draw(st.floats(-1.0, 2.0)))
        words = []
        for text, end in draw(st.lists(st.tuples(WORDS, ENDS), min_size=0, max_size=25)):
            position += draw(st.sampled_from([0.02, 0.1, 0.6, 2.5]))
            start, position = position, position + draw(st.floats(0.05, 1.0))
            words.append(Word(text + end, start, position, 0.9))
        start = words[0].start if words else position
        made.append(Segment(str(number), start, position, f"S{number % 2}", tuple(words)))
        position = made[-1].end
    return tuple(made)


def _transcript(turns: tuple[Segment, ...]) -> Transcript:
    speakers = (Speaker("S0", "Иванов"), Speaker("S1", "Петрова"))
    return Transcript(Media("a.mp4", "", 100.0, 1), speakers, turns, Provenance("", ""))


@given(segments())
@settings(max_examples=100, deadline=None)
def test_no_cue_overlaps_is_too_long_or_loses_a_word(turns: tuple[Segment, ...]) -> None:
    cues = make_cues(_transcript(turns), "неразборчиво")
    said = sorted(word.text for turn in turns for word in turn.words)
    shown = [word for cue in cues for word in " ".join(cue.lines).split()]
    assert sorted(word for word in shown if word != "(неразборчиво)") == said
    assert shown.count("(неразборчиво)") == sum(not turn.words for turn in turns)
    for cue in cues:
        assert cue.end - cue.start >= BRIEFEST_S - 1e-9
        assert 1 <= len(cue.lines) <= 2
        assert all(len(line) <= LINE_CHARACTERS for line in cue.lines)
    assert all(first.end <= second.start for first, second in pairwise(cues))


@given(segments())
@settings(max_examples=50, deadline=None)
def test_cues_of_one_turn_start_and_end_with_their_words(turns: tuple[Segment, ...]) -> None:
    for turn in turns:
        cues = make_cues(_transcript((turn,)), "")
        if not turn.words:
            continue
        starts = {word.start for word in turn.words}
        # A cue is pushed back only by one before it that had to be made long enough to see.
        pushed = {cue.end for cue in cues}
        assert all(cue.start in starts or cue.start in pushed for cue in cues)
        assert all(cue.end - cue.start <= MAXIMUM_S + 1.0 for cue in cues)


def test_a_cue_does_not_stand_through_a_long_silence() -> None:
    words = (Word("Да", 0.0, 0.4, 1.0), Word("нет", 0.5 + LONG_PAUSE_S, 3.0, 1.0))
    cues = make_cues(_transcript((Segment("1", 0.0, 3.0, "S0", words),)), "")
    assert [cue.lines for cue in cues] == [("Да",), ("нет",)]


def test_a_cue_ends_with_its_sentence_rather_than_in_the_middle_of_the_next() -> None:
    said = "Отводов не имею, права и обязанности мне понятны вполне. Прошу приобщить копию письма"
    texts = said.split()
    words = tuple(Word(text, i * 0.4, i * 0.4 + 0.38, 1.0) for i, text in enumerate(texts))
    first, second = make_cues(_transcript((Segment("1", 0.0, 5.0, "S0", words),)), "")
    assert " ".join(first.lines).endswith("вполне.")
    assert " ".join(second.lines).startswith("Прошу")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Отводов нет.", ("Отводов нет.",)),
        (
            "Представитель ответчика явился, полномочия проверены.",
            ("Представитель ответчика явился,", "полномочия проверены."),
        ),
        ("а" * 43, None),
        (" ".join(["слово"] * 20), None),
    ],
)
def test_text_wraps_into_two_even_lines_or_not_at_all(
    text: str, lines: tuple[str, ...] | None
) -> None:
    assert wrap(text) == lines
