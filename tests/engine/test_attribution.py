from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hattama.diarization.turns import Diarization, Turn
from hattama.engine.attribution import attribute, segments
from hattama.engine.document.model import Doubt, Gap, Word


def word(start: float, end: float, text: str = "сөз") -> Word:
    return Word(text, start, end, 0.9)


def turns(*given_turns: tuple[float, float, str]) -> Diarization:
    made = tuple(Turn(*turn) for turn in given_turns)
    return Diarization(made, made)


TWO = turns((0, 5, "A"), (5, 10, "B"))


def speakers(words: tuple[Word, ...]) -> str:
    return "".join(w.speaker or "-" for w in words)


def test_a_word_goes_to_the_turn_it_is_said_in() -> None:
    assert speakers(attribute([word(1, 2), word(6, 7)], TWO)) == "AB"


def test_a_word_over_a_change_goes_to_the_longer_share_and_is_marked_a_tie() -> None:
    (found,) = attribute([word(4.6, 5.3)], TWO)
    assert found.speaker == "A"
    assert Doubt.SPEAKER_TIE in found.doubts
    (sure,) = attribute([word(4.0, 5.1)], TWO)
    assert sure.doubts == frozenset()


def test_a_word_outside_every_turn_goes_to_a_near_one_or_to_nobody() -> None:
    apart = turns((0, 1, "A"), (9, 10, "B"))
    assert speakers(attribute([word(1.3, 1.6), word(4, 5), word(8.4, 8.9)], apart)) == "A-B"


def test_a_stray_word_at_the_edge_of_a_breath_follows_the_breath() -> None:
    breath = [word(3.5, 4.0), word(4.0, 4.5), word(4.5, 4.95), word(4.96, 5.08)]
    found = attribute([*breath, word(6, 7)], TWO)
    assert speakers(found) == "AAAAB"
    assert Doubt.SPEAKER_TIE in found[3].doubts


def test_overlap_is_marked_where_both_speak() -> None:
    both = Diarization((Turn(0, 5, "A"), Turn(3, 8, "B")), (Turn(0, 3.5, "A"), Turn(3.5, 8, "B")))
    first, second = attribute([word(1, 2), word(4, 4.8)], both)
    assert Doubt.OVERLAP not in first.doubts
    assert Doubt.OVERLAP in second.doubts


def test_segments_follow_speakers_pauses_and_gaps() -> None:
    said = attribute([word(0, 1), word(1, 2), word(4.5, 4.9), word(6, 7), word(7.2, 8)], TWO)
    made = segments(said, [], TWO, [Gap(7.05, 7.15)])
    assert [(s.speaker, len(s.words)) for s in made] == [("A", 2), ("A", 1), ("B", 1), ("B", 1)]
    assert [s.id for s in made] == ["s00001", "s00002", "s00003", "s00004"]


def test_speech_without_words_is_a_segment_of_its_own() -> None:
    said = attribute([word(0, 1)], TWO)
    made = segments(said, [(0, 1.1), (6, 7), (8, 8.3)], TWO)
    assert [(s.speaker, s.text, sorted(s.doubts)) for s in made] == [
        ("A", "сөз", []),
        ("B", "", [Doubt.SPEECH_WITHOUT_WORDS]),
    ]


moments = st.lists(st.tuples(st.floats(0, 60), st.floats(0.02, 1)), max_size=60)


@given(moments, moments)
def test_no_word_is_lost_and_none_comes_twice(
    said: list[tuple[float, float]], spoken: list[tuple[float, float]]
) -> None:
    words = [word(start, start + length, str(i)) for i, (start, length) in enumerate(sorted(said))]
    found = Diarization(
        *[tuple(Turn(s, s + d, "AB"[i % 2]) for i, (s, d) in enumerate(sorted(spoken)))] * 2
    )
    made = segments(attribute(words, found), [], found)
    assert sorted(w.text for s in made for w in s.words) == sorted(w.text for w in words)
    assert all(s.start <= w.start and w.end <= s.end for s in made for w in s.words)
