"""What speakers are called, and that protected ones are never named."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from hattama.engine.document.model import Media, Provenance, Segment, Speaker, Transcript, Word
from hattama.engine.exports import FORMATS, ExportOptions, export
from hattama.engine.exports.labels import speaker_labels
from hattama.engine.hearing import Hearing, Participant, name_speakers

HIDDEN = "Жасырынов"


def _with(*speakers: Speaker) -> Transcript:
    segments = tuple(
        Segment(str(n), n, n + 1.0, s.id, (Word("Да", n, n + 1.0, 1.0, "ru", s.id),))
        for n, s in enumerate(speakers)
    )
    return Transcript(Media("a.mp4", "", 9.0, 1), speakers, segments, Provenance("", ""))


def _shorts(*speakers: Speaker, language: str = "ru") -> list[str]:
    return [label.short for label in speaker_labels(_with(*speakers), language).values()][:-1]


def test_names_come_before_roles_and_roles_before_numbers() -> None:
    speakers = (Speaker("a", "Ли В. П.", "witness"), Speaker("b", role="witness"), Speaker("c"))
    assert _shorts(*speakers) == ["Ли В. П.", "Свидетель", "Говорящий"]


def test_people_of_one_role_and_namesakes_get_numbers() -> None:
    assert _shorts(Speaker("a", role="witness"), Speaker("b", role="witness")) == [
        "Свидетель 1",
        "Свидетель 2",
    ]
    assert _shorts(Speaker("a"), Speaker("b"), language="kk") == ["Сөйлеуші 1", "Сөйлеуші 2"]
    machine = speaker_labels(_with(Speaker("a b"), Speaker("a_b")), "ru")
    assert len({label.machine for label in machine.values()}) == 3


@pytest.mark.parametrize(
    ("language", "pseudonyms"),
    [
        ("ru", ["Свидетель № 1", "Свидетель № 2", "Защищаемое лицо № 1"]),
        ("kk", ["Куә № 1", "Куә № 2", "Қорғалатын адам № 1"]),
        ("en", ["Witness No. 1", "Witness No. 2", "Protected person No. 1"]),
    ],
)
def test_protected_speakers_have_a_pseudonym_of_role_and_number(
    language: str, pseudonyms: list[str]
) -> None:
    speakers = (
        Speaker("a", HIDDEN, "witness", protected=True),
        Speaker("b", HIDDEN, "witness", protected=True),
        Speaker("c", HIDDEN, protected=True),
    )
    assert _shorts(*speakers, language=language) == pseudonyms


def _all_text(content: bytes) -> str:
    """The file's text; of a DOCX every part of the archive."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("pseudonym", ["", "Ақтоты"])
def test_no_export_prints_the_name_or_id_of_a_protected_speaker(form: str, pseudonym: str) -> None:
    speaker = Speaker(HIDDEN, f"{HIDDEN} И. И.", "witness", protected=True, pseudonym=pseudonym)
    record = _with(speaker, Speaker("judge", "Ким Р.", "judge"))
    hearing = Hearing(
        participants=(
            Participant("witness", f"{HIDDEN} И. И.", protected=True, pseudonym=pseudonym),
        )
    )
    for given in (None, hearing):
        text = _all_text(export(record, form, ExportOptions(), given))
        assert HIDDEN not in text
        if form != "ctm":
            assert (pseudonym or "Свидетель") in text


def test_the_name_of_a_protected_participant_does_not_enter_the_record() -> None:
    hearing = Hearing(
        participants=(Participant("witness", HIDDEN, protected=True, pseudonym="Ақтоты"),)
    )
    speaker = name_speakers(_with(Speaker("w", HIDDEN, "witness")), hearing).speakers[0]
    assert speaker == Speaker("w", "", "witness", protected=True, pseudonym="Ақтоты")


def test_the_defendant_of_a_civil_case_is_no_accused() -> None:
    civil = _with(Speaker("a", role="claimant"), Speaker("b", role="defendant"))
    criminal = _with(Speaker("a", role="prosecutor"), Speaker("b", role="defendant"))
    assert speaker_labels(civil, "ru")["b"].role == "Ответчик"
    assert speaker_labels(civil, "kk")["b"].role == "Жауапкер"
    assert speaker_labels(criminal, "ru")["b"].role == "Подсудимый"
    assert speaker_labels(criminal, "ru", "civil")["b"].role == "Ответчик"


def test_a_role_in_the_courts_own_words_passes_through() -> None:
    record = _with(Speaker("a", "Ли", "медиатор"))
    assert speaker_labels(record, "ru")["a"].full == "Ли, медиатор"
    assert replace(record).speakers[0].role == "медиатор"
