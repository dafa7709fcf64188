"""Rates, checked against jiwer, meeteval, pyannote.metrics and by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import jiwer
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hattama.diarization.turns import Turn
from hattama.engine.document.json import to_json
from hattama.engine.document.model import (
    Media,
    Provenance,
    Segment,
    Speaker,
    Transcript,
    Word,
)
from hattama.engine.scoring import Scores, load, score
from hattama.engine.scoring.errors import align, character_errors, count
from hattama.engine.scoring.speakers import COLLAR_S, score_turns
from hattama.engine.scoring.speech import Phrase, Speech, SpokenWord, turns_of
from hattama.engine.scoring.stm import BadReferenceError, parse_stm
from hattama.engine.scoring.words import NEAR_S, score_languages


def _phrase(speaker: str, start: float, text: str, language: str | None = "ru") -> Phrase:
    """Words of half a second each."""
    words = tuple(
        SpokenWord(word, language, start + n / 2, start + (n + 1) / 2)
        for n, word in enumerate(text.split())
    )
    return Phrase(words, speaker, start, start + len(words) / 2, language)


def _speech(*phrases: Phrase) -> Speech:
    return Speech(phrases, turns_of(phrases))


TRUTH = _speech(
    _phrase("judge", 0.0, "Судебное заседание объявляется открытым."),
    _phrase("witness", 3.0, "Мен сотқа келдім", "kk"),
    _phrase("judge", 5.0, "Объявляется перерыв до 14 часов"),
)


def test_a_record_equal_to_its_reference_has_no_errors() -> None:
    scores = score(TRUTH, TRUTH)
    assert scores.words is not None
    assert scores.words.verbatim.errors == scores.words.characters.errors == 0
    assert scores.speaker_words is not None
    assert scores.speaker_words.words.rate == 0
    assert scores.diarization is not None
    assert scores.diarization.der == scores.diarization.jer == 0
    assert scores.languages is not None
    assert scores.languages.rate == 1
    assert scores.first_words is not None
    assert scores.first_words.percentile_95_s == 0


def test_case_punctuation_and_digits_count_verbatim_only() -> None:
    found = _speech(
        _phrase("judge", 0.0, "судебное заседание объявляется открытым"),
        _phrase("witness", 3.0, "мен сотқа келдім", "kk"),
        _phrase("judge", 5.0, "Объявляется перерыв до четырнадцати часов"),
    )
    words = score(found, TRUTH).words
    assert words is not None
    assert words.verbatim.substitutions == 4
    assert words.normalised.errors == 0


def test_errors_are_told_apart_by_the_language_of_the_reference() -> None:
    found = _speech(
        _phrase("judge", 0.0, "Судебное открытым"),
        _phrase("witness", 3.0, "Мен сотқа да келдим", "ru"),
        _phrase("judge", 5.0, "Объявляется перерыв до 14 часов"),
    )
    scores = score(found, TRUTH)
    assert scores.words is not None
    by_language = scores.words.by_language
    russian, kazakh = by_language["ru"], by_language["kk"]
    assert (russian.deletions, russian.errors, russian.reference) == (2, 2, 9)
    assert (kazakh.substitutions, kazakh.insertions) == (1, 1)
    assert kazakh.rate == pytest.approx(2 / 3)
    total = scores.words.normalised
    assert total.errors == sum(counts.errors for counts in by_language.values())
    assert scores.languages is not None
    assert (scores.languages.right, scores.languages.total) == (
        8,
        11,
    )  # the fourth word lies between two phrases


def test_right_words_of_the_wrong_speaker_count_in_cpwer_alone() -> None:
    last = TRUTH.phrases[2]
    swapped = _speech(
        *TRUTH.phrases[:2],
        replace(last, words=last.words[:-1]),
        replace(last, words=last.words[-1:], speaker="witness"),
    )
    scores = score(swapped, TRUTH)
    assert scores.words is not None
    assert scores.words.normalised.errors == 0
    assert scores.speaker_words is not None
    assert scores.speaker_words.words.deletions == scores.speaker_words.words.insertions == 1
    assert scores.speaker_words.words.rate == pytest.approx(2 / 12)


def test_names_of_speakers_do_not_matter_but_their_number_does() -> None:
    renamed = _speech(
        *(
            replace(phrase, speaker=phrase.speaker and phrase.speaker[::-1])
            for phrase in TRUTH.phrases
        )
    )
    scores = score(renamed, TRUTH)
    assert scores.speaker_words is not None
    assert scores.speaker_words.words.errors == 0
    third = _speech(*TRUTH.phrases[:2], replace(TRUTH.phrases[2], speaker="third"))
    more = score(third, TRUTH)
    assert more.speaker_words is not None
    assert (more.speaker_words.missed_speakers, more.speaker_words.extra_speakers) == (0, 1)
    assert more.diarization is not None
    assert (more.diarization.speakers, more.diarization.speakers_found) == (2, 3)


def test_a_right_word_at_the_wrong_time_counts_in_tcpwer_alone() -> None:
    first = TRUTH.phrases[0]
    near = _speech(_shifted(first, COLLAR_S - 1.5), *TRUTH.phrases[1:])
    far = _speech(*TRUTH.phrases[:2], _shifted(TRUTH.phrases[2], COLLAR_S + 3))
    scores = [score(record, TRUTH).speaker_words for record in (TRUTH, near, far)]
    assert [s.words.errors for s in scores if s] == [0, 0, 0]
    assert [s.timed.errors for s in scores if s and s.timed] == [0, 0, 2 * 5]


def test_phrases_without_word_times_are_timed_by_their_length() -> None:
    untimed = _speech(*(_without_word_times(phrase) for phrase in TRUTH.phrases))
    scores = score(untimed, TRUTH).speaker_words
    assert scores is not None
    assert scores.timed is not None
    assert scores.timed.errors == 0
    no_times = Speech((replace(untimed.phrases[0], start=None, end=None),), ())
    alone = score(no_times, TRUTH).speaker_words
    assert alone is not None
    assert alone.timed is None


def test_overlapping_phrases_of_one_speaker_are_scored_without_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    second = replace(_phrase("judge", 0.75, "тишина в зале"))
    both = _speech(TRUTH.phrases[0], second)
    scores = score(both, both).speaker_words
    assert scores is not None
    assert scores.timed is not None
    assert scores.timed.errors == 0
    assert not caplog.records


@given(
    st.lists(st.tuples(st.sampled_from("абв"), st.integers(0, 40)), min_size=1, max_size=8),
    st.lists(st.tuples(st.sampled_from("абв"), st.integers(0, 40)), min_size=1, max_size=8),
)
@settings(max_examples=50)
def test_times_can_only_add_errors(
    said: list[tuple[str, int]], heard: list[tuple[str, int]]
) -> None:
    truth, record = (
        _speech(*(_phrase("x", start, word) for word, start in sorted(words, key=lambda w: w[1])))
        for words in (said, heard)
    )
    scores = score(record, truth).speaker_words
    assert scores is not None
    assert scores.timed is not None
    assert scores.timed.errors >= scores.words.errors
    assert scores.timed.reference == scores.words.reference


def _without_word_times(phrase: Phrase) -> Phrase:
    words = tuple(replace(word, start=None, end=None) for word in phrase.words)
    return replace(phrase, words=words)


def test_a_collar_forgives_boundaries_that_are_a_little_off() -> None:
    truth = (Turn(0.0, 10.0, "A"), Turn(10.0, 20.0, "B"))
    found = (Turn(0.0, 10.2, "x"), Turn(10.2, 20.2, "y"))
    strict, kind = score_turns(truth, found), score_turns(truth, found, collar_s=0.25)
    assert strict is not None
    assert kind is not None
    assert strict.der == pytest.approx(0.4 / 20)
    assert kind.der == 0
    # A quarter of a second at both ends and on both sides of the change are left out.
    assert kind.total_s == pytest.approx(20 - 4 * 0.25)


def test_words_of_a_text_in_one_language_are_judged_without_times() -> None:
    clip = Speech((Phrase((SpokenWord("Сәлем", "kk"), SpokenWord("бе", "kk")), language="kk"),), ())
    share = score_languages(clip, _speech(_phrase("A", 0, "сәлем", "kk"), _phrase("A", 1, "бе")))
    assert share is not None
    assert (share.right, share.total) == (1, 2)
    assert score_languages(clip, Speech((), ())) is None


def test_der_counts_overlap_and_the_first_millisecond() -> None:
    truth = Speech((), (Turn(0.0, 10.0, "A"), Turn(8.0, 12.0, "B")))
    found = Speech((), (Turn(0.0, 10.0, "x"), Turn(10.0, 13.0, "y")))
    diarization = score(found, truth).diarization
    assert diarization is not None
    assert diarization.total_s == pytest.approx(14)
    assert diarization.missed_s == pytest.approx(2)
    assert diarization.false_alarm_s == pytest.approx(1)
    assert diarization.confusion_s == pytest.approx(0)
    assert diarization.der == pytest.approx(3 / 14)
    # Jaccard: A is found whole; of B's four seconds and y's three, two are shared.
    assert diarization.jer == pytest.approx((0 + (1 - 2 / 5)) / 2)


def test_late_words_show_in_the_time_of_first_words() -> None:
    late = _speech(*(_shifted(phrase, 0.25) for phrase in TRUTH.phrases))
    times = score(late, TRUTH).first_words
    assert times is not None
    assert times.median_s == times.percentile_95_s == times.bias_s == pytest.approx(0.25)
    assert (times.measured, times.phrases) == (3, 3)


def test_an_unrecognised_first_word_is_not_measured() -> None:
    words = TRUTH.phrases[0].words
    wrong = replace(TRUTH.phrases[0], words=(replace(words[0], text="Дебное"), *words[1:]))
    times = score(_speech(wrong, *TRUTH.phrases[1:]), TRUTH).first_words
    assert times is not None
    assert (times.measured, times.phrases) == (2, 3)


def _shifted(phrase: Phrase, by: float) -> Phrase:
    words = tuple(
        replace(word, start=(word.start or 0) + by, end=(word.end or 0) + by)
        for word in phrase.words
    )
    return replace(phrase, words=words, start=(phrase.start or 0) + by, end=(phrase.end or 0) + by)


WORDS = st.lists(st.sampled_from("абвгде"), min_size=1, max_size=20)


@given(WORDS, WORDS)
def test_error_counts_equal_those_of_jiwer(reference: list[str], found: list[str]) -> None:
    counts = count(align(reference, found))
    peer = jiwer.process_words(" ".join(reference), " ".join(found))
    assert counts.rate == pytest.approx(peer.wer)
    assert counts.errors == peer.substitutions + peer.deletions + peer.insertions


@given(WORDS, WORDS)
def test_an_alignment_visits_every_word_once_in_order(
    reference: list[str], found: list[str]
) -> None:
    steps = align(reference, found)
    assert [step.reference for step in steps if step.reference is not None] == list(
        range(len(reference))
    )
    assert [step.found for step in steps if step.found is not None] == list(range(len(found)))
    for step in steps:
        if step.reference is not None and step.found is not None:
            assert step.equal == (reference[step.reference] == found[step.found])


def test_an_empty_record_has_lost_everything() -> None:
    scores = score(Speech((), ()), TRUTH)
    assert scores.words is not None
    assert scores.words.normalised.rate == 1
    assert scores.diarization is not None
    assert scores.diarization.der == 1
    assert scores.first_words is None


def test_an_empty_reference_has_no_rate() -> None:
    assert score(TRUTH, Speech((), ())) == Scores(None, None, None, None, None)
    assert math.isnan(count(()).rate)


def test_turns_alone_and_words_alone_measure_what_they_can(samples: Path, tmp_path: Path) -> None:
    turns = load([samples / "civil-ru-kk.rttm"])
    both = load([samples / "civil-ru-kk.stm", samples / "civil-ru-kk.rttm"])
    assert turns.phrases == ()
    assert len(turns.turns) < len(load([samples / "civil-ru-kk.stm"]).turns)
    assert both.turns == turns.turns
    scores = score(turns, both)
    assert scores.words is None
    assert scores.diarization is not None
    assert scores.diarization.der == 0
    assert score(load([samples / "civil-ru-kk.stm"]), both).languages is None  # words without times
    text = tmp_path / "said.txt"
    text.write_text("судебное заседание\nобъявляется открытым", "utf-8")
    alone = score(_speech(TRUTH.phrases[0]), load([text]))
    assert alone.words is not None
    assert alone.words.normalised.errors == 0
    assert (alone.speaker_words, alone.diarization, alone.languages, alone.first_words) == (
        None,
    ) * 4


def test_the_stm_of_the_sample_has_its_languages_speakers_and_times(samples: Path) -> None:
    phrases = load([samples / "civil-ru-kk.stm"]).phrases
    assert len(phrases) == 29
    assert sum(phrase.language == "kk" for phrase in phrases) == 4
    assert {phrase.speaker for phrase in phrases} == {
        "judge", "secretary", "claimant", "defendant", "interpreter",
    }  # fmt: skip
    assert (phrases[0].start, phrases[0].end) == (1.6, 4.854)
    assert phrases[0].words[0] == SpokenWord("Судебное", "ru")


def test_stm_comments_labels_and_ignored_phrases_are_understood() -> None:
    text = (
        ";; a comment\n\nf 1 A 1.0 2.0 <o,f0,kk> жоқ\nf A B 0.0 1.0 да\n"
        "f 1 A 3 4 IGNORE_TIME_SEGMENT_IN_SCORING\nf 1 A 5 6 <ru>\n"
    )
    phrases = parse_stm(text)
    assert [(p.speaker, p.language, len(p.words)) for p in phrases] == [
        ("B", None, 1), ("A", "kk", 1), ("A", "ru", 0),
    ]  # fmt: skip


def test_a_record_is_a_reference_too(tmp_path: Path) -> None:
    words = (Word("Да", 1.0, 1.5, 1.0, "ru", "a"), Word("нет", 1.5, 2.0, 1.0, "ru", "a"))
    record = Transcript(
        Media("a.mp4", "", 9.0, 1),
        (Speaker("a"),),
        (Segment("1", 1.0, 2.0, "a", words),),
        Provenance("", ""),
    )
    path = tmp_path / "record.json"
    path.write_text(to_json(record), "utf-8")
    scores = score(record, load([path]))
    assert scores == score(record, record)
    assert scores.words is not None
    assert scores.words.normalised.reference == 2


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (("none.stm",), "cannot be read"),
        (("a.docx",), "allowed: .stm, .rttm, .json, .txt"),
        (("cp1251.stm",), "is not UTF-8 (byte 10)"),
        (("short.stm",), "short.stm, line 2: not STM"),
        (("back.stm",), "back.stm, line 1: not STM"),
        (("good.stm", "good.txt"), "Two references have words"),
    ],
)
def test_a_bad_reference_is_refused_in_one_line(
    tmp_path: Path, names: tuple[str, ...], line: str
) -> None:
    (tmp_path / "a.docx").write_bytes(b"")
    (tmp_path / "cp1251.stm").write_bytes("f 1 A 0 1 да".encode("cp1251"))
    (tmp_path / "short.stm").write_text("f 1 A 0 1 x\nf 1 A 0\n", "utf-8")
    (tmp_path / "back.stm").write_text("f 1 A 2 1 x\n", "utf-8")
    (tmp_path / "good.stm").write_text("f 1 A 0 1 x\n", "utf-8")
    (tmp_path / "good.txt").write_text("x\n", "utf-8")
    with pytest.raises(BadReferenceError) as caught:
        load([tmp_path / name for name in names])
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text("абв ", max_size=30), st.text("абв ", max_size=30))
def test_character_errors_equal_those_of_an_alignment(reference: str, found: str) -> None:
    counts, aligned = character_errors(reference, found), count(align(reference, found))
    assert counts.errors == aligned.errors
    assert counts.reference == len(reference)


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 20), st.sampled_from(["kk", "ru"])), min_size=1
    ),
    st.integers(0, 100),
)
def test_the_language_at_a_time_is_that_of_the_nearest_phrases(
    spans: list[tuple[int, int, str]], tenths: int
) -> None:
    time = tenths / 10
    phrases = tuple(Phrase((), "A", s / 10, (s + n) / 10, language) for s, n, language in spans)
    record = Speech((Phrase((SpokenWord("да", "kk", time, time),), "x", time, time),), ())
    distances = [
        (max((p.start or 0) - time, time - (p.end or 0), 0.0), p.language) for p in phrases
    ]
    nearest = min(distance for distance, _ in distances)
    expected = "kk" in {language for distance, language in distances if distance == nearest}
    share = score_languages(Speech(phrases, ()), record)
    assert (share is None) == (nearest > NEAR_S)
    assert share is None or (share.right == 1) == expected
